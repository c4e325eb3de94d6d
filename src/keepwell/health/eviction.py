"""Whether a Redis keeps what it was given: `noeviction`, without which a full one drops queues.

The default of Render's Key Value in a Blueprint is allkeys-lru, which takes acknowledged work away
without a word. It is asked by INFO, because hosted ones mostly forbid CONFIG.

Source: https://render.com/docs/key-value (read 2026-11)
"""

from keepwell.health.check import RoundTripError
from keepwell.health.reading import Criticality, ErrorClass
from keepwell.health.redis import Redis
from keepwell.health.redis_check import RedisCheck


class NoEviction(RedisCheck):
    """The policy of a checked Redis, asked over its connection."""

    def __init__(
        self, redis: Redis, *, name: str = "eviction", criticality: Criticality = Criticality.WARN
    ) -> None:
        super().__init__(redis, name=name, criticality=criticality)

    async def round_trip_ms(self) -> float:
        """Milliseconds of one round trip.

        Raises:
            RoundTripError: it evicts.
            Exception: whatever redis-py raised.
        """
        (memory,), round_trip_ms = await self.line.ask(lambda pipeline: pipeline.info("memory"))
        if memory["maxmemory_policy"] != "noeviction":
            raise RoundTripError(ErrorClass.EVICTS)
        return round_trip_ms
