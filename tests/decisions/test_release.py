import pytest

from keepwell.decisions.judge import judge
from keepwell.decisions.release import judge_release
from keepwell.decisions.streak import Outcome, judge_streak
from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.verdict import Finding, Status
from tests.checks.samples import OTHER_SHA, SHA, answer, body, make_probe, silence

WANTED = make_probe(revision=SHA)
WELL = answer(WANTED, body=body(releaseId=SHA))
ILL = answer(WANTED, code=503, body=body("fail", releaseId=SHA))
OTHER = answer(WANTED, code=503, body=body("fail", releaseId=OTHER_SHA))
CHALLENGED = answer(WANTED, code=403, headers={"cf-mitigated": "challenge"}, body=b"")
ASLEEP = answer(WANTED, code=503, headers={"x-render-routing": "hibernate-wake-error"}, body=b"")
TABLE = [
    ([WELL, WELL], Outcome.PASS, "passed 2 times in a row"),
    ([OTHER, WELL], Outcome.COULD_NOT_TELL, "could not tell: 1 of 2 passes when the time ran out"),
    ([CHALLENGED], Outcome.COULD_NOT_TELL, "could not tell: cf-mitigated: challenge"),
    ([WELL, ILL], Outcome.UNHEALTHY, "unhealthy: 503, wanted 2xx; status 'fail'"),
    ([silence(NoAnswer.REFUSED)], Outcome.UNHEALTHY, "unhealthy: the connection was refused"),
    ([ASLEEP], Outcome.UNHEALTHY, "unhealthy: 503 hibernate-wake-error"),
    ([OTHER], Outcome.NOT_ROLLED_OUT, f"not rolled out: '{OTHER_SHA}' serves, wanted '{SHA}'"),
]


@pytest.mark.parametrize(("samples", "outcome", "conclusion"), TABLE)
def test_each_end_says_what_it_rests_on(
    samples: list[Sample], outcome: Outcome, conclusion: str
) -> None:
    streak = judge_streak([judge(sample) for sample in samples], consecutive=2)
    release = judge_release(streak, consecutive=2)
    assert (release.outcome, release.conclusion) == (outcome, conclusion)
    assert max(found.status for found in release.findings) is outcome.status


@pytest.mark.parametrize(
    ("status", "outcome", "conclusion"),
    [
        (Status.PASS, Outcome.PASS, "passed once"),
        (Status.WARN, Outcome.PASS, "passed once"),
        (Status.UNKNOWN, Outcome.COULD_NOT_TELL, "passed once, but http: x"),
        (Status.FAIL, Outcome.UNHEALTHY, "passed once, but http: x"),
    ],
)
def test_what_stands_beside_can_spoil_a_pass(
    status: Status, outcome: Outcome, conclusion: str
) -> None:
    beside = [Finding(rule="https_redirect", status=status, message="http: x")]
    release = judge_release(
        judge_streak([judge(WELL)], consecutive=1), consecutive=1, beside=beside
    )
    assert (release.outcome, release.conclusion) == (outcome, conclusion)
    assert max(found.status for found in release.findings) is max(outcome.status, status)


@pytest.mark.parametrize("status", Status)
def test_what_stands_beside_mends_nothing(status: Status) -> None:
    beside = [Finding(rule="https_redirect", status=status, message="http: x")]
    ill, other = (judge_streak([judge(sample)], consecutive=1) for sample in (ILL, OTHER))
    release = judge_release(ill, consecutive=1, beside=beside)
    assert release.outcome is Outcome.UNHEALTHY
    release = judge_release(other, consecutive=1, beside=beside)
    has_spoiled = status is Status.FAIL
    assert release.outcome is (Outcome.UNHEALTHY if has_spoiled else Outcome.NOT_ROLLED_OUT)
    assert max(found.status for found in release.findings) is release.outcome.status
