"""When a call may be sent again, and after how long."""

import math
import random
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_EPOCH_FROM = 1_000_000_000
"""Above it, a reset is a moment; below, seconds from now. Vendors do both."""

_RESETS = ("ratelimit-reset", "x-ratelimit-reset")
_FIRST_S = 0.5
_LONGEST_S = 20.0


def wait_s(*, attempt: int, headers: Mapping[str, str], now: datetime, is_limited: bool) -> float:
    """Seconds until the next try: what the vendor says, else twice as long each time, jittered.

    `attempt` counts from 1. A reset stands on answers of every kind and says when a limit begins
    anew, so it is waited for only where a limit refused the call.
    """
    said = _retry_after_s(headers.get("retry-after", ""), now=now)
    if is_limited:
        said = told_s(headers, now=now)
    if said is not None:
        return max(0.0, said)
    longest = min(_LONGEST_S, _FIRST_S * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter needs no secrecy


def told_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds that the vendor asks to wait, None where it does not say.

    Retry-After may be seconds or a date; a reset seconds or an epoch.
    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after (read 2026-11).
    """
    said = _retry_after_s(headers.get("retry-after", ""), now=now)
    resets = (_reset_s(headers.get(name, ""), now=now) for name in _RESETS)
    return next((max(0.0, each) for each in (said, *resets) if each is not None), None)


def is_limit(status: int, *, headers: Mapping[str, str]) -> bool:
    """Whether a vendor refused because of a limit, and so did nothing: GitHub says 403 then, too.

    A 403 that names a limit in its message alone is not told from one for a missing permission.
    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    (read 2026-11).
    """
    return status == 429 or (
        status == 403 and ("retry-after" in headers or _remaining(headers) == "0")
    )


def left_none_s(headers: Mapping[str, str], *, now: datetime) -> float:
    """How long nothing may be sent, where an answer says that nothing is left; else 0."""
    if _remaining(headers) != "0":
        return 0.0
    resets = (_reset_s(headers.get(name, ""), now=now) for name in _RESETS)
    return next((seconds for seconds in resets if seconds is not None), 0.0)


def _remaining(headers: Mapping[str, str]) -> str | None:
    return headers.get("ratelimit-remaining") or headers.get("x-ratelimit-remaining")


def _retry_after_s(text: str, *, now: datetime) -> float | None:
    if not text:
        return None
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None


def _reset_s(text: str, *, now: datetime) -> float | None:
    number = _number(text)
    if number is None or number < _EPOCH_FROM:
        return number
    return number - now.timestamp()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
