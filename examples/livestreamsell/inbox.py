"""Mirrors what came from Meta to Postgres, for who must not lose it with Redis."""

import hashlib

from examples.livestreamsell.database import Database

_PUT = "INSERT INTO webhook_inbox (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING"


class Inbox:
    """The raw webhooks, each once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, body: bytes) -> None:
        """Keeps the body; doing it twice is harmless.

        Raises:
            DatabaseErrors: it is not known to be kept.
        """
        pool = await self._database.pool()
        await pool.execute(_PUT, hashlib.sha256(body).digest(), body)
