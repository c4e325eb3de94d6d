import asyncio

import pytest

from keepwell.health.single_flight import SingleFlight
from tests.health.asking import ManualClock

pytestmark = pytest.mark.anyio


class Producer:
    """Numbers its products; each takes `takes_s` of the clock and waits for `may_end`."""

    def __init__(self, clock: ManualClock, *, takes_s: float = 0.0) -> None:
        self.clock = clock
        self.takes_s = takes_s
        self.made = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> int:
        self.made += 1
        number = self.made
        await self.may_end.wait()
        self.clock.passed_s += self.takes_s
        return number


@pytest.mark.parametrize(
    ("takes_s", "passed_s", "expected"),
    [
        (0.0, 0.99, 1),
        (0.0, 1.0, None),
        (0.5, 0.49, 1),  # counted from its start
        (0.5, 0.5, None),
        (1.0, 0.0, None),
        (1.5, 0.0, None),  # whoever waited for it has it; nobody else gets it
        (4.0, 0.0, None),
    ],
)
async def test_a_value_is_fresh_until_one_ttl_after_its_start(takes_s, passed_s, expected):
    clock = ManualClock()
    flight = SingleFlight(Producer(clock, takes_s=takes_s), ttl_s=1.0, clock=clock)
    assert flight.fresh() is None
    assert await flight.get() == 1
    clock.passed_s += passed_s
    assert flight.fresh() == expected


async def test_all_who_ask_at_once_share_one_flight():
    clock = ManualClock()
    producer = Producer(clock)
    flight = SingleFlight(producer, ttl_s=1.0, clock=clock)
    assert await asyncio.gather(*(flight.get() for _ in range(20))) == [1] * 20
    clock.passed_s += 1.0
    assert await flight.get() == 2
    assert producer.made == 2


async def test_a_cancelled_caller_leaves_the_flight_to_the_others():
    clock = ManualClock()
    producer = Producer(clock)
    producer.may_end.clear()
    flight = SingleFlight(producer, ttl_s=1.0, clock=clock)
    first, second = asyncio.create_task(flight.get()), asyncio.create_task(flight.get())
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    producer.may_end.set()
    assert await second == 1
    assert producer.made == 1


async def test_a_flight_that_all_callers_left_still_lands():
    clock = ManualClock()
    producer = Producer(clock)
    producer.may_end.clear()
    flight = SingleFlight(producer, ttl_s=1.0, clock=clock)
    caller = asyncio.create_task(flight.get())
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.sleep(0)
    producer.may_end.set()
    await flight.landed()
    assert flight.fresh() == 1


async def test_a_flight_that_failed_tells_its_callers_and_is_not_kept():
    clock = ManualClock()
    outcomes: list[int] = []

    async def fail_first() -> int:
        outcomes.append(1)
        if len(outcomes) == 1:
            raise LookupError
        return len(outcomes)

    flight = SingleFlight(fail_first, ttl_s=1.0, clock=clock)
    with pytest.raises(LookupError):
        await flight.get()
    assert await flight.get() == 2
