"""The reading end of the stream: takes entries, keeps them, settles them, gives them back.

At least once: an entry that its worker no longer keeps alive goes to another. What becomes of an
entry is not known here.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from examples.livestreamsell.answering import Failure
from examples.livestreamsell.appending import new_events
from examples.livestreamsell.events import Event, read_events
from examples.livestreamsell.settings import WorkerSettings
from examples.livestreamsell.stopping import stops_within

_BLOCK_AT_MOST_MS = 500
_DEAD_KEPT = 10_000
_LONG_AGO_MS = 24 * 3600 * 1000

# KEYS: the stream. ARGV: group, consumer, entry. Only the owner may keep an entry or give it back:
# to claim one that went to another would take it from them.
_IF_OWNER = """
local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if not held[1] or held[1][2] ~= ARGV[2] then return 0 end
"""
_KEEP = f"""{_IF_OWNER}
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
return 1
"""
# The fourth argument is how long ago the owner was last heard, in ms.
_GIVE_BACK = f"""{_IF_OWNER}
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3],
  'IDLE', ARGV[4], 'RETRYCOUNT', held[1][4] - 1, 'JUSTID')
return 1
"""
# KEYS: the stream, the dead letters. ARGV: group, entry, how many letters are kept, body, then
# event, reason and attempts of each failure. Who settles second finds it acknowledged.
_SETTLE = """
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
for at = 5, #ARGV, 3 do
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'entry', ARGV[2],
    'event', ARGV[at], 'reason', ARGV[at + 1], 'attempts', ARGV[at + 2], 'body', ARGV[4])
end
redis.call('XDEL', KEYS[1], ARGV[2])
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

    def events(self) -> list[Event]:
        """Those that are to be answered.

        A release that names events in another way than the one that appended them finds names
        that it does not know: then all count as new, and the outbox knows those that were not.
        """
        events = read_events(self.body)
        names = {event.id for event in events}
        new = self.new if self.new is not None and self.new <= names else names
        return [event for event in events if event.needs_reply and event.id in new]


class Stream:
    """The stream as one member of the consumer group sees it. Each call may raise RedisError."""

    def __init__(self, queue: Redis, *, settings: WorkerSettings) -> None:
        self._queue = queue
        self._settings = settings
        self._abandoned_after_ms = int(settings.abandoned_after_s * 1000)
        self._looked_up_to: Any = "0-0"
        self._keep: Any = queue.register_script(_KEEP)
        self._give_back: Any = queue.register_script(_GIVE_BACK)
        self._settle: Any = queue.register_script(_SETTLE)

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
        """Keeps the entry alive while the block runs; no call is under way when it has ended."""
        ended = asyncio.Event()
        keeping = asyncio.create_task(self._keep_alive(entry, ended=ended))
        try:
            yield
        finally:
            ended.set()
            await keeping

    async def _keep_alive(self, entry: Entry, *, ended: asyncio.Event) -> None:
        every_s = self._settings.abandoned_after_s / 3
        wait_s = every_s * random.random()  # noqa: S311 - keeps entries taken at once apart
        while not await stops_within(ended, wait_s):
            wait_s = every_s
            try:
                if not await self._keep(keys=[self._settings.stream], args=self._owned(entry.id)):
                    _log.warning("entry %s went to another worker", entry.id)
                    return
            except RedisError as error:
                _log.warning("entry %s is not kept alive: %s", entry.id, type(error).__name__)

    async def settle(self, entry: Entry, *, failures: Iterable[Failure]) -> None:
        """Takes the entry off the stream and writes its failures down, both or neither, once."""
        letters = [
            word for each in failures for word in (each.event_id, each.reason, each.attempts)
        ]
        await self._settle(
            keys=[self._settings.stream, self._settings.dead_letters],
            args=[self._settings.group, entry.id, _DEAD_KEPT, entry.body, *letters],
        )

    async def give_back(self, entry_id: str) -> None:
        """Makes the entry abandoned at once, and this delivery as if it had not been.

        One that went to another stays there.
        """
        words = [*self._owned(entry_id), _LONG_AGO_MS]
        await self._give_back(keys=[self._settings.stream], args=words)

    def _owned(self, entry_id: str) -> list[str | int]:
        return [self._settings.group, self._settings.consumer, entry_id]


def _entries(found: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    return [
        Entry(id=id_.decode(), body=fields.get(b"body", b""), new=new_events(fields.get(b"events")))
        for id_, fields in found
    ]
