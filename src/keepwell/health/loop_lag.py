"""How late the event loop comes to what is due: a handler that blocks holds up every request.

Four times a second it notes how late it was called; a question is answered with the worst since the
one before. A loop that stands still answers nothing at all, which /livez shows by itself.
"""

import asyncio

from keepwell.health.check import Check, RoundTripError
from keepwell.health.reading import Criticality, ErrorClass, Scope

_EVERY_S = 0.25


class EventLoopLag(Check):
    """The lag of the loop in which it is asked; a fault of this instance."""

    component_type = "system"

    def __init__(
        self,
        *,
        at_most_ms: float = 1000.0,
        name: str = "event_loop",
        criticality: Criticality = Criticality.FAIL,
    ) -> None:
        super().__init__(name, criticality=criticality, scope=Scope.LOCAL)
        self._at_most_ms = at_most_ms
        self._worst_s = 0.0
        self._next: asyncio.TimerHandle | None = None
        self._due_s = 0.0

    async def round_trip_ms(self) -> float:
        """Milliseconds of the worst lag since it was last asked.

        Raises:
            RoundTripError: it was more than `at_most_ms`.
        """
        loop = asyncio.get_running_loop()
        if self._next is None:
            self._wait(loop)
        worst_s = max(self._worst_s, loop.time() - self._due_s)
        self._worst_s = 0.0
        if worst_s * 1000 > self._at_most_ms:
            raise RoundTripError(ErrorClass.LAGS)
        return worst_s * 1000

    async def close(self) -> None:
        """Notes no more."""
        if self._next:
            self._next.cancel()

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due_s = loop.time() + _EVERY_S
        self._next = loop.call_at(self._due_s, self._note, loop)

    def _note(self, loop: asyncio.AbstractEventLoop) -> None:
        self._worst_s = max(self._worst_s, loop.time() - self._due_s)
        self._wait(loop)
