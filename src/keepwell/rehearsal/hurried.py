"""A clock for rehearsals: waiting is cut short, what is measured between two waits stays true."""

import threading
from datetime import datetime, timedelta

from keepwell.clock import SystemClock


class HurriedClock:
    """A clock that jumps ahead while it is slept on: ten seconds pass in ten / `factor`.

    A latency is true as long as no other thread sleeps on the clock while it is measured.
    """

    def __init__(self, *, factor: float) -> None:
        self._factor = factor
        self._wall = SystemClock()
        self._ahead_s = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time of day, as far ahead as sleeping has brought it."""
        return self._wall.now() + timedelta(seconds=self._ahead_s)

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment; never goes backwards."""
        return self._wall.monotonic_s() + self._ahead_s

    def sleep(self, seconds: float) -> None:
        """Waits a part of `seconds` and jumps over the rest."""
        if seconds <= 0:
            return
        self._wall.sleep(seconds / self._factor)
        with self._lock:
            self._ahead_s += seconds - seconds / self._factor
