"""Slows down before a vendor's limit is reached: being refused costs more than waiting.

Counts are per process; other processes with the same token are not seen, so 429 is handled too.
"""

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
        self._windows = [(limit, deque[float]()) for limit in limits]
        self._clock = clock
        self._progress = progress
        self._blocked_until_s = 0.0
        self._lock = threading.Lock()

    def take(self, call: str) -> None:
        """Waits until the call may be sent, and counts it."""
        while (wait_s := self._try(call)) > 0:
            if wait_s > _TOLD_S:
                self._progress(f"waiting {wait_s:.0f} s, to stay below the limit of {call}")
            self._clock.sleep(wait_s)

    def block(self, seconds: float) -> None:
        """Lets nothing through for that long: the vendor said that nothing is left."""
        with self._lock:
            until_s = self._clock.monotonic_s() + seconds
            self._blocked_until_s = max(self._blocked_until_s, until_s)

    def _try(self, call: str) -> float:
        """Counts the call and answers 0, or answers how long to wait before trying again."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            mine = [pair for pair in self._windows if _concerns(pair[0], call)]
            wait_s = max(
                [self._blocked_until_s - now_s, *(_wait_s(pair, now_s=now_s) for pair in mine)]
            )
            if wait_s > 0:
                return wait_s
            for _, window in mine:
                window.append(now_s)
            return 0.0


def _concerns(limit: Limit, call: str) -> bool:
    return not limit.calls or any(matches(pattern, call) for pattern in limit.calls)


def _wait_s(pair: tuple[Limit, deque[float]], *, now_s: float) -> float:
    limit, window = pair
    while window and now_s - window[0] >= limit.window_s:
        window.popleft()
    return window[0] + limit.window_s - now_s if len(window) >= limit.requests else 0.0
