import asyncio

import pytest

from keepwell.health import Settings
from keepwell.health.check import RoundTripError
from keepwell.health.clock import SystemClock
from keepwell.health.reading import ErrorClass
from keepwell.health.survey import Survey
from tests.health.asking import ManualClock, OwnCheck

pytestmark = pytest.mark.anyio


class Hanging(OwnCheck):
    """Never answers, and with `clings` does not let go when its deadline cancels it either."""

    def __init__(self, *, clings: bool = False) -> None:
        super().__init__("hanging")
        self.clings = clings
        self.released = asyncio.Event()

    async def round_trip_ms(self) -> float:
        self.asked += 1
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            if not self.clings:
                raise
            await self.released.wait()
        return 1.0


def survey(*checks: OwnCheck, total_timeout_s: float = 0.3) -> Survey:
    settings = Settings(check_timeout_s=0.05, total_timeout_s=total_timeout_s)
    return Survey(checks, settings=settings, clock=SystemClock())


async def test_each_check_has_a_reading_in_their_order():
    checks = OwnCheck("a"), OwnCheck("b", error=ConnectionRefusedError()), OwnCheck("c")
    readings = await survey(*checks).take()
    assert [(each.component, each.error) for each in readings] == [
        ("a", None),
        ("b", ErrorClass.REFUSED),
        ("c", None),
    ]
    assert [each.round_trip_ms for each in readings] == [1.5, None, 1.5]


async def test_a_check_that_hangs_times_out_and_the_others_do_not():
    async with asyncio.timeout(5):
        readings = await survey(Hanging(), OwnCheck("b"), total_timeout_s=60).take()
    assert [each.error for each in readings] == [ErrorClass.TIMEOUT, None]


async def test_a_check_that_clings_is_left_behind_and_not_asked_on_top():
    clinging, other = Hanging(clings=True), OwnCheck("b")
    taken = survey(clinging, other)
    for _ in range(2):
        async with asyncio.timeout(5):
            readings = await taken.take()
        assert [each.error for each in readings] == [ErrorClass.TIMEOUT, None]
    assert (clinging.asked, other.asked) == (1, 2)
    clinging.released.set()
    await asyncio.sleep(0.01)
    readings = await taken.take()
    assert [each.error for each in readings] == [None, None]
    assert clinging.asked == 2


async def test_closing_ends_what_is_asked_and_closes_the_checks():
    clinging = Hanging(clings=True)
    taken = survey(clinging, total_timeout_s=0.1)
    await taken.take()
    await taken.close()
    clinging.released.set()
    assert clinging.is_closed


REFUSED = RoundTripError(ErrorClass.AUTH)


async def test_a_wrong_password_is_not_tried_again_at_the_rate_of_probes():
    clock, check = ManualClock(), OwnCheck("db", error=REFUSED)
    taken = Survey([check], settings=Settings(), clock=clock)
    (first,) = await taken.take()
    for _ in range(59):
        clock.passed_s += 1
        (later,) = await taken.take()
        assert later == first
    assert check.asked == 1
    clock.passed_s += 1
    (again,) = await taken.take()
    assert check.asked == 2
    assert again.at > first.at


async def test_the_pause_doubles_up_to_ten_minutes_and_ends_with_a_pass():
    clock, check = ManualClock(), OwnCheck("db", error=REFUSED)
    taken = Survey([check], settings=Settings(), clock=clock)
    asked_at = []
    for _ in range(2400):
        before = check.asked
        await taken.take()
        if check.asked > before:
            asked_at.append(clock.passed_s)
        clock.passed_s += 1
    assert asked_at == [0, 60, 180, 420, 900, 1500, 2100]
    check.error = None
    clock.passed_s += 600
    (reading,) = await taken.take()
    assert reading.error is None
    check.error = REFUSED
    await taken.take()
    clock.passed_s += 60
    asked = check.asked
    await taken.take()
    assert check.asked == asked + 1


@pytest.mark.parametrize("refused", [ErrorClass.AUTH, ErrorClass.BREAKER])
async def test_once_refused_another_failure_is_a_refusal_too(refused):
    clock, check = ManualClock(), OwnCheck("db", error=RoundTripError(refused))
    taken = Survey([check], settings=Settings(), clock=clock)
    asked_at, seen = [], []
    for _ in range(500):
        before = check.asked
        (reading,) = await taken.take()
        seen.append(reading.error)
        if check.asked > before:
            asked_at.append(clock.passed_s)
        check.error = TimeoutError()
        clock.passed_s += 1
    assert asked_at == [0, 60, 180, 420]
    assert set(seen[:60]) == {refused}
    assert set(seen[60:]) == {ErrorClass.TIMEOUT}


async def test_other_failures_are_asked_about_each_time():
    check = OwnCheck("db", error=ConnectionRefusedError())
    taken = survey(check)
    for _ in range(3):
        await taken.take()
    assert check.asked == 3
