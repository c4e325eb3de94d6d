"""What a cycle concludes about a target."""

from datetime import UTC, datetime

import pytest

from keepwell.decisions.settle import settle
from keepwell.model.probe import NoAnswer, Probe, Sample
from keepwell.model.state import State, TargetVerdict
from keepwell.model.verdict import Finding

ONLINE, OFFLINE = True, False
PROBE = Probe(name="api", url="https://api.shop.example/health")


def sample(answer: int | NoAnswer) -> Sample:
    return Sample(
        probe=PROBE,
        taken_at=datetime(2026, 11, 24, tzinfo=UTC),
        status_code=None if isinstance(answer, NoAnswer) else answer,
        error=answer if isinstance(answer, NoAnswer) else None,
    )


def conclude(
    answers: list[int | NoAnswer], last: State, *, is_online: bool = True
) -> TargetVerdict:
    found = Finding(rule="status", status=last.status, message="as judged")
    verdict = TargetVerdict(subject="api", state=last, findings=[found])
    samples = [sample(answer) for answer in answers]
    return settle(samples, last=verdict, passed_s=31.4, is_online=is_online)


@pytest.mark.parametrize(
    ("answers", "judged", "state", "reason"),
    [
        ([200], (State.UP, ONLINE), State.UP, "as judged"),
        ([200], (State.UP, OFFLINE), State.UP, "as judged"),
        ([200], (State.DEGRADED, ONLINE), State.DEGRADED, "as judged"),
        ([503], (State.DOWN, ONLINE), State.DOWN, "as judged"),
        ([503], (State.DOWN, OFFLINE), State.DOWN, "as judged"),
        ([403], (State.EDGE_CHALLENGED, ONLINE), State.EDGE_CHALLENGED, "as judged"),
        ([NoAnswer.REFUSED], (State.DOWN, ONLINE), State.DOWN, "as judged"),
        ([NoAnswer.REFUSED], (State.DOWN, OFFLINE), State.NO_DATA, "the monitor is offline"),
        ([NoAnswer.TIMEOUT] * 4, (State.DOWN, OFFLINE), State.NO_DATA, "the monitor is offline"),
        ([200], (State.WAKING, ONLINE), State.WAKING, "as judged"),
        ([503, 503, 200], (State.UP, ONLINE), State.WAKING, "woke after 31 s; at first: 503"),
        ([NoAnswer.TIMEOUT, 200], (State.UP, ONLINE), State.WAKING, "at first: timeout"),
        ([503, 200], (State.DEGRADED, ONLINE), State.WAKING, "woke after 31 s"),
        ([503, 503], (State.WAKING, ONLINE), State.DOWN, "still not awake after 31 s"),
        ([503, 502], (State.DOWN, ONLINE), State.DOWN, "as judged"),
    ],
)
def test_the_state_of_a_cycle_and_its_reason(
    answers: list[int | NoAnswer], judged: tuple[State, bool], state: State, reason: str
) -> None:
    last, is_online = judged
    verdict = conclude(answers, last, is_online=is_online)
    assert verdict.state is state
    assert verdict.status is state.status
    assert reason in verdict.findings[-1].message


def test_what_an_offline_monitor_believed_of_the_target_is_not_repeated() -> None:
    verdict = conclude([NoAnswer.DNS], State.DOWN, is_online=False)
    assert [found.rule for found in verdict.findings] == ["neutral_hosts"]
