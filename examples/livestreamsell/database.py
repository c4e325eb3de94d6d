"""The pool of connections to Postgres, and a role's own table, made where it is missing.

It connects at the first use, so a service starts while its database is away. Intake and worker are
two roles, each with its own table; a role that may not make it finds it, made by whoever may.
"""

from pathlib import Path
from typing import Literal

import asyncpg

Table = Literal["webhook_inbox", "reply_outbox"]

_TIMEOUT_S = 5.0
_CONNECTIONS = 4

# Those who start at once wait for each other: the check alone would let two of them make it.
_TURN = "SELECT pg_advisory_xact_lock(7305814)"
_IS_THERE = "SELECT to_regclass($1) IS NOT NULL"

# What asyncpg raises when a statement did not work.
DatabaseErrors = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

# Connection lost, out of resources, shut down or cancelled, rolled back, not let in.
# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING_CLASSES = ("08", "53", "57", "40", "28")
_READ_ONLY = "25006"  # Supabase lets nobody write while the disk is full


def passes(error: Exception) -> bool:
    """Whether the statement may work later: Postgres is away, restarts, is full, takes no writes.

    All else stays, however often it is tried, such as a text that Postgres cannot hold.
    """
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] in _PASSING_CLASSES or state == _READ_ONLY
    # What does not fit its parameter is an InterfaceError and a ValueError.
    return isinstance(error, DatabaseErrors) and not isinstance(error, ValueError)


class Database:
    """Connections that know that the table is there."""

    def __init__(self, pool: asyncpg.Pool, *, table: Table) -> None:
        self._pool = pool
        self._table = table
        self._has_table = False

    async def pool(self) -> asyncpg.Pool:
        """The pool, once the table stands.

        Raises:
            DatabaseErrors: Postgres is not usable.
        """
        if not self._has_table:
            async with self._pool.acquire() as connection, connection.transaction():
                await self._ensure_table(connection)
            self._has_table = True
        return self._pool

    async def close(self) -> None:
        """Ends the connections, whatever they do."""
        self._pool.terminate()

    async def _ensure_table(self, connection: asyncpg.Connection) -> None:
        await connection.execute(_TURN)
        if not await connection.fetchval(_IS_THERE, self._table):
            definition = Path(__file__).with_name(f"{self._table}.sql")
            await connection.execute(definition.read_text())


async def open_database(dsn: str, *, table: Table) -> Database:
    """A database that has not been asked for anything yet."""
    pool = await asyncpg.create_pool(
        dsn, min_size=0, max_size=_CONNECTIONS, timeout=_TIMEOUT_S, command_timeout=_TIMEOUT_S
    )
    return Database(pool, table=table)
