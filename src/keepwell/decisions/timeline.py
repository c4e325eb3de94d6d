"""What a row of answers looked like: a line for each change, and the facts of the last answer."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from keepwell.decisions.grade import Grade, grade
from keepwell.model.health_document import NotADocument, read_document, shown
from keepwell.model.probe import Phases, Sample
from keepwell.model.state import TargetVerdict
from keepwell.model.verdict import Status

_PHASES = ("dns", "connect", "tls", "ttfb", "transfer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One answer and the verdict on it."""

    sample: Sample
    verdict: TargetVerdict

    def is_like(self, other: "Observation") -> bool:
        """Whether nothing changed between the two but measured times."""
        return _kind(self) == _kind(other)


def timeline(observations: Sequence[Observation]) -> str:
    """A line per change with the time of its first answer and a count, then the last answer."""
    runs = [list(run) for _, run in groupby(observations, key=_kind)]
    changes = (f"{clock_time(run[0])}  {len(run):>3} x  {describe(run[0])}" for run in runs)
    return "\n".join([*changes, "", *_facts(observations[-1].sample)])


def describe(observation: Observation) -> str:
    """One answer in one line: the state, and what is wrong or else the revision that serves."""
    verdict = observation.verdict
    is_other = grade(verdict) is Grade.OTHER_REVISION
    word = "not rolled out" if is_other else verdict.state
    release = serving(observation.sample)
    detail = verdict.reason or (f"{release} serves" if release else "")
    return f"{word}: {detail}" if detail else word


def serving(sample: Sample) -> str:
    """The revision that the answer names, as it may be shown; empty where it names none."""
    try:
        release = read_document(sample).release_id or ""
    except NotADocument:
        return ""
    return release if release.isprintable() and len(release) <= 64 else shown(release, limit=64)


def clock_time(observation: Observation) -> str:
    """The time of day of an answer, in UTC."""
    return f"{observation.sample.taken_at:%H:%M:%SZ}"


def _kind(observation: Observation) -> tuple[object, ...]:
    sample, verdict = observation.sample, observation.verdict
    troubles = tuple(f.rule for f in verdict.findings if f.status is not Status.PASS)
    return verdict.state, troubles, sample.status_code, sample.error, serving(sample)


def _facts(sample: Sample) -> Iterator[str]:
    if sample.error is not None:
        yield f"last answer: none ({sample.error})"
    else:
        digest = hashlib.sha256(sample.body).hexdigest()[:12]
        cut = ", cut" if sample.is_truncated else ""
        yield f"last answer: {sample.status_code}, {len(sample.body)} bytes{cut}, sha256 {digest}"
    if sample.address is not None:
        yield f"address: {sample.address}"
    if sample.tls_version is not None:
        yield f"TLS: {sample.tls_version}{_until(sample)}"
    yield f"phases: {_phases(sample.phases)}"


def _until(sample: Sample) -> str:
    if sample.certificate is None or sample.certificate.not_after is None:
        return ""
    return f", certificate until {sample.certificate.not_after:%Y-%m-%d}"


def _phases(phases: Phases) -> str:
    ended = ((name, getattr(phases, f"{name}_ms")) for name in _PHASES)
    return ", ".join(f"{name} {ms:.1f} ms" for name, ms in ended if ms is not None) or "none ended"
