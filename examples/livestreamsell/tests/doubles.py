"""What the tests of the worker share: webhooks, a worker in this process or beside."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
from redis.asyncio import Redis as Client

from examples.livestreamsell.appending import Appending
from examples.livestreamsell.events import read_events
from examples.livestreamsell.llm import Behaviour, LanguageModel, StandInModel
from examples.livestreamsell.settings import WorkerSettings
from examples.livestreamsell.worker import work
from keepwell.rehearsal.servers import Postgres, Redis

LONG_S = 30.0
Condition = Callable[[Client], Awaitable[bool]]


def settings(redis: Redis, postgres: Postgres, **others: Any) -> WorkerSettings:
    """Settings that wait for nothing long."""
    quick = {"deadline_s": 0.2, "backoff_s": 0.01, "abandoned_after_s": 0.5, "max_attempts": 3}
    return WorkerSettings(
        redis_url=redis.url,
        database_url=postgres.dsn,
        **{**quick, "behaviour": Behaviour(delay_s=0), **others},
    )


def webhook(*names: str, tenant: str = "page") -> bytes:
    """One webhook with one message for each name."""
    messages = [{"message": {"mid": name, "text": "hello"}} for name in names]
    return json.dumps({"entry": [{"id": tenant, "messaging": messages}]}).encode()


def on(redis: Redis, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `use` finds in Redis."""

    async def run() -> Any:
        async with Client.from_url(redis.url) as queue:
            return await use(queue)

    return asyncio.run(run())


def enqueue(redis: Redis, *bodies: bytes) -> None:
    """Appends webhooks as the intake does."""

    async def add(queue: Client) -> None:
        appending = Appending(queue, stream="webhooks")
        for body in bodies:
            await appending.append(body, ids=[event.id for event in read_events(body)])

    on(redis, add)


class GatedModel:
    """A model that answers when the test lets it."""

    def __init__(self) -> None:
        self.calls = 0
        self.asked = asyncio.Event()
        self.open = asyncio.Event()

    async def reply(self, webhook: str) -> str:
        """The webhook itself, once the gate is open."""
        self.calls += 1
        self.asked.set()
        await self.open.wait()
        return webhook


def run(
    workers: list[WorkerSettings],
    *,
    until: Condition,
    models: Sequence[LanguageModel] = (),
    within_s: float = LONG_S,
) -> None:
    """Runs workers in this process until what is awaited holds, then stops them gracefully.

    Without `models` each has the stand-in of its settings.
    """
    models = models or [StandInModel(each.behaviour) for each in workers]

    async def run_all() -> None:
        stopping = asyncio.Event()
        async with asyncio.timeout(within_s), asyncio.TaskGroup() as tasks:
            for each, model in zip(workers, models, strict=True):
                tasks.create_task(work(each, model=model, stopping=stopping))
            async with Client.from_url(workers[0].redis_url) as queue:
                await _poll(queue, until)
            stopping.set()

    asyncio.run(run_all())


async def _poll(queue: Client, condition: Condition) -> None:
    """What it asks stands in a server, which tells of no change by itself."""
    while not await condition(queue):  # noqa: ASYNC110 - see above
        await asyncio.sleep(0.02)


def length_is(stream: str, length: int) -> Condition:
    """Whether the stream has that many entries."""

    async def holds(queue: Client) -> bool:
        return int(await queue.xlen(stream)) == length

    return holds


def pending_is(count: int) -> Condition:
    """Whether that many entries are in somebody's hands."""

    async def holds(queue: Client) -> bool:
        if not await queue.exists("webhooks"):
            return False
        groups = await queue.xinfo_groups("webhooks")
        return bool(groups) and groups[0]["pending"] == count

    return holds


def wait(redis: Redis, condition: Condition) -> None:
    """Waits until it holds."""

    async def poll(queue: Client) -> None:
        async with asyncio.timeout(LONG_S):
            await _poll(queue, condition)

    on(redis, poll)


def values(redis: Redis, stream: str, field: str) -> list[str]:
    """One field of all entries of a stream, sorted."""
    entries = on(redis, lambda queue: queue.xrange(stream))
    return sorted(fields[field.encode()].decode() for _, fields in entries)


def rows(postgres: Postgres, statement: str) -> list[Any]:
    """What Postgres answers."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(postgres.dsn)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(ask())


@contextmanager
def process(
    redis: Redis, postgres: Postgres, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as it is deployed: a process of its own."""
    environment = {
        **os.environ,  # noqa: TID251 - the process needs PATH and the like
        "REDIS_URL": redis.url,
        "DATABASE_URL": postgres.dsn,
        "RENDER_INSTANCE_ID": "one",
        "ABANDONED_AFTER_S": "0.5",
        **variables,
    }
    command = [sys.executable, "-m", "examples.livestreamsell.worker"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            yield worker
        finally:
            worker.kill()
