"""The body of an answer, in the shape of draft-inadarei-api-health-check-06. Pure.

Source: https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06 (read 2026-11)
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from keepwell.health.reading import Reading, Status

MEDIA_TYPE = "application/health+json"


def summary(status: Status, *, release_id: str = "", notes: Sequence[str] = ()) -> dict[str, Any]:
    """What everyone may see: `status`, and where there are any, `releaseId` and `notes`."""
    document: dict[str, Any] = {"status": status.value}
    if release_id:
        document["releaseId"] = release_id
    if notes:
        document["notes"] = list(notes)
    return document


def details(readings: Sequence[Reading], *, instance_id: str, uptime_s: float) -> dict[str, Any]:
    """What the bearer of the token sees beside the summary."""
    return {
        "instanceId": instance_id,
        "uptime_s": round(uptime_s, 1),
        "checks": {f"{each.component}:responseTime": [_check(each)] for each in readings},
    }


def encode(document: Mapping[str, Any]) -> bytes:
    """The document as JSON without blanks."""
    return json.dumps(document, separators=(",", ":")).encode()


def _check(reading: Reading) -> dict[str, Any]:
    moment = reading.at.astimezone(UTC).isoformat(timespec="milliseconds")
    check: dict[str, Any] = {
        "componentType": reading.component_type,
        "status": reading.status.value,
        "time": moment.replace("+00:00", "Z"),
    }
    if reading.error is not None:
        return check | {"output": reading.error.value}
    return check | {"observedValue": round(reading.round_trip_ms or 0.0, 3), "observedUnit": "ms"}
