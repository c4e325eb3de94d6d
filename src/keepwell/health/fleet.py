"""What the instances of a service tell each other through Redis: who reached what, and when.

An instance that fails where another one passes has a fault of its own; where all fail, it is the
dependency. What is told and asked rides on the round trip that the check of Redis makes anyway,
one survey later. How long ago another one passed is read from the time that its key has left to
live, so that no two clocks are compared. Services that share a Redis but not the dependency must
give its check another name. Nothing here does I/O.
"""

from collections.abc import Sequence
from typing import Any

from keepwell.health.clock import Clock
from keepwell.health.reading import Reading, Scope
from keepwell.health.redis_line import as_text

TOLD_FOR_S = 10.0
"""How long a pass counts for others."""


class Fleet:
    """This instance among the others; one survey at a time."""

    def __init__(self, *, instance_id: str, clock: Clock) -> None:
        self._instance_id = instance_id
        self._clock = clock
        self._untold: dict[str, float] = {}  # passed here, and when
        self._failing_since_s: dict[str, float] = {}
        self._asked: tuple[str, ...] = ()
        self._heard: dict[str, float] = {}  # passed elsewhere, and when

    def ask(self, pipeline: Any) -> None:
        """Adds its commands: what passed here, and whether others pass what fails here."""
        now_s = self._clock.monotonic_s()
        for component, passed_s in self._untold.items():
            left_ms = int((TOLD_FOR_S - (now_s - passed_s)) * 1000)
            if left_ms > 0:
                pipeline.psetex(_key(component), left_ms, self._instance_id)
        self._untold = {}
        self._asked = tuple(self._failing_since_s)
        for component in self._asked:
            pipeline.get(_key(component)).pttl(_key(component))

    def hear(self, answers: Sequence[Any]) -> None:
        """Takes in the answers to its commands."""
        theirs = answers[len(answers) - 2 * len(self._asked) :]
        now_s = self._clock.monotonic_s()
        for component, who, left_ms in zip(self._asked, theirs[::2], theirs[1::2], strict=True):
            if who is not None and left_ms > 0 and as_text(who) != self._instance_id:
                self._heard[component] = now_s - (TOLD_FOR_S - left_ms / 1000)

    def note(self, readings: Sequence[Reading], *, took_s: float) -> frozenset[str]:
        """Takes in a survey that just ended; what fails here and passed elsewhere since.

        "Since" it began to fail here: a pass from before says nothing about the fault.
        """
        heard, self._heard = self._heard, {}  # without Redis it hears nothing
        now_s = self._clock.monotonic_s()
        for reading in readings:
            if reading.scope is Scope.LOCAL:
                continue
            if reading.error is None:
                self._failing_since_s.pop(reading.component, None)
                self._untold[reading.component] = now_s
            else:
                self._failing_since_s.setdefault(reading.component, now_s - took_s)
        since_s = self._failing_since_s
        return frozenset(name for name in since_s if heard.get(name, 0.0) > since_s[name])


def _key(component: str) -> str:
    return f"hc:fleet:{component}"
