"""One connection to Postgres of our own, kept open between questions and renewed once a minute.

Of our own, so that an application's drained pool is not reported as a database that is down.
Renewed, because an open connection hides that new ones are refused: a password that changed, a
certificate that ran out. The new one is opened in the background; where that fails the old one is
dropped, and the next question finds out why.
"""

import asyncio
import random
import re
import time
from urllib.parse import parse_qs, urlsplit

from keepwell.health.budget import CONNECT_S, QUERY_S
from keepwell.health.check import RoundTripError
from keepwell.health.clock import Clock
from keepwell.health.postgres_drivers import Connection, Driver
from keepwell.health.postgres_errors import classify_postgres
from keepwell.health.reading import ErrorClass

RENEWED_AFTER_S = 60.0
_TLS_MODES = frozenset({"require", "verify-ca", "verify-full"})
_IN_WORDS = re.compile(r"(?:^|\s)sslmode\s*=\s*'?([\w-]+)")


class Line:
    """The connection; questions take turns."""

    def __init__(self, driver: Driver, dsn: str, *, require_tls: bool, clock: Clock) -> None:
        if require_tls and (modes := sslmodes(dsn)) not in [[mode] for mode in _TLS_MODES]:
            asked = " and ".join(modes) or "none"
            raise ValueError(f"TLS is demanded, so sslmode is require or stricter, not {asked}")
        self._driver = driver
        self._dsn = dsn
        self._require_tls = require_tls
        self._clock = clock
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._renew_at_s = 0.0
        self._renewal: asyncio.Task[None] | None = None

    async def ask(self, statements: str) -> float:
        """Milliseconds of one round trip on the open connection; connecting is not counted.

        Raises whatever the driver raises; `classify_postgres` knows it.
        """
        async with self._turn:
            took_ms = await self._ask_if_open(statements)
            if took_ms is None:
                took_ms = await self._ask_once(statements)
            self._renew_in_time()
            return took_ms

    async def close(self) -> None:
        """Closes the connection."""
        if self._renewal and not self._renewal.done():
            self._renewal.cancel()
            await asyncio.wait([self._renewal])
        self._drop()

    async def _ask_if_open(self, statements: str) -> float | None:
        """None where there is no connection, or it was cut since it was last used."""
        if self._connection is None:
            return None
        try:
            return await self._ask_once(statements)
        except Exception as error:
            if classify_postgres(error) is not ErrorClass.UNREACHABLE:
                raise
            return None

    async def _ask_once(self, statements: str) -> float:
        try:
            if self._connection is None or not self._connection.is_open():
                self._take(await self._connect())
            assert self._connection is not None
            started_s = time.perf_counter()
            async with asyncio.timeout(QUERY_S):
                await self._connection.run(statements)
            return (time.perf_counter() - started_s) * 1000
        except BaseException:
            self._drop()  # it may be in any state
            raise

    async def _connect(self) -> Connection:
        async with asyncio.timeout(CONNECT_S):
            connection = await self._driver.connect(self._dsn)
        if self._require_tls and not connection.is_encrypted():
            connection.end()
            raise RoundTripError(ErrorClass.TLS)
        return connection

    def _take(self, connection: Connection) -> None:
        self._drop()
        self._connection = connection
        # Instances that started together do not come back together.
        jitter = random.uniform(0.9, 1.1)  # noqa: S311 - no secret
        self._renew_at_s = self._clock.monotonic_s() + RENEWED_AFTER_S * jitter

    def _renew_in_time(self) -> None:
        is_idle = self._renewal is None or self._renewal.done()
        if is_idle and self._clock.monotonic_s() >= self._renew_at_s:
            self._renewal = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        try:
            connection = await self._connect()
        except Exception:  # noqa: BLE001 - whatever it is, the next question meets it too
            async with self._turn:
                self._drop()
            return
        async with self._turn:
            self._take(connection)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.end()


def sslmodes(dsn: str) -> list[str]:
    """What a DSN, as a URL or in words, says of TLS; its drivers take none to be `prefer`."""
    if "://" in dsn:
        return parse_qs(urlsplit(dsn).query).get("sslmode", [])
    return _IN_WORDS.findall(dsn)
