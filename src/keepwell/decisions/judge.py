"""What one answer of a target means, all checks taken together."""

from collections.abc import Sequence
from dataclasses import replace

from keepwell.checks import CHECKS
from keepwell.model.probe import Sample
from keepwell.model.state import State, TargetVerdict
from keepwell.model.verdict import Finding, Status

_STATES = {
    Status.PASS: State.UP,
    Status.WARN: State.DEGRADED,
    Status.UNKNOWN: State.NO_DATA,
    Status.FAIL: State.DOWN,
}
_EDGE, _ASLEEP, _OTHER_REVISION = "edge_challenge", "cold_start", "revision"


def judge(sample: Sample) -> TargetVerdict:
    """The findings of every check that applies, and the state that they add up to.

    Some answers explain others, the first that holds: where the edge answered in the service's
    place, nothing else is known (UNKNOWN); where the service is waking without an answer of its
    own, what is missing is only late (WARN); where another revision serves, its failures say
    nothing about the wanted one (UNKNOWN).
    """
    looked = (check.look(sample) for check in CHECKS.values())
    findings = _explained([found for found in looked if found is not None], sample=sample)
    status = max((found.status for found in findings), default=Status.PASS)
    return TargetVerdict(
        subject=sample.probe.name,
        findings=findings,
        state=_state(status, troubles=_troubles(findings)),
    )


def _troubles(findings: Sequence[Finding]) -> set[str]:
    return {found.rule for found in findings if found.status is not Status.PASS}


def _explained(findings: Sequence[Finding], *, sample: Sample) -> tuple[Finding, ...]:
    troubles = _troubles(findings)
    has_answer = sample.status_code is not None and sample.status_code < 300
    if _EDGE in troubles:
        return _softened(findings, to=Status.UNKNOWN, why="the edge answered, not the service")
    if _ASLEEP in troubles and not has_answer:
        return _softened(findings, to=Status.WARN, why="the service is waking")
    if _OTHER_REVISION in troubles:
        return _softened(findings, to=Status.UNKNOWN, why="another revision answered")
    return tuple(findings)


def _softened(findings: Sequence[Finding], *, to: Status, why: str) -> tuple[Finding, ...]:
    return tuple(
        replace(found, status=to, why=why) if found.status > to else found for found in findings
    )


def _state(status: Status, *, troubles: set[str]) -> State:
    if _EDGE in troubles:
        return State.EDGE_CHALLENGED
    if status is Status.WARN and _ASLEEP in troubles:
        return State.WAKING
    return _STATES[status]
