"""Answers queued webhooks with the model, on instances of its own: `python -m ...worker`.

At least once in work, once in effect: the reply stands in the outbox under its event before the
entry leaves the stream. It serves no requests, so the model's latency meets no webhook.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from examples.livestreamsell.answering import Answering, Failure
from examples.livestreamsell.database import DatabaseErrors, open_database
from examples.livestreamsell.events import Event, read_events
from examples.livestreamsell.heartbeat import beat
from examples.livestreamsell.llm import LanguageModel, StandInModel
from examples.livestreamsell.outbox import Outbox, Reply
from examples.livestreamsell.sender import Receiver, Sender, StreamReceiver
from examples.livestreamsell.settings import WorkerSettings, worker_settings
from examples.livestreamsell.stream import Entry, Stream

# redis-py gives up on a silent socket after 5 s by default, so a blocking read must be shorter.
# Source: https://redis.readthedocs.io/en/stable/connections.html (read 2026-11)
_SOCKET_TIMEOUT_S = 5.0
_RETRY_S = 1.0

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Worker:
    """A member of the consumer group that has many entries in hand at a time."""

    def __init__(
        self, stream: Stream, *, outbox: Outbox, model: LanguageModel, settings: WorkerSettings
    ) -> None:
        self._stream = stream
        self._outbox = outbox
        self._answering = Answering(model, settings=settings)
        self._settings = settings
        self._hands = asyncio.Semaphore(settings.in_hand)
        self._stopping = asyncio.Event()
        self._work: set[asyncio.Task[None]] = set()

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Works until `stopping` is set; then it finishes what it has in hand, or gives it back."""
        self._stopping = stopping
        while not stopping.is_set():
            try:
                await self._stream.ensure_group()
                while not stopping.is_set():
                    await self._take()
            except RedisError as error:  # away, or restarted without the group
                _log.warning("the queue is not usable: %s", type(error).__name__)
                await self._pause()
        await self._drain()

    async def _take(self) -> None:
        await self._hands.acquire()  # until one is free
        self._hands.release()
        room = max(1, min(self._settings.in_hand - len(self._work), self._settings.lanes))
        entries = await self._stream.take_abandoned(at_most=room)
        if entries:
            self._start(entries, self._handle_again)
        else:
            self._start(await self._stream.take_new(at_most=room), self._handle)

    def _start(self, entries: list[Entry], handle: Callable[[Entry], Awaitable[None]]) -> None:
        for entry in entries:
            task = asyncio.create_task(self._hold(entry, handle))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    async def _hold(self, entry: Entry, handle: Callable[[Entry], Awaitable[None]]) -> None:
        async with self._hands, self._stream.kept(entry):
            try:
                await handle(entry)
            except RedisError as error:  # it stays pending, and is taken again
                _log.warning("entry %s is not settled: %s", entry.id, type(error).__name__)
            except asyncio.CancelledError:
                await self._give_back(entry)

    async def _handle_again(self, entry: Entry) -> None:
        """Whoever had it before was lost; what takes its workers with it is set aside."""
        if await self._stream.deliveries(entry) <= self._settings.max_deliveries:
            await self._handle(entry)
            return
        attempts = self._settings.max_deliveries
        failures = [
            Failure(event_id=event.id, reason="crashed", attempts=attempts)
            for event in await self._unanswered(entry)
        ]
        await self._stream.settle(entry, failures=failures)

    async def _handle(self, entry: Entry) -> None:
        """Its events at once; what was given up on leaves the stream with it."""
        events = await self._unanswered(entry)
        outcomes = await asyncio.gather(*(self._answer(event, entry=entry) for event in events))
        if None in outcomes:
            await self._give_back(entry)
            return
        failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
        await self._stream.settle(entry, failures=failures)

    async def _unanswered(self, entry: Entry) -> list[Event]:
        events = [
            event
            for event in read_events(entry.body)
            if event.needs_reply and (entry.new is None or event.id in entry.new)
        ]
        known = await self._insist(lambda: self._outbox.known([event.id for event in events]))
        return [event for event in events if event.id not in known]

    async def _answer(self, event: Event, *, entry: Entry) -> str | Failure | None:
        answer = await self._answering.answer(event, stopping=self._stopping)
        if isinstance(answer, str):
            reply = Reply(event_id=event.id, entry=entry.id, tenant=event.tenant, text=answer)
            await self._insist(lambda: self._outbox.put(reply))
        return answer

    async def _insist(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Postgres away is no fault of the event: it waits, for as long as it takes."""
        while True:
            try:
                return await ask()
            except DatabaseErrors as error:
                _log.warning("the outbox is not usable: %s", type(error).__name__)
                await asyncio.sleep(_RETRY_S)

    async def _drain(self) -> None:
        if not self._work:
            return
        _, late = await asyncio.wait(self._work, timeout=self._settings.drain_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _give_back(self, entry: Entry) -> None:
        try:
            await self._stream.give_back(entry)
        except RedisError as error:  # another takes it, only later
            _log.warning("entry %s is not given back: %s", entry.id, type(error).__name__)

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), _RETRY_S)
        except TimeoutError:
            return


async def work(
    settings: WorkerSettings,
    *,
    model: LanguageModel,
    stopping: asyncio.Event,
    receiver: Receiver | None = None,
) -> None:
    """Runs one worker, its sender and its heartbeat until `stopping` is set and it has drained."""
    async with AsyncExitStack() as at_the_end:
        queue = await at_the_end.enter_async_context(
            Redis.from_url(settings.redis_url, socket_timeout=_SOCKET_TIMEOUT_S)
        )
        database = await open_database(settings.database_url)
        at_the_end.push_async_callback(database.close)
        outbox = Outbox(database)
        stream = Stream(queue, settings=settings)
        sender = Sender(outbox, receiver=receiver or StreamReceiver(queue, stream=settings.replies))
        has_drained = asyncio.Event()
        beating = asyncio.create_task(beat(queue, name=settings.consumer))
        sending = asyncio.create_task(sender.run(stopping=has_drained))
        await Worker(stream, outbox=outbox, model=model, settings=settings).run(stopping=stopping)
        has_drained.set()
        await sending
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def main(settings: WorkerSettings) -> None:
    """Runs one worker until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await work(settings, model=StandInModel(settings.behaviour), stopping=stopping)


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())  # noqa: TID251 - its border
    asyncio.run(main(worker_settings(os.environ)))  # noqa: TID251 - its border
