"""When a job of cron-job.org is due.

Source: https://docs.cron-job.org/rest-api.html#jobschedule (read 2026-11): -1 is every one, an
empty list is never, days of the week count from Sunday, times are those of the job's time zone.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_SIGHT = timedelta(days=2)
_MINUTE = timedelta(minutes=1)


def coming(job: Mapping[str, Any], *, after: datetime) -> Iterator[datetime]:
    """The minutes within two days at which a job is due; none where it is off."""
    at = after.replace(second=0, microsecond=0) + _MINUTE
    while job["enabled"] and at <= after + _SIGHT:
        if is_due(job["schedule"], at):
            yield at
        at += _MINUTE


def is_due(schedule: Mapping[str, Any], at: datetime) -> bool:
    """Whether a schedule names this minute."""
    there = at.astimezone(ZoneInfo(schedule["timezone"]))
    if schedule["expiresAt"] and int(f"{there:%Y%m%d%H%M%S}") > schedule["expiresAt"]:
        return False
    now = {
        "minutes": there.minute,
        "hours": there.hour,
        "mdays": there.day,
        "months": there.month,
        "wdays": there.isoweekday() % 7,
    }
    return all({-1, value} & {*schedule[name]} for name, value in now.items())


def start_of_yesterday(now: datetime) -> int:
    """From when history is kept, in seconds since 1970: yesterday in UTC."""
    yesterday = now.astimezone(UTC) - timedelta(days=1)
    return int(yesterday.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
