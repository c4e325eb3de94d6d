"""The reading end of the stream: takes entries, keeps them, settles them, gives them back.

At least once: an entry that its worker no longer keeps alive goes to another. What becomes of an
entry is not known here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from examples.livestreamsell.answering import Failure
from examples.livestreamsell.appending import new_events
from examples.livestreamsell.settings import WorkerSettings

_BLOCK_AT_MOST_MS = 500
_DEAD_KEPT = 10_000
_LONG_AGO_MS = 24 * 3600 * 1000

# Only the owner may keep an entry: to claim one that went to another would take it back.
_KEEP = """
local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if not held[1] or held[1][2] ~= ARGV[2] then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
return 1
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One webhook in the stream, as Meta sent it.

    `new` names the events that were new when it was appended; None means all of them.
    """

    id: str
    body: bytes
    new: frozenset[str] | None


class Stream:
    """The stream as one member of the consumer group sees it. Each call may raise RedisError."""

    def __init__(self, queue: Redis, *, settings: WorkerSettings) -> None:
        self._queue = queue
        self._settings = settings
        self._abandoned_after_ms = int(settings.abandoned_after_s * 1000)
        self._looked_up_to: Any = "0-0"
        self._keep: Any = queue.register_script(_KEEP)

    async def ensure_group(self) -> None:
        """Makes the stream and the group where they are missing."""
        try:
            await self._queue.xgroup_create(
                self._settings.stream, self._settings.group, id="0", mkstream=True
            )
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def take_new(self, *, at_most: int) -> list[Entry]:
        """Entries that nobody had yet; waits a moment for the first one."""
        found: Any = await self._queue.xreadgroup(
            self._settings.group,
            self._settings.consumer,
            {self._settings.stream: ">"},
            count=at_most,
            block=min(_BLOCK_AT_MOST_MS, self._abandoned_after_ms),
        )
        return _entries(found[0][1]) if found else []

    async def take_abandoned(self, *, at_most: int) -> list[Entry]:
        """Entries that nobody keeps alive any more."""
        self._looked_up_to, found, *_ = await self._queue.xautoclaim(
            self._settings.stream,
            self._settings.group,
            self._settings.consumer,
            min_idle_time=self._abandoned_after_ms,
            start_id=self._looked_up_to,
            count=at_most,
        )
        return _entries(found)

    async def deliveries(self, entry: Entry) -> int:
        """How often the entry was taken, this time included."""
        pending = await self._queue.xpending_range(
            self._settings.stream, self._settings.group, min=entry.id, max=entry.id, count=1
        )
        return int(pending[0]["times_delivered"]) if pending else 1

    @asynccontextmanager
    async def kept(self, entry: Entry) -> AsyncIterator[None]:
        """Keeps the entry alive while the block runs."""
        keeping = asyncio.create_task(self._keep_alive(entry))
        try:
            yield
        finally:
            keeping.cancel()

    async def _keep_alive(self, entry: Entry) -> None:
        words = [self._settings.group, self._settings.consumer, entry.id]
        while True:
            await asyncio.sleep(self._settings.abandoned_after_s / 3)
            try:
                if not await self._keep(keys=[self._settings.stream], args=words):
                    _log.warning("entry %s went to another worker", entry.id)
                    return
            except RedisError as error:
                _log.warning("entry %s is not kept alive: %s", entry.id, type(error).__name__)

    async def settle(self, entry: Entry, *, failures: Iterable[Failure]) -> None:
        """Takes the entry off the stream and writes its failures down, both or neither."""
        async with self._queue.pipeline(transaction=True) as change:
            for failure in failures:
                letter: dict[Any, Any] = {
                    "entry": entry.id,
                    "event": failure.event_id,
                    "reason": failure.reason,
                    "attempts": failure.attempts,
                    "body": entry.body,
                }
                change.xadd(self._settings.dead_letters, letter, maxlen=_DEAD_KEPT)
            change.xack(self._settings.stream, self._settings.group, entry.id)
            change.xdel(self._settings.stream, entry.id)
            await change.execute()

    async def give_back(self, entry: Entry) -> None:
        """Makes the entry abandoned at once, and this delivery as if it had not been."""
        await self._queue.xclaim(
            self._settings.stream,
            self._settings.group,
            self._settings.consumer,
            min_idle_time=0,
            message_ids=[entry.id],
            idle=_LONG_AGO_MS,
            retrycount=0,
            justid=True,
        )


def _entries(found: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    return [
        Entry(id=id_.decode(), body=fields.get(b"body", b""), new=new_events(fields.get(b"events")))
        for id_, fields in found
    ]
