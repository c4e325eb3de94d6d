"""The pool of connections to Postgres, and the tables, made where they are missing.

It connects at the first use, so a service starts while its database is away.
"""

from pathlib import Path

import asyncpg

_SCHEMA = Path(__file__).with_name("schema.sql")
_TIMEOUT_S = 5.0
_CONNECTIONS = 4

# What asyncpg raises when the server is away, restarts or refuses: try again later.
DatabaseErrors = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Database:
    """Connections that know that the tables are there."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._has_tables = False

    async def pool(self) -> asyncpg.Pool:
        """The pool, once the tables stand.

        Raises:
            DatabaseErrors: Postgres is not usable.
        """
        if not self._has_tables:
            await self._pool.execute(_SCHEMA.read_text())
            self._has_tables = True
        return self._pool

    async def close(self) -> None:
        """Ends the connections, whatever they do."""
        self._pool.terminate()


async def open_database(dsn: str) -> Database:
    """A database that has not been asked for anything yet."""
    pool = await asyncpg.create_pool(
        dsn, min_size=0, max_size=_CONNECTIONS, timeout=_TIMEOUT_S, command_timeout=_TIMEOUT_S
    )
    return Database(pool)
