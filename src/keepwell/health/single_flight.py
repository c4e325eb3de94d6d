"""One production at a time, shared by all who ask, and reused for a moment: never a stampede."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from keepwell.health.clock import Clock

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Values of `produce`, each made once and fresh for `ttl_s`.

    A value is given to whoever waited for it, and afterwards until `ttl_s` after its start: nothing
    in it is older, and one that took longer, as a fault makes it, is not reused at all.
    """

    def __init__(self, produce: Callable[[], Awaitable[T]], *, ttl_s: float, clock: Clock) -> None:
        self._produce = produce
        self._ttl_s = ttl_s
        self._clock = clock
        self._value: T | None = None
        self._fresh_until_s = 0.0
        self._flight: asyncio.Task[T] | None = None

    def fresh(self) -> T | None:
        """The value, if there is one that still counts."""
        return self._value if self._clock.monotonic_s() < self._fresh_until_s else None

    async def get(self) -> T:
        """A fresh value; waits for the flight under way, or starts one.

        The flight is a task of its own: a caller who is cancelled does not end it for the others.
        """
        value = self.fresh()
        if value is not None:
            return value
        if self._flight is None:
            self._flight = asyncio.create_task(self._fly())
        return await asyncio.shield(self._flight)

    async def landed(self) -> None:
        """Waits until no flight is under way."""
        if self._flight is not None:
            await asyncio.wait([self._flight])

    async def _fly(self) -> T:
        started_s = self._clock.monotonic_s()
        try:
            self._value = await self._produce()
            self._fresh_until_s = started_s + self._ttl_s
            return self._value
        finally:
            self._flight = None
