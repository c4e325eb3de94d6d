"""Whether Redis (or Valkey) stores a value and gives it back, over a connection of its own.

PING would stay green on a replica that refuses writes and on a full instance that evicts nothing.
What the instances tell each other (`fleet`) travels in the same round trip.
"""

import secrets
import time
from typing import Any

from keepwell.health.check import Check, RoundTripError, causes, classify
from keepwell.health.clock import Clock, SystemClock
from keepwell.health.fleet import Fleet
from keepwell.health.reading import ErrorClass

_EXPIRES_S = 60


class Redis(Check):
    """A Redis, by the URL that the service itself uses; `hc:<instance_id>` is the key it writes."""

    component_type = "datastore"

    def __init__(
        self, url: str, *, instance_id: str, name: str = "redis", clock: Clock | None = None
    ) -> None:
        import redis.asyncio  # noqa: PLC0415 - a service that checks no Redis does without it

        super().__init__(name)
        self.fleet = Fleet(instance_id=instance_id, clock=clock or SystemClock())
        self._driver = redis
        self._url = url
        self._key = f"hc:{instance_id}"
        self._client: Any = None

    async def round_trip_ms(self) -> float:
        """Milliseconds of one round trip on an open connection; connecting is not counted.

        Raises:
            RoundTripError: it gave back something else than was just written.
            Exception: whatever redis-py raised; `classify` knows it.
        """
        if self._client is not None:
            try:
                return await self._ask()
            except Exception as error:
                if self.classify(error) is not ErrorClass.UNREACHABLE:
                    raise
                # It was cut since it was last used: a new one will tell.
        return await self._ask()

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        exceptions = self._driver.exceptions
        known = (
            (exceptions.ReadOnlyError, ErrorClass.READONLY),
            (exceptions.OutOfMemoryError, ErrorClass.OOM),
            (exceptions.AuthenticationError, ErrorClass.AUTH),
            (exceptions.NoPermissionError, ErrorClass.AUTH),
            (exceptions.TimeoutError, ErrorClass.TIMEOUT),
            (exceptions.BusyLoadingError, ErrorClass.REFUSED),
        )
        for link in causes(error):
            for kind, error_class in known:
                if isinstance(link, kind):
                    return error_class
        found = classify(error)
        is_lost = found is ErrorClass.ERROR and isinstance(error, exceptions.ConnectionError)
        return ErrorClass.UNREACHABLE if is_lost else found

    async def close(self) -> None:
        """Closes the connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ask(self) -> float:
        client = self._client = self._client or self._make_client()
        try:
            await client.connection_pool.release(await client.connection_pool.get_connection())
            return await self._write_and_read(client)
        except BaseException:
            await self.close()  # it may be in any state
            raise

    async def _write_and_read(self, client: Any) -> float:
        nonce = secrets.token_hex(8).encode()
        started_s = time.perf_counter()
        # One transaction, because several processes of an instance share the key.
        async with client.pipeline(transaction=True) as both:
            both.set(self._key, nonce, ex=_EXPIRES_S).get(self._key)
            self.fleet.ask(both)
            _, answer, *told = await both.execute()
        self.fleet.hear(told)
        round_trip_ms = (time.perf_counter() - started_s) * 1000
        if answer != nonce:
            raise RoundTripError(ErrorClass.ERROR)
        return round_trip_ms

    def _make_client(self) -> Any:
        asyncio, backoff = self._driver.asyncio, self._driver.backoff
        # No retries: they would turn "refused" into "timeout". The deadline is the survey's.
        return asyncio.Redis.from_url(
            self._url,
            max_connections=1,
            retry=asyncio.retry.Retry(backoff.NoBackoff(), 0),
            socket_timeout=None,
            socket_connect_timeout=None,
        )
