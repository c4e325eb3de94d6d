"""Whether the application's own pool of connections has one to give.

Apart from the check of Postgres, which has a connection of its own: a pool that is in use to the
last is load, and no database that is down.
"""

import time
from typing import Protocol

from keepwell.health.check import Check, RoundTripError
from keepwell.health.reading import Criticality, ErrorClass, Scope


class Pool(Protocol):
    """What is asked of the pool; asyncpg's answers it.

    Source: https://magicstack.github.io/asyncpg/current/api/index.html#connection-pools
    """

    def get_size(self) -> int:
        """How many connections it has."""
        ...

    def get_max_size(self) -> int:
        """How many it may have."""
        ...

    def get_idle_size(self) -> int:
        """How many of them nobody uses."""
        ...


class PoolFree(Check):
    """The pool is not used to the last connection; it only warns, unless told otherwise."""

    def __init__(
        self, pool: Pool, *, name: str = "pool", criticality: Criticality = Criticality.WARN
    ) -> None:
        super().__init__(name, criticality=criticality, scope=Scope.LOCAL)
        self._pool = pool

    async def round_trip_ms(self) -> float:
        """Milliseconds that the look took; it asks nobody and waits for nothing.

        Raises:
            RoundTripError: every connection is in use, and there may be no more.
        """
        started_s = time.perf_counter()
        may_grow = self._pool.get_size() < self._pool.get_max_size()
        if not may_grow and not self._pool.get_idle_size():
            raise RoundTripError(ErrorClass.SATURATED)
        return (time.perf_counter() - started_s) * 1000
