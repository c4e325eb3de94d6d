"""Whether any worker is alive: workers set a key that ends by itself and set it again in time.

Render asks background workers nothing, so their heartbeat is all that is known of them. Without a
worker the web service still takes work in, so it warns.

Source: https://render.com/docs/health-checks (read 2026-11)
"""

from typing import Any

from keepwell.health.check import RoundTripError
from keepwell.health.reading import Criticality, ErrorClass
from keepwell.health.redis import Redis
from keepwell.health.redis_check import RedisCheck

_AT_ONCE = 1000


class Heartbeats(RedisCheck):
    """The keys that fit `pattern`, such as `worker:*`; at least `at_least` must be there."""

    def __init__(
        self,
        redis: Redis,
        *,
        pattern: str = "worker:*",
        at_least: int = 1,
        name: str = "workers",
        criticality: Criticality = Criticality.WARN,
    ) -> None:
        super().__init__(redis, name=name, criticality=criticality)
        self._pattern = pattern
        self._at_least = at_least

    async def round_trip_ms(self) -> float:
        """Milliseconds of all round trips: one for each thousand keys, until enough are found.

        Raises:
            RoundTripError: too few are alive.
            Exception: whatever redis-py raised.
        """
        alive: set[Any] = set()
        cursor, total_ms = 0, 0.0
        while True:
            (cursor, found), took_ms = await self._scan(cursor)
            alive |= set(found)
            total_ms += took_ms
            if len(alive) >= self._at_least:
                return total_ms
            if cursor == 0:
                raise RoundTripError(ErrorClass.ABSENT)

    async def _scan(self, cursor: int) -> tuple[tuple[int, list[Any]], float]:
        (answer,), took_ms = await self.line.ask(
            lambda pipeline: pipeline.scan(cursor, match=self._pattern, count=_AT_ONCE)
        )
        return (int(answer[0]), answer[1]), took_ms
