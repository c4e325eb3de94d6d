"""Whether the service is only just waking from its sleep."""

from urllib.parse import urlsplit

from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status

WAKING_TTFB_MS = 5000.0
_FAILED_TO_WAKE = "hibernate-wake-error"
_NOTHING_BOUND = "no-server"


class ColdStart:
    """Service was awake."""

    def look(self, sample: Sample) -> Finding | None:
        """Warns "waking" where a first byte took over 5 s, or Render says that nothing runs yet.

        Render holds a request to a sleeping service for up to a minute, then answers 503 with
        `x-render-routing: hibernate-wake-error`; 404 with `no-server` means that nothing is bound,
        asleep and crashed alike.
        Source: https://render.com/docs/free#spinning-down-on-idle (read 2026-11); both headers
        are observed, not documented.
        """
        reason = _reason(sample)
        if reason is None:
            return None
        return Finding(
            rule="cold_start",
            status=Status.WARN,
            message=reason,
            why="whoever comes first waits",
            hint="ask it at least every 15 minutes, or take a plan that does not sleep",
        )


def _reason(sample: Sample) -> str | None:
    code, first_byte_ms = sample.status_code, sample.phases.ttfb_ms
    routing = sample.headers.get("x-render-routing", "")
    if code == 503 and routing == _FAILED_TO_WAKE:
        return f"503 {_FAILED_TO_WAKE}"
    if code == 404 and routing == _NOTHING_BOUND and _is_at_render(sample.probe.url):
        return f"404 {_NOTHING_BOUND}"
    is_well = code is not None and 200 <= code < 300
    if is_well and first_byte_ms is not None and first_byte_ms > WAKING_TTFB_MS:
        return f"the first byte took {first_byte_ms / 1000:.1f} s"
    return None


def _is_at_render(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(".onrender.com")
