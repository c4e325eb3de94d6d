"""Time as a seam: what time it is, how long something took, and waiting.

`ScaledClock` lets rehearsals and fault matrices live through minutes in seconds. It scales waiting
and the passage of time together, so deadlines and intervals keep their proportions.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What keepwell asks of time."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment; never goes backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits; a negative or zero wait returns at once."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits on the machine's clock."""
        if seconds > 0:
            time.sleep(seconds)  # noqa: TID251 - this is the clock


class ScaledClock:
    """A clock on which `factor` seconds pass while one passes on the wall."""

    def __init__(self, *, factor: float) -> None:
        self._factor = factor
        self._wall = SystemClock()
        self._started_at = self._wall.now()
        self._started_s = self._wall.monotonic_s()

    def now(self) -> datetime:
        """The time of day since this clock was made, stretched."""
        return self._started_at + timedelta(seconds=self._passed_s())

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment, stretched."""
        return self._started_s + self._passed_s()

    def sleep(self, seconds: float) -> None:
        """Waits `seconds` of this clock."""
        self._wall.sleep(seconds / self._factor)

    def _passed_s(self) -> float:
        return (self._wall.monotonic_s() - self._started_s) * self._factor


class ManualClock:
    """A clock that moves only when it is slept on: for tests and for playing back history."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic_s = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time that sleeping has brought it to."""
        return self._now

    def monotonic_s(self) -> float:
        """Seconds slept so far."""
        return self._monotonic_s

    def sleep(self, seconds: float) -> None:
        """Moves the clock forward without waiting."""
        with self._lock:
            self._now += timedelta(seconds=max(0.0, seconds))
            self._monotonic_s += max(0.0, seconds)
