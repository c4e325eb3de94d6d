"""The worker on a real Redis: replies, failures, takeovers, a stop that loses nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis as Client

from examples.livestreamsell.llm import LanguageModel, ModelError, StandInModel
from examples.livestreamsell.settings import WorkerSettings
from examples.livestreamsell.worker import Worker
from keepwell.rehearsal.servers import Redis, start_redis

LONG_S = 20.0


@pytest.fixture
def redis() -> Iterator[Redis]:
    with start_redis() as server:
        yield server


class FailingModel:
    """A model that gives its first replies late or not at all."""

    def __init__(self, *, failures: int, hangs: bool = False) -> None:
        self.calls = 0
        self._failures = failures
        self._hangs = hangs

    async def reply(self, webhook: str) -> str:  # noqa: ARG002 - the seam's signature
        self.calls += 1
        if self.calls > self._failures:
            return "at last"
        if self._hangs:
            await asyncio.Event().wait()
        raise ModelError


def settings(redis: Redis) -> WorkerSettings:
    return WorkerSettings(redis_url=redis.url, lanes=4, deadline_s=0.1, abandoned_after_s=0.2)


def work(
    settings: WorkerSettings, *, model: LanguageModel, until: Callable[[Client], Awaitable[bool]]
) -> None:
    """Runs a worker until what is awaited holds, then stops it gracefully."""

    async def run() -> None:
        stopping = asyncio.Event()
        async with (
            asyncio.timeout(LONG_S),
            Client.from_url(settings.redis_url) as queue,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(Worker(queue, model=model, settings=settings).run(stopping=stopping))
            while not await until(queue):  # noqa: ASYNC110 - what it asks stands in Redis
                await asyncio.sleep(0.02)
            stopping.set()

    asyncio.run(run())


def on(redis: Redis, use: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client.from_url(redis.url) as queue:
            return await use(queue)

    return asyncio.run(run())


def enqueue(redis: Redis, *bodies: bytes) -> None:
    async def add(queue: Client) -> None:
        for body in bodies:
            await queue.xadd("webhooks", {"body": body})

    on(redis, add)


def length_is(stream: str, length: int) -> Callable[[Client], Awaitable[bool]]:
    async def holds(queue: Client) -> bool:
        return int(await queue.xlen(stream)) == length

    return holds


def texts(redis: Redis, stream: str) -> set[bytes]:
    return {fields[b"text"] for _, fields in on(redis, lambda queue: queue.xrange(stream))}


@contextmanager
def process(redis: Redis, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as it is deployed: a process of its own."""
    environment = {**os.environ, "REDIS_URL": redis.url, "RENDER_INSTANCE_ID": "one", **variables}
    with subprocess.Popen(
        [sys.executable, "-m", "examples.livestreamsell.worker"],
        env=environment,
        stderr=subprocess.DEVNULL,
    ) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def wait_until_one_is_in_hand(redis: Redis) -> None:
    async def one_in_hand(queue: Client) -> None:
        async with asyncio.timeout(LONG_S):
            while True:
                groups = await queue.xinfo_groups("webhooks")
                if groups and groups[0]["pending"] == 1:
                    return
                await asyncio.sleep(0.02)

    on(redis, one_in_hand)


def test_every_entry_gets_its_reply_and_leaves_the_queue(redis: Redis) -> None:
    enqueue(redis, *(b"x" * size for size in range(20)))
    model = StandInModel(delay_s=0.01)
    work(settings(redis), model=model, until=length_is("webhooks:replies", 20))
    assert texts(redis, "webhooks:replies") == {b"read %d characters" % size for size in range(20)}
    assert on(redis, lambda queue: queue.xlen("webhooks")) == 0


def test_a_reply_names_the_entry_that_it_answers(redis: Redis) -> None:
    entry = on(redis, lambda queue: queue.xadd("webhooks", {"body": b"hello"}))
    work(settings(redis), model=StandInModel(delay_s=0), until=length_is("webhooks:replies", 1))
    [(_, fields)] = on(redis, lambda queue: queue.xrange("webhooks:replies"))
    assert fields[b"entry"] == entry


@pytest.mark.parametrize("hangs", [False, True], ids=["fails", "misses the deadline"])
def test_an_entry_without_a_reply_is_tried_again(redis: Redis, *, hangs: bool) -> None:
    enqueue(redis, b"hello")
    model = FailingModel(failures=2, hangs=hangs)
    work(settings(redis), model=model, until=length_is("webhooks:replies", 1))
    assert (model.calls, texts(redis, "webhooks:replies")) == (3, {b"at last"})


def test_an_entry_that_fails_too_often_is_set_aside(redis: Redis) -> None:
    enqueue(redis, b"poison")
    model = FailingModel(failures=1000)
    limited = replace(settings(redis), max_deliveries=2)
    work(limited, model=model, until=length_is("webhooks:dead", 1))
    assert (model.calls, texts(redis, "webhooks:dead")) == (2, {b"poison"})
    assert on(redis, lambda queue: queue.xlen("webhooks")) == 0


def test_it_carries_on_when_the_queue_was_lost_with_its_group(redis: Redis) -> None:
    restarted = False

    async def restart_then_answered(queue: Client) -> bool:
        nonlocal restarted
        if not restarted:
            restarted = True
            redis.kill()
            redis.start()
            await queue.xadd("webhooks", {"body": b"hello"})
        return int(await queue.xlen("webhooks:replies")) == 1

    work(settings(redis), model=StandInModel(delay_s=0), until=restart_then_answered)
    assert texts(redis, "webhooks:replies") == {b"read 5 characters"}


def test_what_a_killed_worker_had_in_hand_is_taken_over(redis: Redis) -> None:
    enqueue(redis, b"hello")
    with process(redis, LLM_DELAY_S="60", LLM_DEADLINE_S="120") as lost:
        wait_until_one_is_in_hand(redis)
        lost.kill()
        lost.wait(timeout=LONG_S)
    work(settings(redis), model=StandInModel(delay_s=0), until=length_is("webhooks:replies", 1))
    assert texts(redis, "webhooks:replies") == {b"read 5 characters"}


def test_sigterm_lets_it_finish_what_it_has_in_hand(redis: Redis) -> None:
    enqueue(redis, b"hello")
    with process(redis, LLM_DELAY_S="1") as worker:
        wait_until_one_is_in_hand(redis)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=LONG_S) == 0
    assert texts(redis, "webhooks:replies") == {b"read 5 characters"}


def test_settings_that_would_steal_live_entries_are_refused() -> None:
    with pytest.raises(ValueError, match="longer than deadline_s"):
        WorkerSettings(redis_url="redis://127.0.0.1", deadline_s=30, abandoned_after_s=30)
