"""Pruning: how it goes on, and on a real Postgres what goes and what stays."""

import asyncio
from collections.abc import Iterator

import pytest

from examples.livestreamsell.app import create_app
from examples.livestreamsell.database import Table, open_database
from examples.livestreamsell.inbox import Inbox
from examples.livestreamsell.llm import StandInModel
from examples.livestreamsell.outbox import Outbox
from examples.livestreamsell.pruning import BATCH, REPLY_KEPT_S, WEBHOOK_KEPT_S, pruned
from examples.livestreamsell.settings import WebSettings
from examples.livestreamsell.tests.doubles import LONG_S, rows, settings
from examples.livestreamsell.worker import work
from keepwell.health import Health, Tcp
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis

KEEPERS: dict[str, type[Inbox] | type[Outbox]] = {"webhook_inbox": Inbox, "reply_outbox": Outbox}
TABLES: tuple[Table, ...] = ("webhook_inbox", "reply_outbox")
TIME = {"webhook_inbox": "received_at", "reply_outbox": "sent_at"}
INSERT = {
    "webhook_inbox": "INSERT INTO webhook_inbox (digest, body, received_at) "
    "SELECT int4send(n), 'body',",
    "reply_outbox": "INSERT INTO reply_outbox (event_id, entry, tenant, text, sent_at) "
    "SELECT n, '1-0', 'page', 'hello',",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with start_postgres() as postgres:
        yield postgres


@pytest.fixture
def postgres(server: Postgres) -> Postgres:
    """With both tables, and nothing in them."""

    async def make() -> None:
        for table in TABLES:
            database = await open_database(server.dsn, table=table)
            await database.pool()
            await database.close()

    rows(server, "DROP TABLE IF EXISTS reply_outbox, webhook_inbox")
    asyncio.run(make())
    return server


def add(postgres: Postgres, table: Table, *, count: int, age_s: float, first: int = 0) -> None:
    """Rows of that age."""
    time = f"clock_timestamp() - {age_s} * interval '1 second'"
    numbers = f"generate_series({first}, {first + count - 1}) AS n"
    rows(postgres, f"{INSERT[table]} {time} FROM {numbers}")


def ages_s(postgres: Postgres, table: Table) -> list[int | None]:
    age = f"extract(epoch FROM clock_timestamp() - {TIME[table]})"
    return [each for (each,) in rows(postgres, f"SELECT {age}::int FROM {table} ORDER BY 1")]


async def prune(postgres: Postgres, table: Table, *, times: int) -> list[int]:
    database = await open_database(postgres.dsn, table=table)
    keeper = KEEPERS[table](database)
    removed = [await keeper.prune() for _ in range(times)]
    await database.close()
    return removed


@pytest.mark.parametrize(
    ("table", "kept_s"), [("webhook_inbox", WEBHOOK_KEPT_S), ("reply_outbox", REPLY_KEPT_S)]
)
def test_what_is_too_old_goes_in_batches_and_younger_rows_stay(
    postgres: Postgres, table: Table, kept_s: int
) -> None:
    add(postgres, table, count=BATCH + 1, age_s=kept_s + 60)
    add(postgres, table, count=2, age_s=kept_s - 600, first=BATCH + 1)
    assert asyncio.run(prune(postgres, table, times=3)) == [BATCH, 1, 0]
    assert ages_s(postgres, table) == pytest.approx([kept_s - 600] * 2, abs=300)


def test_what_was_never_sent_stays(postgres: Postgres) -> None:
    add(postgres, "reply_outbox", count=1, age_s=10 * REPLY_KEPT_S)
    rows(postgres, "UPDATE reply_outbox SET created_at = sent_at, sent_at = NULL")
    assert asyncio.run(prune(postgres, "reply_outbox", times=1)) == [0]
    assert ages_s(postgres, "reply_outbox") == [None]


def test_a_webhook_that_is_pruned_late_still_finds_its_reply(postgres: Postgres) -> None:
    add(postgres, "reply_outbox", count=1, age_s=WEBHOOK_KEPT_S + 23 * 3600)
    assert asyncio.run(prune(postgres, "reply_outbox", times=1)) == [0]


async def vanish(postgres: Postgres, table: Table) -> None:
    """Waits until the table is empty."""
    database = await open_database(postgres.dsn, table=table)
    pool = await database.pool()
    async with asyncio.timeout(LONG_S):
        while await pool.fetchval(f"SELECT count(*) FROM {table}"):  # noqa: ASYNC110 - it tells of no change
            await asyncio.sleep(0.02)
    await database.close()


def test_the_web_service_prunes_its_mirror(postgres: Postgres) -> None:
    web = WebSettings(
        redis_url="redis://127.0.0.1:1",
        app_secrets=("s",),
        verify_token="v",
        mirror_url=postgres.dsn,
        prune_every_s=0.01,
    )

    async def run() -> None:
        app = create_app(web, health=Health([Tcp("127.0.0.1", 1, name="none")]))
        async with app.router.lifespan_context(app):
            await vanish(postgres, "webhook_inbox")

    add(postgres, "webhook_inbox", count=2 * BATCH, age_s=2 * WEBHOOK_KEPT_S)
    asyncio.run(run())


def test_the_worker_prunes_its_outbox(postgres: Postgres) -> None:
    async def run(redis: Redis) -> None:
        stopping, its = asyncio.Event(), settings(redis, postgres, prune_every_s=0.01)
        model = StandInModel(its.behaviour)
        worker = asyncio.create_task(work(its, model=model, stopping=stopping))
        await vanish(postgres, "reply_outbox")
        stopping.set()
        await worker

    add(postgres, "reply_outbox", count=2 * BATCH, age_s=2 * REPLY_KEPT_S)
    with start_redis() as redis:
        asyncio.run(run(redis))


def test_a_full_batch_is_followed_by_another_and_no_fault_ends_the_pruning() -> None:
    async def run() -> list[object]:
        outcomes: list[int | OSError] = [BATCH, OSError(), BATCH, 0, 0]
        is_over = asyncio.Event()

        async def batch() -> int:
            outcome = outcomes.pop(0)
            if not outcomes:
                is_over.set()
            if isinstance(outcome, OSError):
                raise outcome
            return outcome

        async with asyncio.timeout(LONG_S), pruned(batch, every_s=0):
            await is_over.wait()
        return list(outcomes)

    assert asyncio.run(run()) == []


def test_a_batch_that_is_not_full_ends_the_round() -> None:
    async def run() -> float:
        called_s: list[float] = []
        is_over = asyncio.Event()

        async def batch() -> int:
            await asyncio.sleep(0)
            called_s.append(asyncio.get_running_loop().time())
            if len(called_s) == 2:
                is_over.set()
            return BATCH - 1

        async with asyncio.timeout(LONG_S), pruned(batch, every_s=0.1):
            await is_over.wait()
        return called_s[1] - called_s[0]

    assert asyncio.run(run()) > 0.09
