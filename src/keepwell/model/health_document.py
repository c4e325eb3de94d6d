"""The health document in an answer's body, read with distrust: it comes from outside.

Three dialects are understood: draft-inadarei-api-health-check-06, Spring Boot's actuator and
ASP.NET Core's health checks. Nothing here judges; the checks do.
Sources: https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06,
https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.health and
https://learn.microsoft.com/aspnet/core/host-and-deploy/health-checks (read 2026-11).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from keepwell.model.probe import Sample
from keepwell.model.verdict import Status

WORDS: Mapping[str, Status] = {
    "pass": Status.PASS,
    "ok": Status.PASS,
    "up": Status.PASS,
    "healthy": Status.PASS,
    "warn": Status.WARN,
    "degraded": Status.WARN,
    "unknown": Status.UNKNOWN,
    "fail": Status.FAIL,
    "error": Status.FAIL,
    "down": Status.FAIL,
    "out_of_service": Status.FAIL,
    "unhealthy": Status.FAIL,
}
"""What each dialect's words mean, in lower case."""

_BARE_WORDS = frozenset({"healthy", "degraded", "unhealthy"})
"""ASP.NET's default writer sends the word alone, as plain text."""

_MILLISECONDS = {"ms": 1.0, "s": 1000.0, "us": 0.001, "µs": 0.001, "μs": 0.001, "ns": 1e-6}
_LATENCY = ":responseTime"
_FAR_TOO_LONG = 1e12
"""No latency in any unit; JSON may hold integers that no float holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthDocument:
    """What a health document says.

    `word` is its status as written. `components` maps each component's key to its status word;
    `latencies_ms` the draft's "NAME:responseTime" entries to milliseconds, the slowest of several
    nodes. Both are empty where the service hides details. `release_id` is None where absent.
    """

    word: str
    release_id: str | None = None
    components: Mapping[str, str] = field(default_factory=dict)
    latencies_ms: Mapping[str, float] = field(default_factory=dict)


class NotADocument(ValueError):  # noqa: N818 - an answer, not a fault
    """The body is no health document; the message says what it is instead."""


def read_document(sample: Sample) -> HealthDocument:
    """The health document in the sample's body.

    Raises:
        NotADocument: the body is cut, no JSON, or has no `status` that is text.
    """
    if sample.is_truncated:
        raise NotADocument(f"the body is longer than {len(sample.body)} bytes")
    body = _parsed(sample.body)
    if not isinstance(body, dict):
        raise NotADocument(f"JSON, but no object: {shown(sample.body)}")
    if not isinstance(body.get("status"), str):
        raise NotADocument(f"JSON without a `status` that is text: {shown(sample.body)}")
    release = body.get("releaseId")
    entries = list(_entries(body))
    return HealthDocument(
        word=body["status"],
        release_id=release if isinstance(release, str) and release else None,
        components={key: entry["status"] for key, entry in entries if _has_word(entry)},
        latencies_ms=_latencies(entries),
    )


def shown(text: str | bytes, *, limit: int = 80) -> str:
    """Text from outside in quotes, shortened, with control characters escaped."""
    if isinstance(text, bytes):
        text = text[: limit * 4 + 4].decode("utf-8", errors="replace")
    return repr(text) if len(text) <= limit else f"{text[:limit]!r}..."


def _parsed(body: bytes) -> Any:
    if not body.strip():
        raise NotADocument("the body is empty")
    word = body[:32].strip().decode("ascii", errors="replace")
    if word.lower() in _BARE_WORDS:
        return {"status": word}
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotADocument(f"not JSON: {shown(body)}") from error


def _entries(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each component: the draft's `checks`, Spring's `components`, ASP.NET's `entries`."""
    for name in ("checks", "components", "entries"):
        group = body.get(name)
        for key, value in group.items() if isinstance(group, dict) else ():
            nodes = value if isinstance(value, list) else [value]
            yield from ((key, node) for node in nodes if isinstance(node, dict))


def _has_word(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("status"), str)


def _latencies(entries: list[tuple[str, dict[str, Any]]]) -> dict[str, float]:
    slowest: dict[str, float] = {}
    for key, entry in entries:
        value, unit = entry.get("observedValue"), entry.get("observedUnit", "ms")
        factor = _MILLISECONDS.get(unit) if isinstance(unit, str) else None
        if key.endswith(_LATENCY) and factor is not None and _is_number(value):
            name = key.removesuffix(_LATENCY)
            slowest[name] = max(slowest.get(name, 0.0), value * factor)
    return slowest


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value < _FAR_TOO_LONG
