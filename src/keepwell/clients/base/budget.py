"""Slows down before a vendor's limit is reached: being refused costs more than waiting.

Counts are per process; other processes with the same token are not seen, so 429 is handled too.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Sequence

from keepwell.clients.base.terms import Limit, matches
from keepwell.clock import Clock

_TOLD_S = 2.0
"""Shorter waits are not worth a line of progress."""


class Budget:
    """Sliding windows over the calls of one process; safe between threads."""

    def __init__(
        self, limits: Sequence[Limit], *, clock: Clock, progress: Callable[[str], None]
    ) -> None:
        self._windows = [_Window(limit) for limit in limits]
        self._rest = _Window(Limit(requests=1, window_s=0.0))
        self._clock = clock
        self._progress = progress
        self._lock = threading.Lock()

    def take(self, call: str, *, patience_s: float = math.inf) -> float:
        """Waits until the call may be sent, counts it and answers 0.

        Where one wait would be longer than `patience_s`, answers how long, and counts nothing.
        """
        while (wait_s := self._try(call)) > 0:
            if wait_s > patience_s:
                return wait_s
            if wait_s > _TOLD_S:
                self._progress(f"waiting {wait_s:.0f} s, to stay below the limit of {call}")
            self._clock.sleep(wait_s)
        return 0.0

    def block(self, seconds: float, *, call: str) -> None:
        """Lets nothing like `call` through for that long: the vendor said that nothing is left.

        Like it are the calls of the limits that name it; of a call that none names, all such.
        """
        if seconds <= 0:
            return
        with self._lock:
            until_s = self._clock.monotonic_s() + seconds
            for window in self._named(call) or [self._rest]:
                window.blocked_until_s = max(window.blocked_until_s, until_s)

    def _try(self, call: str) -> float:
        """Counts the call and answers 0, or answers how long to wait before trying again."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            named = self._named(call)
            mine = [*named, *(each for each in self._windows if not each.limit.calls)]
            blocks = named or [self._rest]
            wait_s = max(
                *(each.blocked_until_s - now_s for each in blocks),
                *(each.wait_s(now_s) for each in mine),
                0.0,
            )
            if wait_s > 0:
                return wait_s
            for window in mine:
                window.sent_s.append(now_s)
            return 0.0

    def _named(self, call: str) -> list["_Window"]:
        return [
            window
            for window in self._windows
            if any(matches(pattern, call) for pattern in window.limit.calls)
        ]


class _Window:
    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.sent_s = deque[float]()
        self.blocked_until_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """How long until one more fits in."""
        sent_s, limit = self.sent_s, self.limit
        while sent_s and now_s - sent_s[0] >= limit.window_s:
            sent_s.popleft()
        return sent_s[0] + limit.window_s - now_s if len(sent_s) >= limit.requests else 0.0
