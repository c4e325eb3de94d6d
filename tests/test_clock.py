from datetime import UTC, timedelta

from keepwell.clock import ManualClock, ScaledClock, SystemClock
from tests.worlds import NOON


def test_system_clock_is_aware_and_waits_at_least_as_long_as_asked():
    clock = SystemClock()
    before = clock.monotonic_s()
    clock.sleep(0.01)
    clock.sleep(-1)
    assert clock.monotonic_s() - before >= 0.01
    assert clock.now().tzinfo is UTC


def test_scaled_clock_lives_through_a_minute_in_little_time():
    wall, clock = SystemClock(), ScaledClock(factor=1000)
    wall_s, started_s, started_at = wall.monotonic_s(), clock.monotonic_s(), clock.now()
    clock.sleep(60)
    assert clock.monotonic_s() - started_s >= 60
    assert clock.now() - started_at >= timedelta(seconds=60)
    assert wall.monotonic_s() - wall_s < 30


def test_manual_clock_moves_only_when_slept_on():
    clock = ManualClock(NOON)
    assert (clock.now(), clock.monotonic_s()) == (NOON, 0.0)
    clock.sleep(90)
    clock.sleep(-5)
    assert (clock.now(), clock.monotonic_s()) == (NOON + timedelta(seconds=90), 90.0)
