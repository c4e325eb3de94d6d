"""Time as a seam for /health: what time it is and how long something took. It never waits."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What /health asks of time."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment; never goes backwards."""
        ...


class SystemClock:
    """The clock of the machine."""

    monotonic_s = staticmethod(time.monotonic)

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock
