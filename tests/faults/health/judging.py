"""What was wrong with the answers of one scenario. Pure: it only compares samples with what they must be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.health.probing import DETAILED, PATHS, Sample
from tests.faults.health.scenario import PASS, STALE_S, Answer, Scenario

RELEASE = "f926f80"
SLOWEST_S = 4.0
"""No answer may take longer: Render waits for 5 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When breaking and mending began and ended.

    `quiet` are spans in which nobody needs to answer.
    """

    breaking_s: float
    broken_s: float
    mending_s: float
    mended_s: float
    ended_s: float
    quiet: Sequence[tuple[float, float]] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was seen: the slowest answer, when the strict path fell, and when all was well again."""

    slowest_s: float
    seen_s: float | None
    recovered_s: float
    answers: int


def wrongs(scenario: Scenario, samples: Sequence[Sample], times: Times) -> Iterator[str]:
    """Every kind of deviation once, with the first sample that shows it."""
    heard = [each for each in samples if not _is_quiet(each, times)]
    yield from _unanswered(heard)
    if scenario.begins == "before":
        before = [each for each in heard if each.answered_s < times.breaking_s]
        yield from _unlike(before, dict.fromkeys(PATHS, PASS), {}, when="before")
    during = _during(scenario, heard, times)
    yield from _false(scenario, heard, times)
    yield from _unlike(during, expected(scenario), scenario.failing, when="during")
    after = [each for each in heard if each.sent_s >= times.mended_s + scenario.recovers_s]
    yield from _unlike(after, dict.fromkeys(PATHS, PASS), {}, when="after")
    for name, group in (("during", during), ("after", after)):
        missing = {*PATHS} - {each.path for each in group}
        if missing:
            yield f"nothing was asked {name} it: {', '.join(sorted(missing))}"


def expected(scenario: Scenario) -> Mapping[str, Answer]:
    """What each path must answer while the fault lasts."""
    return {
        "/livez": PASS,
        "/health": scenario.strict,
        DETAILED: scenario.strict,
        "/readyz": scenario.ready,
    }


def measure(samples: Sequence[Sample], times: Times) -> Measured:
    """The figures of the table."""
    heard = [each for each in samples if not _is_quiet(each, times)]
    strict = [each for each in heard if each.path == "/health"]
    fell = [each.answered_s for each in strict if each.status != 200]
    late = [each for each in heard if each.answered_s >= times.mended_s and not _passes(each)]
    last_bad_s = max((each.sent_s for each in late), default=times.mended_s)
    good = [each.answered_s for each in strict if each.sent_s > last_bad_s]
    return Measured(
        slowest_s=max((each.took_s for each in heard), default=0.0),
        seen_s=max(0.0, min(fell) - times.breaking_s) if fell else None,
        recovered_s=(min(good) if good else times.ended_s) - times.mended_s if late else 0.0,
        answers=len(heard),
    )


def _during(scenario: Scenario, heard: Sequence[Sample], times: Times) -> Sequence[Sample]:
    settled_s = times.broken_s + scenario.settles_s
    return [
        each for each in heard if each.sent_s >= settled_s and each.answered_s <= times.mending_s
    ]


def _unanswered(heard: Sequence[Sample]) -> Iterator[str]:
    silent = [each for each in heard if each.status == 0]
    if silent:
        yield f"{silent[0].path} did not answer ({len(silent)} times)"
    for path in PATHS:
        took_s = max((each.took_s for each in heard if each.path == path), default=0.0)
        if took_s > SLOWEST_S:
            yield f"{path} took {took_s:.2f} s, more than {SLOWEST_S} s"


def _false(scenario: Scenario, heard: Sequence[Sample], times: Times) -> Iterator[str]:
    """A 200 of the strict path that rests on nothing younger than two `ttl_s`."""
    if scenario.strict.status == 200:
        return
    for each in heard:
        is_within = times.broken_s + STALE_S <= each.sent_s and each.answered_s <= times.mending_s
        if each.path in ("/health", DETAILED) and is_within and each.status == 200:
            yield f"a false 200 {each.sent_s - times.broken_s:.2f} s after it broke"
            return


def _unlike(
    samples: Sequence[Sample],
    answers: Mapping[str, Answer],
    failing: Mapping[str, str],
    *,
    when: str,
) -> Iterator[str]:
    for path in PATHS:
        wanted = answers[path]
        for each in samples:
            if each.path == path and (said := _deviation(each, wanted, failing)):
                yield f"{when}: {path} says {said}, not {wanted}"
                break


def _deviation(sample: Sample, wanted: Answer, failing: Mapping[str, str]) -> str:
    """What the sample says instead; empty where it says what it must."""
    document = {**wanted.document, "releaseId": RELEASE}
    public = {name: sample.document.get(name) for name in document}
    is_same = sample.status == wanted.status and public == document
    if sample.path == DETAILED:
        found = failing_components(sample.document)
        if is_same and found != failing and wanted.document.get("notes") != ["stopping"]:
            return f"{sample.status} with {found}"
        return "" if is_same else _told(sample)
    return "" if is_same and sample.document.keys() == document.keys() else _told(sample)


def failing_components(document: Mapping[str, Any]) -> Mapping[str, str]:
    """The components that the details name as not passing, with their class of failure."""
    return {
        name.partition(":")[0]: reading.get("output", "")
        for name, readings in document.get("checks", {}).items()
        for reading in readings
        if reading["status"] != "pass"
    }


def _told(sample: Sample) -> str:
    return f"{sample.status} {dict(sample.document)}"


def _passes(sample: Sample) -> bool:
    return sample.status == 200 and sample.document.get("status") == "pass"


def _is_quiet(sample: Sample, times: Times) -> bool:
    return any(sample.sent_s < end and sample.answered_s > begin for begin, end in times.quiet)
