"""Samples for tests of pure code: one that is well, changed where a test wants it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from keepwell.model.probe import Certificate, NoAnswer, Phases, Probe, Sample

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SHA = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
OTHER_SHA = "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c"
URL = "https://api.example.com/health"


def make_probe(**changes: Any) -> Probe:
    return Probe(**{"name": "api", "url": URL, **changes})


def body(status: str = "pass", /, **fields: Any) -> bytes:
    return json.dumps({"status": status, **fields}).encode()


def answer(
    probe: Probe | None = None,
    *,
    code: int = 200,
    body: bytes = body(),
    headers: Mapping[str, str] | None = None,
    **changes: Any,
) -> Sample:
    """An answer over TLS 1.3 with a certificate for 60 more days, in 100 ms."""
    values: dict[str, Any] = {
        "probe": probe or make_probe(),
        "taken_at": NOON,
        "phases": Phases(dns_ms=10, connect_ms=20, tls_ms=30, ttfb_ms=35, transfer_ms=5),
        "status_code": code,
        "headers": headers or {},
        "body": body,
        "address": "93.184.216.34",
        "tls_version": "TLSv1.3",
        "certificate": Certificate(verify_code=0, not_after=NOON + timedelta(days=60)),
    }
    return Sample(**{**values, **changes})


def silence(error: NoAnswer, probe: Probe | None = None, **changes: Any) -> Sample:
    """No answer at all."""
    values = {"probe": probe or make_probe(), "taken_at": NOON, "error": error}
    return Sample(**{**values, **changes})
