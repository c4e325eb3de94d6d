"""One connection to Redis of our own, kept open between questions; the classes of its errors."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

from keepwell.health.budget import CONNECT_S, QUERY_S
from keepwell.health.check import causes, classify
from keepwell.health.reading import ErrorClass

Fill = Callable[[Any], object]
"""Adds commands to a pipeline of redis-py."""


Answers = tuple[list[Any], float]
"""What was answered, and the milliseconds of the round trip; connecting is not counted."""

_ABSENT = re.compile(r"no such key|NOGROUP")


class RedisLine:
    """The connection; questions take turns."""

    def __init__(self, url: str) -> None:
        import redis.asyncio  # noqa: PLC0415 - a service that checks no Redis does without it

        self._driver = redis
        self._url = url
        self._turn = asyncio.Lock()
        self._client: Any = None

    async def ask(self, fill: Fill) -> Answers:
        """The answers of one round trip.

        The commands run in one transaction. Raises whatever redis-py raises; `classify` knows it.
        """
        async with self._turn:
            return await self._ask_if_open(fill) or await self._ask_once(fill)

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `ask` raised."""
        exceptions = self._driver.exceptions
        known = (
            (exceptions.ReadOnlyError, ErrorClass.READONLY),
            (exceptions.OutOfMemoryError, ErrorClass.OOM),
            (exceptions.AuthenticationError, ErrorClass.AUTH),
            (exceptions.NoPermissionError, ErrorClass.AUTH),
            (exceptions.TimeoutError, ErrorClass.TIMEOUT),
            (exceptions.MaxConnectionsError, ErrorClass.REFUSED),
            (exceptions.BusyLoadingError, ErrorClass.REFUSED),
        )
        if isinstance(error, exceptions.ResponseError) and _ABSENT.search(str(error)):
            return ErrorClass.ABSENT
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

    async def _ask_if_open(self, fill: Fill) -> Answers | None:
        """None where there is no connection, or it was cut since it was last used."""
        if self._client is None:
            return None
        try:
            return await self._ask_once(fill)
        except Exception as error:
            if self.classify(error) is not ErrorClass.UNREACHABLE:
                raise
            return None

    async def _ask_once(self, fill: Fill) -> Answers:
        client = self._client = self._client or self._make_client()
        try:
            async with asyncio.timeout(CONNECT_S):
                await client.connection_pool.release(await client.connection_pool.get_connection())
            async with asyncio.timeout(QUERY_S), client.pipeline(transaction=True) as pipeline:
                fill(pipeline)
                started_s = time.perf_counter()
                answers = await pipeline.execute()
                return answers, (time.perf_counter() - started_s) * 1000
        except BaseException:
            await self.close()  # it may be in any state
            raise

    def _make_client(self) -> Any:
        asyncio, backoff = self._driver.asyncio, self._driver.backoff
        # No retries: they would turn "refused" into "timeout". The deadlines are ours.
        return asyncio.Redis.from_url(
            self._url,
            max_connections=1,
            retry=asyncio.retry.Retry(backoff.NoBackoff(), 0),
            socket_timeout=None,
            socket_connect_timeout=None,
        )


def as_text(value: bytes | str) -> str:
    """A value of Redis; the URL may ask the client to decode."""
    return value if isinstance(value, str) else value.decode(errors="replace")
