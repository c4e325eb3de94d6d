"""Observations as a file: what `observe` writes on the default branch and a gate plans against.

JSON, schema 1. It holds no secret value and nothing made from one: a variable of Render's or a text
that may hold a secret is there as it is declared, or as one that differs. Whoever may read the file
learns how the stack is configured.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from keepwell.errors import UsageError
from keepwell.model.resource import Observation, Resource
from keepwell.model.verdict import Finding, Status

SCHEMA = 1


def write_observations(
    path: Path, observations: Sequence[Observation], *, redact: Callable[[str], str]
) -> None:
    """Writes the file whole, or leaves what stood there.

    Args:
        path: the file.
        observations: what it is to hold.
        redact: blots secrets out of a text, should a vendor show one where nobody looked for it.

    Raises:
        UsageError: it cannot be written.
    """
    encoded = [_redacted(_encode(each), redact=redact) for each in observations]
    content = {"schema": SCHEMA, "observations": encoded}
    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def read_observations(path: Path) -> tuple[Observation, ...]:
    """What `write_observations` wrote.

    Raises:
        UsageError: there is no such file, or it is none of ours.
    """
    try:
        return _decode_all(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}",
            hint="the workflow `drift` stores an observation; run it first",
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(
            f"{path} is no observation: {error}", hint="make a new one with keepwell observe"
        ) from error


def _encode(seen: Observation) -> dict[str, Any]:
    findings = [
        {**asdict(found), "status": found.status.name, "place": None} for found in seen.findings
    ]
    return {
        **asdict(seen),
        "findings": findings,
        "taken_at": seen.taken_at.astimezone(UTC).isoformat(),
    }


def _redacted(value: Any, *, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {name: _redacted(each, redact=redact) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(each, redact=redact) for each in value]
    return value


def _decode_all(content: Mapping[str, Any]) -> tuple[Observation, ...]:
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']!r} instead of {SCHEMA}")
    return tuple(_decode(each) for each in content["observations"])


def _decode(content: Mapping[str, Any]) -> Observation:
    taken_at = datetime.fromisoformat(content["taken_at"])
    if taken_at.tzinfo is None:
        raise ValueError("taken_at has no time zone")
    return Observation(
        vendor=content["vendor"],
        resources=[Resource(**each) for each in content["resources"]],
        fixed=content["fixed"],
        uncompared=content["uncompared"],
        findings=[
            Finding(**{**each, "status": Status[each["status"]]}) for each in content["findings"]
        ],
        calls=content["calls"],
        taken_at=taken_at,
    )
