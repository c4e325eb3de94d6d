import pytest

from keepwell.checks.total_latency import TotalLatency
from keepwell.model.probe import NoAnswer, Phases
from keepwell.model.verdict import Status
from tests.checks.samples import answer, make_probe, silence


@pytest.mark.parametrize(
    ("budget", "status", "message"),
    [(100, Status.PASS, "100 ms of 100"), (99, Status.WARN, "100 ms of 99")],
)
def test_the_sum_of_the_phases_is_held_against_the_budget(
    budget: float, status: Status, message: str
) -> None:
    found = TotalLatency().look(answer(make_probe(total_budget_ms=budget)))
    assert found is not None
    assert (found.status, found.message) == (status, message)


def test_it_does_not_apply_without_budget_or_answer() -> None:
    assert TotalLatency().look(answer()) is None
    late = silence(NoAnswer.TIMEOUT, make_probe(total_budget_ms=1), phases=Phases(dns_ms=99))
    assert TotalLatency().look(late) is None
