import pytest

from keepwell.decisions.judge import judge
from keepwell.model.probe import NoAnswer, Phases, Sample
from keepwell.model.state import State
from keepwell.model.verdict import Status
from tests.checks.samples import OTHER_SHA, SHA, answer, body, make_probe, silence

WANTED = make_probe(revision=SHA)
STRICT = make_probe(minimum_tls_version="1.3")
CHALLENGE = {"cf-mitigated": "challenge"}
ASLEEP = {"x-render-routing": "hibernate-wake-error"}
SLOW = Phases(ttfb_ms=9000)

TABLE = [
    ("well", answer(), State.UP, {}),
    ("warns", answer(body=body("warn")), State.DEGRADED, {"json_health": Status.WARN}),
    ("says fail", answer(body=body("fail")), State.DOWN, {"json_health": Status.FAIL}),
    ("refused", silence(NoAnswer.REFUSED), State.DOWN, {"status": Status.FAIL}),
    (
        "not asked",
        silence(NoAnswer.FORBIDDEN_ADDRESS, address="10.0.0.1"),
        State.NO_DATA,
        {"status": Status.UNKNOWN},
    ),
    (
        "challenged",
        answer(code=403, headers=CHALLENGE, body=b"<html>"),
        State.EDGE_CHALLENGED,
        {"status": Status.UNKNOWN, "json_health": Status.UNKNOWN, "edge_challenge": Status.UNKNOWN},
    ),
    (
        "asleep",
        answer(code=503, headers=ASLEEP, body=b""),
        State.WAKING,
        {"status": Status.WARN, "json_health": Status.WARN, "cold_start": Status.WARN},
    ),
    ("woke slowly", answer(phases=SLOW), State.WAKING, {"cold_start": Status.WARN}),
    (
        "woke slowly and ill",
        answer(phases=SLOW, body=body("fail")),
        State.DOWN,
        {"cold_start": Status.WARN, "json_health": Status.FAIL},
    ),
    (
        "woke slowly as another",
        answer(WANTED, phases=SLOW, body=body(releaseId=OTHER_SHA)),
        State.NO_DATA,
        {"cold_start": Status.WARN, "revision": Status.UNKNOWN},
    ),
    (
        "another revision, well",
        answer(WANTED, body=body(releaseId=OTHER_SHA)),
        State.NO_DATA,
        {"revision": Status.UNKNOWN},
    ),
    (
        "another revision, ill",
        answer(WANTED, code=503, body=body("fail", releaseId=OTHER_SHA)),
        State.NO_DATA,
        {"status": Status.UNKNOWN, "json_health": Status.UNKNOWN, "revision": Status.UNKNOWN},
    ),
    (
        "wanted revision, ill",
        answer(WANTED, code=503, body=body("fail", releaseId=SHA)),
        State.DOWN,
        {"status": Status.FAIL, "json_health": Status.FAIL},
    ),
    ("old TLS", answer(STRICT, tls_version="TLSv1.2"), State.DOWN, {"tls_version": Status.FAIL}),
    (
        "challenged over old TLS",
        answer(STRICT, code=403, headers=CHALLENGE, body=body(), tls_version="TLSv1.2"),
        State.EDGE_CHALLENGED,
        {"status": Status.UNKNOWN, "tls_version": Status.UNKNOWN, "edge_challenge": Status.UNKNOWN},
    ),
]


@pytest.mark.parametrize(
    ("name", "sample", "state", "troubles"), TABLE, ids=[row[0] for row in TABLE]
)
def test_findings_add_up_to_a_state(
    name: str, sample: Sample, state: State, troubles: dict[str, Status]
) -> None:
    verdict = judge(sample)
    assert verdict.state is state
    assert {f.rule: f.status for f in verdict.findings if f.status is not Status.PASS} == troubles
    assert verdict.status is verdict.state.status
    assert verdict.subject == "api"


def test_a_softened_finding_says_why() -> None:
    verdict = judge(answer(code=503, headers=ASLEEP, body=b""))
    assert {found.rule: found.why for found in verdict.findings if found.why} == {
        "status": "the service is waking",
        "json_health": "the service is waking",
        "cold_start": "whoever comes first waits",
    }


def test_every_state_has_a_status() -> None:
    assert {state.value: state.status for state in State} == {
        "up": Status.PASS,
        "maintenance": Status.PASS,
        "waking": Status.WARN,
        "degraded": Status.WARN,
        "edge-challenged": Status.UNKNOWN,
        "no-data": Status.UNKNOWN,
        "down": Status.FAIL,
    }
