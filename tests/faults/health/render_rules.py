"""Render's rules for a running instance, applied to answers as they come. Pure.

Source: https://render.com/docs/health-checks (read 2026-11)
"""

from dataclasses import dataclass

OUT_AFTER_S = 15.0
RESTART_AFTER_S = 60.0
ANSWER_WITHIN_S = 5.0


@dataclass(slots=True)
class Watched:
    """One instance as Render sees it; `restarts` and `outs` count since the beginning."""

    restarts: int = 0
    outs: int = 0
    _failing_since_s: float | None = None
    _is_out: bool = False

    def note(self, status: int, *, asked_s: float, took_s: float) -> bool:
        """Takes in one answer; whether the instance is restarted now."""
        if 200 <= status < 400 and took_s <= ANSWER_WITHIN_S:
            self._failing_since_s, self._is_out = None, False
            return False
        if self._failing_since_s is None:
            self._failing_since_s = asked_s
        failed_s = asked_s + took_s - self._failing_since_s
        if failed_s >= OUT_AFTER_S and not self._is_out:
            self._is_out = True
            self.outs += 1
        if failed_s < RESTART_AFTER_S:
            return False
        self.restarts += 1
        self._failing_since_s, self._is_out = None, False
        return True
