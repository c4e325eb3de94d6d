"""Whether Redis (or Valkey) stores a value and gives it back, over a connection of its own.

PING would stay green on a replica that refuses writes and on a full instance that evicts nothing.
What the instances tell each other (`fleet`) travels in the same round trip.
"""

import secrets
from typing import Any

from keepwell.health.check import Check, RoundTripError
from keepwell.health.clock import Clock, SystemClock
from keepwell.health.fleet import Fleet
from keepwell.health.reading import ErrorClass
from keepwell.health.redis_line import RedisLine, as_text

_EXPIRES_S = 60


class Redis(Check):
    """A Redis, by the URL that the service itself uses; `hc:<instance_id>` is the key it writes."""

    component_type = "datastore"

    def __init__(
        self, url: str, *, instance_id: str, name: str = "redis", clock: Clock | None = None
    ) -> None:
        super().__init__(name)
        self.line = RedisLine(url)
        self.fleet = Fleet(instance_id=instance_id, clock=clock or SystemClock())
        self._key = f"hc:{instance_id}"

    async def round_trip_ms(self) -> float:
        """Milliseconds of one round trip on an open connection; connecting is not counted.

        Raises:
            RoundTripError: it gave back something else than was just written.
            Exception: whatever redis-py raised; `classify` knows it.
        """
        nonce = secrets.token_hex(8)

        def write_and_read(pipeline: Any) -> None:
            # One transaction, because several processes of an instance share the key.
            pipeline.set(self._key, nonce, ex=_EXPIRES_S).get(self._key)
            self.fleet.ask(pipeline)

        (_, answer, *told), round_trip_ms = await self.line.ask(write_and_read)
        self.fleet.hear(told)
        if answer is None or as_text(answer) != nonce:
            raise RoundTripError(ErrorClass.ERROR)
        return round_trip_ms

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        return self.line.classify(error)

    async def close(self) -> None:
        """Closes the connection."""
        await self.line.close()
