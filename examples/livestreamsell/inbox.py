"""Mirrors what came from Meta to Postgres, for who must not lose it with Redis."""

import hashlib
from collections.abc import AsyncIterator

from examples.livestreamsell.database import Database
from examples.livestreamsell.pruning import BATCH, WEBHOOK_KEPT_S

_PUT = "INSERT INTO webhook_inbox (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_SINCE = """
SELECT body FROM webhook_inbox
WHERE received_at >= clock_timestamp() - $1 * interval '1 second' ORDER BY received_at
"""
_PRUNE = """
DELETE FROM webhook_inbox WHERE digest = ANY(ARRAY(
  SELECT digest FROM webhook_inbox
  WHERE received_at < clock_timestamp() - $1 * interval '1 second'
  ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED
)) RETURNING 1
"""


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

    async def since(self, seconds: float) -> AsyncIterator[bytes]:
        """What came in the last seconds, in its order."""
        pool = await self._database.pool()
        async with pool.acquire() as connection, connection.transaction():
            async for row in connection.cursor(_SINCE, seconds):
                yield row["body"]

    async def prune(self) -> int:
        """Removes a batch of what Meta sends no more; how many that were."""
        pool = await self._database.pool()
        return len(await pool.fetch(_PRUNE, WEBHOOK_KEPT_S, BATCH))
