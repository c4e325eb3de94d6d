"""Holds the replies until they are sent: one for each event, whoever writes it and how often."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from examples.livestreamsell.database import Database
from examples.livestreamsell.pruning import BATCH, REPLY_KEPT_S

_PUT = """
INSERT INTO reply_outbox (event_id, entry, tenant, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (event_id) DO NOTHING
"""
_KNOWN = "SELECT event_id FROM reply_outbox WHERE event_id = ANY($1::text[])"
_DUE = """
SELECT event_id, entry, tenant, text FROM reply_outbox
WHERE sent_at IS NULL AND next_try_at <= now()
ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
"""
# The transaction began before the calls of the receiver: its now() is that old.
_SENT = "UPDATE reply_outbox SET sent_at = clock_timestamp() WHERE event_id = ANY($1::text[])"
_FAILED = """
UPDATE reply_outbox SET failures = failures + 1,
  next_try_at = clock_timestamp() + power(2, least(failures, 6)) * interval '1 second'
WHERE event_id = ANY($1::text[])
"""
_PRUNE = """
DELETE FROM reply_outbox WHERE event_id = ANY(ARRAY(
  SELECT event_id FROM reply_outbox
  WHERE sent_at < clock_timestamp() - $1 * interval '1 second'
  ORDER BY sent_at LIMIT $2 FOR UPDATE SKIP LOCKED
)) RETURNING 1
"""
_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer to one event; `entry` is the one of the stream that brought it."""

    event_id: str
    entry: str
    tenant: str
    text: str


class Outbox:
    """The replies. What was sent is kept as long as Meta may send its event again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, reply: Reply) -> None:
        """Keeps the reply unless the event has one."""
        pool = await self._database.pool()
        await pool.execute(_PUT, reply.event_id, reply.entry, reply.tenant, reply.text)

    async def known(self, event_ids: Collection[str]) -> frozenset[str]:
        """Those of the events that have their reply."""
        pool = await self._database.pool()
        return frozenset(row["event_id"] for row in await pool.fetch(_KNOWN, list(event_ids)))

    async def send_due(self, send: Callable[[Reply], Awaitable[bool]]) -> bool:
        """Sends the replies that wait longest, while nobody else can; whether there were any.

        `send` says whether one went. When the process dies before that is written down, it is
        sent again, with the same `event_id`: by that the receiver must know it.
        """
        pool = await self._database.pool()
        async with pool.acquire() as connection, connection.transaction():
            replies = [Reply(**dict(row)) for row in await connection.fetch(_DUE, _AT_ONCE)]
            went = await asyncio.gather(*(send(reply) for reply in replies))
            for statement, outcome in ((_SENT, True), (_FAILED, False)):
                events = [
                    reply.event_id
                    for reply, each in zip(replies, went, strict=True)
                    if each is outcome
                ]
                if events:
                    await connection.execute(statement, events)
            return bool(replies)

    async def prune(self) -> int:
        """Removes a batch of what was sent long ago; how many that were."""
        pool = await self._database.pool()
        return len(await pool.fetch(_PRUNE, REPLY_KEPT_S, BATCH))
