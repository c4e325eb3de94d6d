import asyncio
import time

import pytest

from keepwell.health import ErrorClass, EventLoopLag, Scope
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


def block(seconds: float) -> None:
    """What a handler does that computes, or waits as if it had a thread of its own."""
    until_s = time.perf_counter() + seconds
    while time.perf_counter() < until_s:
        pass


async def lag(check: EventLoopLag) -> ErrorClass | None:
    try:
        await check.round_trip_ms()
    except Exception as error:  # noqa: BLE001 - as the survey does
        return check.classify(error)
    return None


@pytest.mark.parametrize(
    ("blocked_s", "at_most_ms", "expected"),
    [(0.6, 100.0, ErrorClass.LAGS), (0.6, 60_000.0, None), (0.0, 60_000.0, None)],
)
async def test_a_loop_that_was_blocked_lags(blocked_s, at_most_ms, expected):
    check = EventLoopLag(at_most_ms=at_most_ms)
    assert await lag(check) is None  # it begins to note when it is first asked
    block(blocked_s)
    assert await lag(check) is expected
    await check.close()


async def test_a_block_between_two_questions_is_told_once():
    check = EventLoopLag(at_most_ms=100.0)
    await lag(check)
    block(0.6)
    await asyncio.sleep(0.01)  # the loop is well again by the time it is asked
    assert await lag(check) is ErrorClass.LAGS
    for _ in range(50):  # on a busy machine it may lag again
        await asyncio.sleep(0.3)
        if await lag(check) is None:
            break
    else:
        raise AssertionError("it never recovers")
    await check.close()


async def test_it_tells_the_lag_and_is_a_fault_of_this_instance():
    check = EventLoopLag(at_most_ms=60_000.0)
    assert check.scope is Scope.LOCAL
    await lag(check)
    block(0.5)
    assert await outcome(check) is None
    await check.close()


async def test_a_closed_one_notes_no_more():
    check = EventLoopLag()
    await lag(check)
    timer = check._next
    assert timer
    await check.close()
    assert timer.cancelled()
