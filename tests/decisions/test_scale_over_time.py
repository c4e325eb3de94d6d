"""The decision played for an hour and a half: it catches up, does not overshoot, and settles."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pytest

from keepwell.model.stack.compute import ScaleByQueue
from tests.decisions.queue_playing import PERIOD_S, Play, Seen

BOUNDS = ScaleByQueue(stream="s", group="g", max=12, concurrency=16, max_age_s=30)
SECONDS = 4800
SEEDS = [1, 2]
STEP_AT, STEP_UNTIL = 600, 2400


@cache
def played(rate: Callable[[int], float], *, seed: int, service_s: float = 4.0) -> Seen:
    return Play(BOUNDS, rate=rate, service_s=service_s, seed=seed).play(SECONDS)


def ten_times(second: int) -> float:
    """2 a second, which keep 8 lanes busy; for half an hour 20, which keep 80: 5 instances."""
    return 20.0 if STEP_AT <= second < STEP_UNTIL else 2.0


every_seed = pytest.mark.parametrize("seed", SEEDS)


@every_seed
def test_ten_times_as_much_is_caught_up_with_without_overshooting(seed: int):
    seen = played(ten_times, seed=seed)
    start, end = STEP_AT // PERIOD_S, STEP_UNTIL // PERIOD_S
    assert max(seen.oldest_s) < 120
    assert max(seen.oldest_s[start + 32 : end]) <= BOUNDS.max_age_s  # 8 minutes later
    assert 6 <= max(seen.wanted) <= 10


@every_seed
def test_afterwards_it_gives_all_of_them_back_one_by_one(seed: int):
    seen = played(ten_times, seed=seed)
    assert min(seen.wanted[STEP_UNTIL // PERIOD_S :]) == 1
    assert all(a - b <= 1 for a, b in pairwise(seen.wanted))


@every_seed
@pytest.mark.parametrize("rate", [8.0, 12.0, 20.0])
def test_an_even_load_is_served_and_the_number_rests(seed: int, rate: float):
    seen = played(lambda _: rate, seed=seed)
    enough = rate * 4 / BOUNDS.concurrency
    settled = seen.wanted[SECONDS // PERIOD_S // 2 :]
    assert min(settled) >= enough
    assert max(settled) <= 2 * enough
    assert seen.changes(SECONDS // PERIOD_S // 2, SECONDS // PERIOD_S) <= 12


@every_seed
def test_a_trickle_never_needs_a_second_instance(seed: int):
    assert set(played(lambda _: 0.05, seed=seed, service_s=10.0).wanted) == {1}


@every_seed
def test_render_is_told_at_most_once_a_period(seed: int):
    """Four a minute, of the ten that Render allows."""
    assert played(ten_times, seed=seed).changes(0, SECONDS // PERIOD_S) < 40
