"""What is said of a look at a queue."""

import pytest

from keepwell.decisions.scale import Reason, Target
from keepwell.decisions.scale_flow import Flow
from keepwell.decisions.scale_report import report_scale
from keepwell.model.scaling import Fleet
from keepwell.model.stack.compute import ScaleByQueue
from keepwell.model.verdict import Report, Status

BOUNDS = ScaleByQueue(stream="s", group="g", max=9, concurrency=4, max_age_s=30)


def reported(
    reason: Reason, *, instances: int, age_s: float = 2.0, status: Status = Status.PASS
) -> Report:
    target = Target(instances=instances, reason=reason, message="so it is", status=status)
    flow = Flow(
        arrived_per_s=2.0,
        finished_per_s=None,
        waiting=None,
        pending=3,
        oldest_age_s=age_s,
        running=1,
    )
    fleet = Fleet(wanted=2, running=1)
    return report_scale(target, service="worker", flow=flow, fleet=fleet, bounds=BOUNDS)


@pytest.mark.parametrize(
    ("instances", "conclusion"),
    [(5, "worker: 2 -> 5 instances: so it is"), (2, "worker: 2 instances: so it is")],
)
def test_the_conclusion_says_what_changes(instances: int, conclusion: str) -> None:
    assert reported(Reason.ARRIVALS, instances=instances).conclusion == conclusion


def test_outputs_are_the_number_and_one_word() -> None:
    report = reported(Reason.COOLDOWN, instances=2)
    assert report.outputs == {"instances": "2", "reason": "cooldown"}


def test_what_redis_cannot_count_is_a_question_mark() -> None:
    (row,) = reported(Reason.STEADY, instances=2).tables[0].rows
    assert list(row) == ["2.00/s", "?", "?", "3", "2 s", "1", "2", "2"]


def test_what_it_can_count_is_a_number() -> None:
    target = Target(instances=2, reason=Reason.STEADY, message="so it is")
    flow = Flow(
        arrived_per_s=0, finished_per_s=1.5, waiting=8, pending=3, oldest_age_s=0, running=1
    )
    report = report_scale(
        target, service="worker", flow=flow, fleet=Fleet(wanted=2, running=2), bounds=BOUNDS
    )
    assert list(report.tables[0].rows[0][:4]) == ["0.00/s", "1.50/s", "8", "3"]


@pytest.mark.parametrize(
    ("age_s", "reason", "status", "hint"),
    [
        (30, Reason.STEADY, Status.PASS, ""),
        (31, Reason.AGE, Status.WARN, "see whether it falls"),
        (31, Reason.STEADY, Status.WARN, "read in the worker's log what it tries again"),
    ],
)
def test_an_entry_that_is_too_old_warns(
    age_s: float, reason: Reason, status: Status, hint: str
) -> None:
    report = reported(reason, instances=2, age_s=age_s)
    age = next(each for each in report.verdicts[0].findings if each.rule == "queue_age")
    assert (age.status, age.hint) == (status, hint)


def test_a_refusal_fails() -> None:
    report = reported(Reason.AUTOSCALED, instances=2, status=Status.FAIL)
    assert report.status is Status.FAIL
