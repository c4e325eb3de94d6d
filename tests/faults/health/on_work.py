"""Faults beside the dependencies: work that waits, workers that die, loops that are held, locks."""

import asyncio
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

import asyncpg

from tests.faults.health.scenario import Play, Scenario, local, shared, unseen, warned
from tests.faults.health.stage import ROLE, TABLE, Setup, Stage
from tests.faults.health.work import Work


def _worked(breaks: Callable[[Work], None], mends: Callable[[Work], None]) -> Play:
    def _play(stage: Stage) -> Generator[None]:
        breaks(stage.work)
        yield
        mends(stage.work)

    return _play


def _evicts(stage: Stage) -> Generator[None]:
    with stage.redis_client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        yield
        client.config_set("maxmemory-policy", "noeviction")


def _migrated(stage: Stage) -> Generator[None]:
    """Another release migrates the database, and its migration is taken back."""
    newer = "supabase_migrations.schema_migrations"
    stage.sql_as_role(f"insert into {newer} values ('20991231000000')")
    yield
    stage.sql_as_role(f"delete from {newer} where version = '20991231000000'")


def _hogged(stage: Stage) -> Generator[None]:
    stage.hog()
    yield
    stage.hog()


@contextmanager
def _lock(stage: Stage) -> Iterator[None]:
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(stage.dsn(stage.postgres.port)))
        runner.run(connection.execute(f"begin; lock table {TABLE} in access exclusive mode"))
        yield
        runner.run(connection.close())


def _locked(stage: Stage) -> Generator[None]:
    with _lock(stage):
        stage.is_met = True
        yield


def _short_of_time(stage: Stage) -> Generator[None]:
    """The role's statements may take a millisecond; /health sets its own limit."""
    stage.sql(f"alter role {ROLE} set statement_timeout = 1")
    stage.end_sessions()
    try:
        stage.sql_as_role("select pg_sleep(1)")
    except asyncpg.QueryCanceledError:
        stage.is_met = True
    yield
    stage.sql(f"alter role {ROLE} reset statement_timeout")


_WORK = Setup(checks=("queue", "workers", "eviction"))
_WRITES = Setup(checks=("writes",))

ON_WORK: Sequence[Scenario] = (
    warned(
        "the queue grows and nobody works",
        _worked(lambda work: work.grow(2000), Work.finish),
        setup=_WORK,
        queue="saturated",
    ),
    warned(
        "one worker is stuck with an entry, and beats on",
        _worked(Work.get_stuck, Work.finish),
        setup=_WORK,
        queue="saturated",
    ),
    warned(
        "an entry was given up", _worked(Work.bury, Work.dig_up), setup=_WORK, queue="dead_letters"
    ),
    warned("all workers are dead", _worked(Work.die, Work.revive), setup=_WORK, workers="absent"),
    warned("redis evicts what it was given", _evicts, setup=_WORK, eviction="evicts"),
    warned(
        "the database was migrated by another release",
        _migrated,
        setup=Setup(checks=("migrations",)),
        migrations="stale_schema",
    ),
    local(
        "the event loop is held again and again",
        _hogged,
        setup=Setup(checks=("event_loop",)),
        event_loop="lags",
    ),
    shared(
        "a lock is on the table that is written, a statement_timeout ends it",
        _locked,
        setup=_WRITES,
        postgres="timeout",
    ),
    unseen("a lock is on a table that is not asked for", _locked, setup=Setup(checks=("table",))),
    unseen("postgres lets the role's statements run for 1 ms", _short_of_time),
)
