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

from redis.exceptions import RedisError

from examples.livestreamsell.answering import Answering, Failure
from examples.livestreamsell.connecting import open_queue
from examples.livestreamsell.database import DatabaseErrors, open_database, passes
from examples.livestreamsell.events import Event
from examples.livestreamsell.heartbeat import beat
from examples.livestreamsell.llm import LanguageModel, StandInModel
from examples.livestreamsell.outbox import Outbox, Reply
from examples.livestreamsell.pruning import pruned
from examples.livestreamsell.sender import Receiver, Sender, StreamReceiver
from examples.livestreamsell.settings import WorkerSettings, worker_settings
from examples.livestreamsell.stopping import done_or_stopped, stops_within
from examples.livestreamsell.stream import Entry, Stream

# A blocking read must be shorter, and a stop must not wait for a frozen Redis for long.
_SOCKET_TIMEOUT_S = 2.0
_RETRY_S = 1.0

Result = TypeVar("Result")
Outcome = str | Failure | None  # None: it stopped before it knew
Answer = Callable[[Event, Entry], Awaitable[Outcome]]

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
        self._stopping = asyncio.Event()
        self._work: dict[str, asyncio.Task[None]] = {}

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Works until `stopping` is set, then finishes what it has in hand, as far as it may."""
        self._stopping = stopping
        taking = asyncio.create_task(self._take_until_stopped())
        try:
            await done_or_stopped([taking], stopping=stopping)
            async with asyncio.timeout(self._settings.drain_s):
                await taking
                if self._work:
                    await asyncio.wait(self._work.values())
        except TimeoutError:
            _log.warning("%d entries were not finished in time", len(self._work))
        finally:
            taking.cancel()

    async def let_go(self) -> None:
        """Gives back what `run` did not finish."""
        late = dict(self._work)
        for task in late.values():
            task.cancel()
        await asyncio.gather(*late.values(), return_exceptions=True)
        await asyncio.gather(*(self._give_back(id_) for id_ in late))

    async def _take_until_stopped(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._stream.ensure_group()
                while not self._stopping.is_set():
                    await self._take()
            except RedisError as error:  # away, or restarted without the group
                _log.warning("the queue is not usable: %s", type(error).__name__)
                await stops_within(self._stopping, _RETRY_S)

    async def _take(self) -> None:
        room = min(self._settings.in_hand - len(self._work), self._settings.lanes)
        if room < 1:
            await done_or_stopped(self._work.values(), stopping=self._stopping)
            return
        entries = await self._stream.take_abandoned(at_most=room)
        if entries:
            self._start(entries, self._handle_again)
        else:
            self._start(await self._stream.take_new(at_most=room), self._handle)

    def _start(self, entries: list[Entry], handle: Callable[[Entry], Awaitable[bool]]) -> None:
        for entry in entries:
            if entry.id not in self._work:  # else it was only not kept alive in time
                task = asyncio.create_task(self._hold(entry, handle), name=entry.id)
                self._work[entry.id] = task
                task.add_done_callback(lambda done: self._work.pop(done.get_name()))

    async def _hold(self, entry: Entry, handle: Callable[[Entry], Awaitable[bool]]) -> None:
        try:
            async with self._stream.kept(entry):
                is_settled = await handle(entry)
        except RedisError as error:  # it stays pending, and is taken again
            _log.warning("entry %s is not settled: %s", entry.id, type(error).__name__)
        else:
            if not is_settled:
                await self._give_back(entry.id)

    async def _handle_again(self, entry: Entry) -> bool:
        """Whoever had it before was lost; what takes its workers with it is set aside."""
        if await self._stream.deliveries(entry) <= self._settings.max_deliveries:
            return await self._handle(entry)
        return await self._settle(entry, answer=self._set_aside)

    async def _handle(self, entry: Entry) -> bool:
        return await self._settle(entry, answer=self._answer)

    async def _settle(self, entry: Entry, *, answer: Answer) -> bool:
        """Its events at once; what was given up on leaves the stream with it. False at a stop."""
        events = entry.events()
        try:
            known = await self._insist(lambda: self._outbox.known([each.id for each in events]))
            waiting = [event for event in events if event.id not in known]
        except DatabaseErrors as error:
            outcomes: list[Outcome] = [_unstorable(event, error) for event in events]
        else:
            outcomes = await asyncio.gather(*(answer(event, entry) for event in waiting))
        if None in outcomes:
            return False
        failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
        await self._stream.settle(entry, failures=failures)
        return True

    async def _answer(self, event: Event, entry: Entry) -> Outcome:
        answer = await self._answering.answer(event, stopping=self._stopping)
        if not isinstance(answer, str):
            return answer
        reply = Reply(event_id=event.id, entry=entry.id, tenant=event.tenant, text=answer)
        try:
            await self._insist(lambda: self._outbox.put(reply))
        except DatabaseErrors as error:
            return _unstorable(event, error)
        return answer

    async def _set_aside(self, event: Event, _entry: Entry) -> Outcome:
        return Failure(event_id=event.id, reason="crashed", attempts=self._settings.max_deliveries)

    async def _insist(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Postgres away is no fault of the event: it waits, for as long as it takes.

        Raises:
            DatabaseErrors: one that no waiting would mend.
        """
        while True:
            try:
                return await ask()
            except DatabaseErrors as error:
                if not passes(error):
                    raise
                _log.warning("the outbox is not usable: %s", type(error).__name__)
                await asyncio.sleep(_RETRY_S)

    async def _give_back(self, entry_id: str) -> None:
        try:
            await self._stream.give_back(entry_id)
        except RedisError as error:  # another takes it, only later
            _log.warning("entry %s is not given back: %s", entry_id, type(error).__name__)


def _unstorable(event: Event, error: Exception) -> Failure:
    _log.error("the reply to %s cannot be kept: %s", event.id, type(error).__name__)
    return Failure(event_id=event.id, reason="unstorable", attempts=1)


async def work(
    settings: WorkerSettings,
    *,
    model: LanguageModel,
    stopping: asyncio.Event,
    receiver: Receiver | None = None,
) -> None:
    """Runs one worker, its sender and its heartbeat until `stopping` is set and it has drained.

    What comes after the drain has its deadline too: whatever is away then, the process ends.
    """
    async with AsyncExitStack() as at_the_end:
        queue = open_queue(settings.redis_url, timeout_s=_SOCKET_TIMEOUT_S)
        at_the_end.push_async_callback(queue.aclose)
        database = await open_database(settings.database_url, table="reply_outbox")
        at_the_end.push_async_callback(database.close)
        outbox = Outbox(database)
        await at_the_end.enter_async_context(pruned(outbox.prune, every_s=settings.prune_every_s))
        receiver = receiver or StreamReceiver(
            queue, stream=settings.replies, kept=settings.replies_kept
        )
        sender = Sender(outbox, receiver=receiver)
        worker = Worker(
            Stream(queue, settings=settings), outbox=outbox, model=model, settings=settings
        )
        has_drained = asyncio.Event()
        beside = [
            asyncio.create_task(beat(queue, name=settings.consumer, stopping=has_drained)),
            asyncio.create_task(sender.run(stopping=has_drained)),
        ]
        await _first_of([asyncio.create_task(worker.run(stopping=stopping)), *beside])
        has_drained.set()
        leaving = [asyncio.create_task(worker.let_go()), *beside]
        _, late = await asyncio.wait(leaving, timeout=settings.leave_s)
        for task in late:
            _log.warning("left before everything was given back and sent")
            task.cancel()  # and not awaited: what it waits for may not answer


async def _first_of(tasks: list[asyncio.Task[None]]) -> None:
    """Waits until one ends. Whichever fails before the others end fails all."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def main(settings: WorkerSettings) -> None:
    """Runs one worker until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await work(settings, model=StandInModel(settings.behaviour), stopping=stopping)


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())  # noqa: TID251 - its border
    asyncio.run(main(worker_settings(os.environ)))  # noqa: TID251 - its border
