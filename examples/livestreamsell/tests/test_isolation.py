"""Everything is killed under load, and nothing that was acknowledged is lost.

It is what `make bench-isolation` does (benchmarks/isolation), in a few seconds, and judges no time.
"""

from collections import Counter

import pytest

from benchmarks.isolation.isolation import percentile
from benchmarks.isolation.losses import lost, measure_losses, twice
from benchmarks.isolation.stage import stage


def test_the_checker_finds_what_is_missing_and_what_came_twice() -> None:
    effects = Counter({"a": 1, "b": 2, "unasked": 1})
    assert lost(["a", "b", "c"], effects=effects) == ("c",)
    assert twice(effects) == ("b",)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50.0), (0.99, 99.0), (0.999, 100.0), (1, 100.0)]
)
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(each) for each in range(100, 0, -1)], share=share) == expected
    assert percentile([7.0], share=share) == 7.0


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_answered_twice_when_everything_is_killed() -> None:
    with stage() as on:
        found = measure_losses(on, rate=20, seconds=10)
    assert (found.lost, found.twice, found.not_mirrored) == ((), (), ())
    assert found.acknowledged == found.sent == 200
    assert found.refused  # the kills were felt
