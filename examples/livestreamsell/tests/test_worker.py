"""The worker on a real Redis and Postgres: failures, takeovers, crashes, stops; nothing twice."""

import signal
from collections.abc import Iterator

import pytest

from examples.livestreamsell.llm import Behaviour, Fault
from examples.livestreamsell.tests.doubles import (
    LONG_S,
    enqueue,
    length_is,
    on,
    pending_is,
    process,
    rows,
    run,
    settings,
    values,
    wait,
    webhook,
)
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis

REPLIES, DEAD = "webhooks:replies", "webhooks:dead"


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Postgres) -> Postgres:
    rows(postgres_server, "DROP TABLE IF EXISTS reply_outbox, webhook_inbox")
    return postgres_server


@pytest.fixture
def redis() -> Iterator[Redis]:
    with start_redis(append_only=True) as server:
        yield server


def queued(redis: Redis) -> int:
    return int(on(redis, lambda queue: queue.xlen("webhooks")))


def test_every_event_of_a_batch_gets_its_reply_and_the_entry_leaves(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a", "b"), webhook("b", "c"), b"no JSON")
    run([settings(redis, postgres)], until=length_is(REPLIES, 4))
    events = values(redis, REPLIES, "event")
    assert events[1:] == ["messaging:a", "messaging:b", "messaging:c"]
    assert queued(redis) == 0
    assert rows(postgres, "SELECT count(*) FROM reply_outbox WHERE sent_at IS NULL") == [(0,)]


@pytest.mark.parametrize("fault", ["hang", "429", "500"])
def test_a_fault_of_the_model_that_passes_is_tried_again(
    redis: Redis, postgres: Postgres, fault: Fault
) -> None:
    enqueue(redis, webhook("a"))
    behaviour = Behaviour(delay_s=0, fault=fault, faulty_calls=2, retry_after_s=0.01)
    run([settings(redis, postgres, behaviour=behaviour)], until=length_is(REPLIES, 1))
    assert behaviour.calls == 3


@pytest.mark.parametrize(
    ("fault", "reason"), [("hang", "timeout"), ("429", "rate-limited"), ("500", "server-error")]
)
def test_a_fault_that_stays_ends_as_a_dead_letter_with_its_reason(
    redis: Redis, postgres: Postgres, fault: Fault, reason: str
) -> None:
    enqueue(redis, webhook("a"))
    behaviour = Behaviour(delay_s=0, fault=fault, retry_after_s=0.01)
    run([settings(redis, postgres, behaviour=behaviour)], until=length_is(DEAD, 1))
    assert (values(redis, DEAD, "reason"), values(redis, DEAD, "attempts")) == ([reason], ["3"])
    assert (behaviour.calls, queued(redis)) == (3, 0)


def test_a_long_call_is_not_taken_over_by_the_other_worker(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a"))
    slow = [Behaviour(delay_s=1.5), Behaviour(delay_s=1.5)]
    workers = [
        settings(redis, postgres, behaviour=each, deadline_s=9.0, consumer=f"worker-{number}")
        for number, each in enumerate(slow)
    ]
    run(workers, until=length_is(REPLIES, 1))
    assert sum(each.calls for each in slow) == 1


def test_two_workers_share_the_work(redis: Redis, postgres: Postgres) -> None:
    names = [f"m{number}" for number in range(20)]
    enqueue(redis, *(webhook(name, tenant=name) for name in names))
    both = [Behaviour(delay_s=0.1), Behaviour(delay_s=0.1)]
    workers = [
        settings(redis, postgres, behaviour=each, lanes=2, in_hand=2, consumer=f"worker-{number}")
        for number, each in enumerate(both)
    ]
    run(workers, until=length_is(REPLIES, 20))
    assert values(redis, REPLIES, "event") == sorted(f"messaging:{name}" for name in names)
    assert sum(each.calls for each in both) == 20
    assert all(each.calls for each in both)


def test_what_takes_its_workers_with_it_is_set_aside(redis: Redis, postgres: Postgres) -> None:
    enqueue(redis, webhook("poison"))
    with process(redis, postgres, LLM_DELAY_S="60") as lost:
        wait(redis, pending_is(1))
        lost.kill()
        lost.wait(timeout=LONG_S)
    run([settings(redis, postgres, max_deliveries=1)], until=length_is(DEAD, 1))
    assert values(redis, DEAD, "reason") == ["crashed"]


def test_kill_in_the_middle_and_a_restart_lose_nothing_and_reply_once(
    redis: Redis, postgres: Postgres
) -> None:
    names = [f"m{number}" for number in range(30)]
    enqueue(redis, *(webhook(name, tenant=name) for name in names))
    for _ in range(2):
        with process(redis, postgres, LLM_DELAY_S="0.2", WORKER_LANES="4") as killed:
            before = int(on(redis, lambda queue: queue.xlen(REPLIES)))

            async def some_more(queue, before=before):
                return await queue.xlen(REPLIES) >= before + 4

            wait(redis, some_more)
            killed.kill()
            killed.wait(timeout=LONG_S)
    run([settings(redis, postgres)], until=length_is("webhooks", 0))
    assert values(redis, REPLIES, "event") == sorted(f"messaging:{name}" for name in names)
    assert rows(postgres, "SELECT count(*) FROM reply_outbox") == [(30,)]


def test_it_carries_on_when_postgres_and_redis_were_killed(
    redis: Redis, postgres: Postgres
) -> None:
    with process(redis, postgres, LLM_DELAY_S="0"):
        enqueue(redis, webhook("before"))
        wait(redis, length_is(REPLIES, 1))
        postgres.kill()
        redis.kill()
        redis.start()
        enqueue(redis, webhook("between"))
        postgres.start()
        wait(redis, length_is(REPLIES, 2))
    assert values(redis, REPLIES, "event") == ["messaging:before", "messaging:between"]


def test_sigterm_lets_it_finish_and_send_what_it_has_in_hand(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a"))
    with process(redis, postgres, LLM_DELAY_S="1") as worker:
        wait(redis, pending_is(1))
        assert on(redis, lambda queue: queue.ttl("worker:one")) > 0
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=LONG_S) == 0
    assert values(redis, REPLIES, "event") == ["messaging:a"]
    assert not on(redis, lambda queue: queue.exists("worker:one"))


def test_sigterm_gives_back_at_once_what_takes_longer_than_the_delay(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a"))
    patient = {"ABANDONED_AFTER_S": "600", "SHUTDOWN_DELAY_S": "1"}
    with process(redis, postgres, LLM_FAULT="hang", **patient) as worker:
        wait(redis, pending_is(1))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=LONG_S) == 0
    run([settings(redis, postgres, abandoned_after_s=600.0)], until=length_is(REPLIES, 1))
    assert queued(redis) == 0
