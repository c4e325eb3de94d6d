"""When a call may be sent again, and after how long."""

import random
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_EPOCH_FROM = 1_000_000_000
"""Above it, a reset is a moment; below, seconds from now. Vendors do both."""

_RESETS = ("ratelimit-reset", "x-ratelimit-reset")
_FIRST_S = 0.5
_LONGEST_S = 20.0


def wait_s(*, attempt: int, headers: Mapping[str, str], now: datetime) -> float:
    """Seconds until the next try: what the vendor says, else twice as long each time, jittered.

    `attempt` counts from 1. Retry-After may be seconds or a date; a reset seconds or an epoch.
    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after (read 2026-11).
    """
    said = _retry_after_s(headers.get("retry-after", ""), now=now)
    resets = (_reset_s(headers.get(name, ""), now=now) for name in _RESETS)
    for seconds in (said, *resets):
        if seconds is not None:
            return max(0.0, seconds)
    longest = min(_LONGEST_S, _FIRST_S * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter needs no secrecy


def left_none_s(headers: Mapping[str, str], *, now: datetime) -> float:
    """How long nothing may be sent, where an answer says that nothing is left; else 0."""
    remaining = headers.get("ratelimit-remaining") or headers.get("x-ratelimit-remaining")
    if remaining != "0":
        return 0.0
    resets = (_reset_s(headers.get(name, ""), now=now) for name in _RESETS)
    return next((seconds for seconds in resets if seconds is not None), 0.0)


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
        return float(text)
    except ValueError:
        return None
