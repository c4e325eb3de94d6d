"""The header Server-Timing: what each check took, where a browser's developer tools show it. Pure.

Source: https://www.w3.org/TR/server-timing/ (read 2026-11)
"""

import re
from collections.abc import Sequence

from keepwell.health.reading import Reading

_NO_TOKEN = re.compile(r"[^A-Za-z0-9!#$%&'*+.^_`|~-]")


def server_timing(readings: Sequence[Reading]) -> bytes:
    """Its value: a duration in milliseconds for each component, or why there is none."""
    return ", ".join(map(_metric, readings)).encode("ascii")


def _metric(reading: Reading) -> str:
    name = _NO_TOKEN.sub("_", reading.component)
    if reading.error is not None:
        return f'{name};desc="{reading.error.value}"'
    return f"{name};dur={reading.round_trip_ms or 0.0:.3f}"
