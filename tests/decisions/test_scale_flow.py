"""What flows between two looks at a queue."""

import pytest

from keepwell.decisions.scale_flow import flow_between
from keepwell.errors import CouldNotTell
from keepwell.model.scaling import Look


def look(at_s: float, added: int, waiting: int | None, pending: int) -> Look:
    return Look(at_s=at_s, added=added, waiting=waiting, pending=pending, oldest_age_s=7.0)


@pytest.mark.parametrize(
    ("before", "after", "arrived_per_s", "finished_per_s"),
    [
        (look(0, 100, 0, 0), look(15, 130, 0, 0), 2.0, 2.0),
        (look(0, 100, 0, 0), look(15, 130, 20, 10), 2.0, 0.0),
        (look(5, 100, 30, 10), look(20, 100, 0, 10), 0.0, 2.0),
        (look(0, 100, 9, 9), look(10, 100, 9, 9), 0.0, 0.0),
        (look(0, 100, 0, 0), look(10, 100, 0, 5), 0.0, 0.0),
        (look(0, 100, None, 0), look(10, 120, 0, 0), 2.0, None),
        (look(0, 100, 0, 0), look(10, 120, None, 0), 2.0, None),
    ],
    ids=["as it comes", "it piles up", "it is worked off", "stuck", "put back by hand",
         "not counted before", "not counted after"],
)  # fmt: skip
def test_rates(
    before: Look, after: Look, arrived_per_s: float, finished_per_s: float | None
) -> None:
    flow = flow_between(before, after, running=3)
    assert (flow.arrived_per_s, flow.finished_per_s) == (arrived_per_s, finished_per_s)
    assert flow.running == 3
    assert (flow.waiting, flow.pending, flow.oldest_age_s) == (after.waiting, after.pending, 7.0)


@pytest.mark.parametrize(("waiting", "unfinished"), [(0, 4), (6, 10), (None, 5)])
def test_what_cannot_be_counted_is_one_at_least(waiting: int | None, unfinished: int) -> None:
    assert (
        flow_between(look(0, 1, 0, 0), look(1, 1, waiting, 4), running=3).unfinished == unfinished
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [(look(0, 100, 0, 0), look(15, 3, 0, 0)), (look(15, 100, 0, 0), look(15, 100, 0, 0))],
    ids=["fewer than before", "the same moment"],
)
def test_two_looks_that_do_not_fit_tell_nothing(before: Look, after: Look) -> None:
    with pytest.raises(CouldNotTell, match="began anew"):
        flow_between(before, after, running=3)
