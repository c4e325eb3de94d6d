"""Sends what stands in the outbox, in a loop of its own: no reply is sent by who wrote it.

The receiver stands behind one seam. The stand-in is a Redis stream that knows each reply by its
event and takes it once; Meta's Send API goes there in production.
"""

import asyncio
import logging
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from examples.livestreamsell.appending import REMEMBERED_S
from examples.livestreamsell.database import DatabaseErrors
from examples.livestreamsell.outbox import Outbox, Reply
from examples.livestreamsell.stopping import stops_within

_DEADLINE_S = 4.0
_POLL_S = 0.25
_RETRY_S = 1.0

# KEYS: what was sent, the stream. ARGV: seconds, how many are kept, entry, event, tenant, text.
_SEND = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*',
  'entry', ARGV[3], 'event', ARGV[4], 'tenant', ARGV[5], 'text', ARGV[6])
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
return 1
"""

_log = logging.getLogger(__name__)


class SendError(Exception):
    """The reply is not known to have gone out."""


class Receiver(Protocol):
    """Who takes the replies."""

    async def take(self, reply: Reply) -> None:
        """Takes the reply; the same `event_id` a second time has no effect.

        Raises:
            SendError: it is not known to have been taken.
        """
        ...


class StreamReceiver:
    """Appends each reply once to a Redis stream, which keeps the last of them, `kept` or so."""

    def __init__(self, queue: Redis, *, stream: str, kept: int) -> None:
        self._stream = stream
        self._kept = kept
        self._send: Any = queue.register_script(_SEND)

    async def take(self, reply: Reply) -> None:
        """Appends it unless it was."""
        keys = [f"{self._stream}:sent:{reply.event_id}", self._stream]
        words = [reply.entry, reply.event_id, reply.tenant, reply.text]
        try:
            await self._send(keys=keys, args=[REMEMBERED_S, self._kept, *words])
        except RedisError as error:
            raise SendError from error


class Sender:
    """Empties the outbox."""

    def __init__(self, outbox: Outbox, *, receiver: Receiver) -> None:
        self._outbox = outbox
        self._receiver = receiver

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Sends until `stopping` is set, then what is left of it."""
        while True:
            is_last_round = stopping.is_set()
            pause_s = await self._empty()
            if is_last_round:
                return
            await stops_within(stopping, pause_s)

    async def _empty(self) -> float:
        """Sends all that is due; seconds to wait before the next look."""
        try:
            while await self._outbox.send_due(self._send):
                pass
        except DatabaseErrors as error:
            _log.warning("the outbox is not usable: %s", type(error).__name__)
            return _RETRY_S
        return _POLL_S

    async def _send(self, reply: Reply) -> bool:
        try:
            async with asyncio.timeout(_DEADLINE_S):
                await self._receiver.take(reply)
        except (SendError, TimeoutError) as error:
            _log.warning("no reply to %s went out: %s", reply.event_id, type(error).__name__)
            return False
        return True
