"""The worker on a real Redis and Postgres: failures, takeovers, crashes, stops; nothing twice."""

import signal
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis as Client

from examples.livestreamsell.llm import Behaviour, Fault
from examples.livestreamsell.tests.doubles import (
    LONG_S,
    GatedModel,
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
    models = [GatedModel(), GatedModel()]
    workers = [settings(redis, postgres, deadline_s=60.0, consumer=name) for name in "ab"]

    async def lasts_longer_than_silence_may(queue: Client) -> bool:
        stats = await queue.info("commandstats")
        if stats.get("cmdstat_xclaim", {}).get("calls", 0) > 4:  # each a third of that time later
            for model in models:
                model.open.set()
        return await length_is(REPLIES, 1)(queue)

    run(workers, models=models, until=lasts_longer_than_silence_may)
    assert sum(model.calls for model in models) == 1


def test_two_workers_share_the_work(redis: Redis, postgres: Postgres) -> None:
    names = [f"m{number}" for number in range(20)]
    enqueue(redis, *(webhook(name, tenant=name) for name in names))
    models = [GatedModel(), GatedModel()]
    workers = [
        settings(redis, postgres, deadline_s=60.0, lanes=2, in_hand=2, consumer=name)
        for name in "ab"
    ]

    async def both_were_asked_and_all_is_answered(queue: Client) -> bool:
        if all(model.asked.is_set() for model in models):
            for model in models:
                model.open.set()
        return await length_is(REPLIES, 20)(queue)

    run(workers, models=models, until=both_were_asked_and_all_is_answered)
    assert values(redis, REPLIES, "event") == sorted(f"messaging:{name}" for name in names)
    assert sum(model.calls for model in models) == 20


def test_one_tenant_leaves_room_for_the_others(redis: Redis, postgres: Postgres) -> None:
    enqueue(redis, *(webhook(f"m{number}", tenant="busy") for number in range(6)))
    enqueue(redis, webhook("quiet", tenant="quiet"))
    model = GatedModel()
    limits = settings(redis, postgres, deadline_s=60.0, lanes=4, lanes_per_tenant=2)

    async def three_calls_run(queue: Client) -> bool:
        if await pending_is(7)(queue) and model.calls == 3:
            model.open.set()
        return await length_is(REPLIES, 7)(queue)

    run([limits], models=[model], until=three_calls_run)
    assert model.calls == 7


def test_what_postgres_cannot_hold_is_a_dead_letter_and_not_tried_for_ever(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a", tenant="pa\0ge"), webhook("b"))
    run([settings(redis, postgres)], until=length_is("webhooks", 0))
    assert values(redis, DEAD, "reason") == ["unstorable"]
    assert values(redis, DEAD, "event") == ["messaging:a"]
    assert rows(postgres, "SELECT event_id FROM reply_outbox") == [("messaging:b",)]


def test_a_stop_comes_through_when_all_hands_are_held_and_postgres_is_away(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a"), webhook("b"))
    one_hand = settings(redis, postgres, lanes=1, in_hand=1, drain_s=0.2, abandoned_after_s=600.0)
    postgres.kill()
    try:
        run([one_hand], until=pending_is(1))
    finally:
        postgres.start()
    run([one_hand], until=length_is(REPLIES, 2))
    assert queued(redis) == 0


def test_a_stop_ends_in_time_when_nothing_answers_any_more(
    redis: Redis, postgres: Postgres
) -> None:
    enqueue(redis, webhook("a"))
    model = GatedModel()
    hasty = settings(redis, postgres, deadline_s=60.0, drain_s=0.2, leave_s=0.2)

    async def all_is_frozen(_: Client) -> bool:
        if not model.asked.is_set():
            return False
        redis.freeze()
        postgres.freeze()
        return True

    try:
        run([hasty], models=[model], until=all_is_frozen, within_s=10.0)
    finally:
        redis.thaw()
        postgres.thaw()
    run([settings(redis, postgres)], until=length_is(REPLIES, 1))


def test_what_takes_its_workers_with_it_is_set_aside(redis: Redis, postgres: Postgres) -> None:
    enqueue(redis, webhook("poison"))
    with process(redis, postgres, LLM_DELAY_S="60") as lost:
        wait(redis, pending_is(1))
        lost.kill()
        lost.wait(timeout=LONG_S)
    run([settings(redis, postgres, max_deliveries=1)], until=length_is(DEAD, 1))
    assert values(redis, DEAD, "reason") == ["crashed"]


@pytest.mark.slow
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


@pytest.mark.slow
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
        assert 0 < on(redis, lambda queue: queue.ttl("worker:one")) <= 15
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
