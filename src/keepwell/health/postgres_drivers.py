"""Two drivers of Postgres in one shape: connect, run statements without arguments, end at once.

Statements travel as simple queries: one round trip, and no prepared statement, which a pooler in
transaction mode would not know. asyncpg gives no rows of those: failing is the only no.
"""

import asyncio
import os
import socket
from contextlib import suppress
from typing import Any, Protocol

_NAME = "keepwell-health"


class Connection(Protocol):
    """One open connection."""

    def is_open(self) -> bool:
        """Whether it was not seen to end."""
        ...

    def is_encrypted(self) -> bool:
        """Whether this end speaks TLS: behind a pooler the server's word is about another leg."""
        ...

    async def run(self, statements: str) -> None:
        """Runs them in one round trip; raises what the driver raises."""
        ...

    def end(self) -> None:
        """Ends it at once: a frozen server would keep a polite farewell waiting."""
        ...


class Driver(Protocol):
    """Opens connections."""

    async def connect(self, dsn: str) -> Connection:
        """A new connection."""
        ...


def driver_named(name: str) -> Driver:
    """`asyncpg` or `psycopg`, imported now: who checks no Postgres does without both.

    Raises:
        ValueError: the name is another one.
    """
    if name == "asyncpg":
        return _Asyncpg()
    if name == "psycopg":
        return _Psycopg()
    raise ValueError(f"the driver is asyncpg or psycopg, not {name!r}")


class _Asyncpg:
    def __init__(self) -> None:
        import asyncpg  # noqa: PLC0415 - see driver_named

        self._asyncpg = asyncpg

    async def connect(self, dsn: str) -> Connection:
        settings = {"application_name": _NAME}
        return _AsyncpgConnection(await self._asyncpg.connect(dsn, server_settings=settings))


class _AsyncpgConnection:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def is_open(self) -> bool:
        return not self._connection.is_closed()

    def is_encrypted(self) -> bool:
        # asyncpg has no public way to tell.
        return self._connection._transport.get_extra_info("ssl_object") is not None  # noqa: SLF001

    async def run(self, statements: str) -> None:
        await self._connection.execute(statements)

    def end(self) -> None:
        self._connection.terminate()


class _Psycopg:
    def __init__(self) -> None:
        import psycopg  # noqa: PLC0415 - see driver_named

        self._psycopg = psycopg

    async def connect(self, dsn: str) -> Connection:
        connect = self._psycopg.AsyncConnection.connect
        return _PsycopgConnection(
            await connect(dsn, autocommit=True, prepare_threshold=None, application_name=_NAME)
        )


class _PsycopgConnection:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def is_open(self) -> bool:
        return not self._connection.closed

    def is_encrypted(self) -> bool:
        return bool(self._connection.pgconn.ssl_in_use)

    async def run(self, statements: str) -> None:
        running = asyncio.ensure_future(self._connection.execute(statements))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            # Cancelled, psycopg would ask the server for up to 10 s to cancel too.
            self._hang_up()
            with suppress(Exception):
                await running
            raise

    def end(self) -> None:
        self._connection.pgconn.finish()

    def _hang_up(self) -> None:
        with suppress(OSError), socket.socket(fileno=os.dup(self._connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
