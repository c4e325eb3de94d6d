"""The hurried clock: long waits are short, and the clock believes in them."""

from keepwell.clock import SystemClock
from keepwell.rehearsal.hurried import HurriedClock


def test_an_hour_passes_on_it_in_a_fraction_of_that() -> None:
    wall, hurried = SystemClock(), HurriedClock(factor=100_000)
    wall_s, hurried_s, began_at = wall.monotonic_s(), hurried.monotonic_s(), hurried.now()
    hurried.sleep(3600)
    assert wall.monotonic_s() - wall_s < 60
    assert hurried.monotonic_s() - hurried_s >= 3600
    assert (hurried.now() - began_at).total_seconds() >= 3600


def test_what_is_measured_without_waiting_is_not_stretched() -> None:
    wall, hurried = SystemClock(), HurriedClock(factor=100_000)
    wall_s, hurried_s = wall.monotonic_s(), hurried.monotonic_s()
    wall.sleep(0.05)
    measured_s = hurried.monotonic_s() - hurried_s
    assert 0.05 <= measured_s <= wall.monotonic_s() - wall_s


def test_a_wait_of_nothing_moves_nothing() -> None:
    hurried = HurriedClock(factor=2)
    before_s = hurried.monotonic_s()
    hurried.sleep(-5)
    assert before_s <= hurried.monotonic_s() < before_s + 4
