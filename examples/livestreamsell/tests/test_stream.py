"""The reading end of the stream on a real Redis: who owns an entry, and what is left of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from redis.asyncio import Redis as Client

from examples.livestreamsell.answering import Failure
from examples.livestreamsell.appending import REMEMBERED_S, Appending
from examples.livestreamsell.settings import WorkerSettings
from examples.livestreamsell.stream import Entry, Stream
from examples.livestreamsell.tests.doubles import webhook
from keepwell.rehearsal.servers import Redis, start_redis

Use = Callable[[Client, Callable[[str], Stream]], Awaitable[Any]]


@pytest.fixture
def redis() -> Iterator[Redis]:
    with start_redis() as server:
        yield server


def with_members(redis: Redis, use: Use) -> Any:
    """What `use` finds with one event in the stream and members of the group, by name."""

    async def run() -> Any:
        async with Client.from_url(redis.url) as queue:

            def member(name: str) -> Stream:
                settings = WorkerSettings(
                    redis_url="", database_url="", consumer=name, abandoned_after_s=0.001
                )
                return Stream(queue, settings=settings)

            await member("a").ensure_group()
            await Appending(queue, stream="webhooks").append(b"body", ids=["event"])
            return await use(queue, member)

    return asyncio.run(run())


async def claim(stream: Stream) -> Entry:
    """Takes the entry from whoever has it, which is silent for longer than it may be."""
    while not (found := await stream.take_abandoned(at_most=1)):
        pass
    return found[0]


async def pending(queue: Client) -> tuple[bytes, int]:
    """Who has the entry, and how often it was taken."""
    held: Any
    [held] = await queue.xpending_range("webhooks", "ai-workers", min="-", max="+", count=2)
    return held["consumer"], held["times_delivered"]


def test_what_is_given_back_counts_as_often_taken_as_before(redis: Redis) -> None:
    async def use(queue: Client, member: Callable[[str], Stream]) -> list[int]:
        a, b = member("a"), member("b")
        await a.take_new(at_most=1)
        entry = await claim(b)  # a was lost
        taken = await b.deliveries(entry)
        await b.give_back(entry.id)
        given_back = (await pending(queue))[1]
        return [taken, given_back, await a.deliveries(await claim(a))]

    assert with_members(redis, use) == [2, 1, 2]


def test_nobody_gives_back_what_went_to_another(redis: Redis) -> None:
    async def use(queue: Client, member: Callable[[str], Stream]) -> tuple[bytes, int]:
        a, b = member("a"), member("b")
        [entry] = await a.take_new(at_most=1)
        await claim(b)
        await a.give_back(entry.id)
        return await pending(queue)

    assert with_members(redis, use) == (b"b", 2)


def test_the_keep_alive_has_ended_before_the_entry_is_given_back(redis: Redis) -> None:
    async def use(_: Client, member: Callable[[str], Stream]) -> list[bool]:
        a = member("a")
        [entry] = await a.take_new(at_most=1)
        before = asyncio.all_tasks()
        async with a.kept(entry):
            [keeping] = asyncio.all_tasks() - before
        return [keeping.done(), keeping.cancelled()]

    assert with_members(redis, use) == [True, False]


def test_a_failure_is_written_down_once_however_often_its_entry_is_settled(redis: Redis) -> None:
    async def use(queue: Client, member: Callable[[str], Stream]) -> list[Any]:
        a = member("a")
        [entry] = await a.take_new(at_most=1)
        for _ in range(2):
            failure = Failure(event_id="event", reason="timeout", attempts=3)
            await a.settle(entry, failures=[failure])
        letters: Any = await queue.xrange("webhooks:dead")
        return [await queue.xlen("webhooks"), *(fields for _, fields in letters)]

    [left, letter] = with_members(redis, use)
    assert left == 0
    assert (letter[b"event"], letter[b"reason"], letter[b"attempts"], letter[b"body"]) == (
        b"event",
        b"timeout",
        b"3",
        b"body",
    )


def test_an_event_is_remembered_for_seven_days_and_an_hour(redis: Redis) -> None:
    async def use(queue: Client, _: Callable[[str], Stream]) -> int:
        return int(await queue.ttl("webhooks:seen:event"))

    assert REMEMBERED_S == (7 * 24 + 1) * 3600
    assert REMEMBERED_S - 60 < with_members(redis, use) <= REMEMBERED_S


def test_dead_letters_do_not_fill_the_queue(redis: Redis) -> None:
    async def use(queue: Client, member: Callable[[str], Stream]) -> int:
        a = member("a")
        [entry] = await a.take_new(at_most=1)
        failures = [Failure(event_id="event", reason="timeout", attempts=3)] * 10_300
        await a.settle(entry, failures=failures)
        return int(await queue.xlen("webhooks:dead"))

    assert 10_000 <= with_members(redis, use) <= 10_200


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (None, ["messaging:a", "messaging:b"]),
        (frozenset({"messaging:b"}), ["messaging:b"]),
        (frozenset({"messaging:b", "as another release named it"}), ["messaging:a", "messaging:b"]),
    ],
)
def test_no_event_is_lost_when_a_release_names_events_anew(
    new: frozenset[str] | None, expected: list[str]
) -> None:
    events = Entry(id="1-0", body=webhook("a", "b"), new=new).events()
    assert [event.id for event in events] == expected
