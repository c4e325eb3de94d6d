"""Answers queued webhooks with the model, on instances of its own: `python -m ...worker`.

At least once: an entry leaves the queue in the same transaction that stores its reply, and what a
lost worker held is taken over. It serves no requests, so the model's latency meets no webhook.
"""

import asyncio
import logging
import os
import signal
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from examples.livestreamsell.llm import LanguageModel, ModelError, StandInModel
from examples.livestreamsell.settings import WorkerSettings, worker_settings

# redis-py gives up on a silent socket after 5 s by default, so a blocking read must be shorter.
# Source: https://redis.readthedocs.io/en/stable/connections.html (read 2026-11)
_SOCKET_TIMEOUT_S = 5.0
_BLOCK_AT_MOST_MS = 2000
_RETRY_AFTER_S = 1.0
_REPLIES_KEPT = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One webhook in the queue, as Meta sent it."""

    id: bytes
    body: bytes


class Worker:
    """A member of the consumer group that answers several entries at a time, one per lane."""

    def __init__(self, queue: Redis, *, model: LanguageModel, settings: WorkerSettings) -> None:
        self._queue = queue
        self._model = model
        self._settings = settings
        self._abandoned_after_ms = int(settings.abandoned_after_s * 1000)
        self._looked_up_to: bytes = b"0-0"

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Works until `stopping` is set; entries in hand are finished first."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(self._settings.lanes):
                lanes.create_task(self._work(stopping))

    async def _work(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self._ensure_group()
                while not stopping.is_set():
                    entry = await self._take_over() or await self._take_next()
                    if entry:
                        await self._answer(entry)
            except RedisError as error:  # away, or restarted without the group
                _log.warning("the queue is not usable: %s", type(error).__name__)
                await _wait(stopping, _RETRY_AFTER_S)

    async def _ensure_group(self) -> None:
        try:
            await self._queue.xgroup_create(
                self._settings.stream, self._settings.group, id="0", mkstream=True
            )
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def _take_next(self) -> Entry | None:
        found: Any = await self._queue.xreadgroup(
            self._settings.group,
            self._settings.consumer,
            {self._settings.stream: ">"},
            count=1,
            block=min(_BLOCK_AT_MOST_MS, self._abandoned_after_ms),
        )
        return _entry(found[0][1]) if found else None

    async def _take_over(self) -> Entry | None:
        """An entry that nobody has worked on for long, unless it failed too often."""
        self._looked_up_to, found, *_ = await self._queue.xautoclaim(
            self._settings.stream,
            self._settings.group,
            self._settings.consumer,
            min_idle_time=self._abandoned_after_ms,
            start_id=self._looked_up_to,
            count=1,
        )
        entry = _entry(found)
        if entry and await self._deliveries(entry) > self._settings.max_deliveries:
            await self._settle(entry, stream=self._settings.dead_letters, text=entry.body)
            _log.error("entry %s failed too often", entry.id.decode())
            return None
        return entry

    async def _deliveries(self, entry: Entry) -> int:
        pending = await self._queue.xpending_range(
            self._settings.stream, self._settings.group, min=entry.id, max=entry.id, count=1
        )
        return int(pending[0]["times_delivered"]) if pending else 0

    async def _answer(self, entry: Entry) -> None:
        """Asks the model; without a reply the entry stays pending and is taken over later."""
        try:
            async with asyncio.timeout(self._settings.deadline_s):
                reply = await self._model.reply(entry.body.decode(errors="replace"))
        except (ModelError, TimeoutError) as error:
            _log.warning("no reply to %s: %s", entry.id.decode(), type(error).__name__)
            return
        await self._settle(entry, stream=self._settings.replies, text=reply.encode())

    async def _settle(self, entry: Entry, *, stream: str, text: bytes) -> None:
        """Stores what became of the entry and takes it off the queue, both or neither."""
        async with self._queue.pipeline(transaction=True) as change:
            change.xadd(stream, {"entry": entry.id, "text": text}, maxlen=_REPLIES_KEPT)
            change.xack(self._settings.stream, self._settings.group, entry.id)
            change.xdel(self._settings.stream, entry.id)
            await change.execute()


def _entry(found: list[tuple[bytes, dict[bytes, bytes]]]) -> Entry | None:
    return Entry(id=found[0][0], body=found[0][1].get(b"body", b"")) if found else None


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


async def main(settings: WorkerSettings) -> None:
    """Runs one worker until SIGTERM or SIGINT; then it finishes what it has in hand."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with Redis.from_url(settings.redis_url, socket_timeout=_SOCKET_TIMEOUT_S) as queue:
        model = StandInModel(delay_s=settings.model_delay_s)
        await Worker(queue, model=model, settings=settings).run(stopping=stopping)


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())  # noqa: TID251 - its border
    asyncio.run(main(worker_settings(os.environ)))  # noqa: TID251 - its border
