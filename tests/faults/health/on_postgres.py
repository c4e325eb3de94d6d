"""Faults of a Postgres itself, done to a real one."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from keepwell.rehearsal.servers import start_postgres
from tests.faults.health.scenario import STARTING, Scenario, refused, shared, unseen
from tests.faults.health.stage import DATABASE, PASSWORD, ROLE, Setup, Stage

NEW_ADDRESS = "127.0.0.2"


def _killed(stage: Stage) -> Generator[None]:
    stage.postgres.kill()
    yield
    stage.postgres.start()


def _frozen(stage: Stage) -> Generator[None]:
    stage.postgres.freeze()
    yield
    stage.postgres.thaw()


def _full(stage: Stage) -> Generator[None]:
    """Other clients hold every connection that the role may have, and the own one is lost."""
    stage.sql(f"alter role {ROLE} connection limit 0")
    stage.end_sessions()
    yield
    stage.sql(f"alter role {ROLE} connection limit -1")


def _full_but_ours(stage: Stage) -> Generator[None]:
    stage.sql(f"alter role {ROLE} connection limit 1")
    stage.is_met = not stage.may_connect()
    yield
    stage.sql(f"alter role {ROLE} connection limit -1")


def _sessions_ended(stage: Stage) -> Generator[None]:
    stage.end_sessions()
    yield


def _read_only(stage: Stage) -> Generator[None]:
    """What Supabase does when a disk is full.

    Source: https://supabase.com/docs/guides/platform/database-size (read 2026-11)
    """
    stage.sql("alter system set default_transaction_read_only = on", "select pg_reload_conf()")
    yield
    stage.sql("alter system reset default_transaction_read_only", "select pg_reload_conf()")


def _standby(stage: Stage) -> Generator[None]:
    """It comes back as a standby, and is promoted."""
    stage.postgres.kill()
    (stage.postgres.data_dir / "standby.signal").touch()
    stage.postgres.start()
    yield
    stage.sql("select pg_promote()")


@contextmanager
def _another(stage: Stage) -> Iterator[None]:
    """Another Postgres, at the same port of another address."""
    port = stage.line["postgres"].port
    with start_postgres() as other:
        stage.prepare(other)
        stage.lines.open("postgres", server_port=other.port, host=NEW_ADDRESS, port=port)
        yield


def _failed_over(stage: Stage) -> Generator[None]:
    """The old one is gone without a word, and after a while its name leads to another one."""
    with _another(stage):
        stage.lines.fail(stage.line["postgres"], "swallowed")
        yield
        stage.point(NEW_ADDRESS)
        yield


def _demoted(stage: Stage) -> Generator[None]:
    """The old one stays, for reading only; after a while its name leads to another one."""
    with _another(stage):
        stage.sql("alter system set default_transaction_read_only = on", "select pg_reload_conf()")
        yield
        stage.point(NEW_ADDRESS)
        yield


def _password_changed(stage: Stage) -> Generator[None]:
    stage.sql(f"alter role {ROLE} password 'other'")
    stage.end_sessions()
    yield
    stage.restart_app(DATABASE_URL=stage.dsn(stage.postgres.port, password="other"))


def _password_back(stage: Stage) -> Generator[None]:
    stage.sql(f"alter role {ROLE} password 'other'")
    stage.end_sessions()
    yield
    stage.sql(f"alter role {ROLE} password '{PASSWORD}'")


def _wrong_from_start(stage: Stage) -> Generator[None]:
    right = stage.environ["DATABASE_URL"]
    stage.environ["DATABASE_URL"] = stage.dsn(stage.postgres.port, password="wrong")
    yield
    stage.restart_app(DATABASE_URL=right)


def _barred(stage: Stage) -> Generator[None]:
    stage.sql(f"alter role {ROLE} nologin")
    stage.end_sessions()
    yield
    stage.sql(f"alter role {ROLE} login")


def _renamed(stage: Stage) -> Generator[None]:
    stage.sql(f"alter database {DATABASE} allow_connections false")
    stage.end_sessions()
    stage.sql(f"alter database {DATABASE} rename to gone")
    yield
    stage.sql(f"alter database gone rename to {DATABASE}")
    stage.sql(f"alter database {DATABASE} allow_connections true")


_NAMED = Setup(lines=frozenset({"postgres"}), is_named=True)

ON_POSTGRES: Sequence[Scenario] = (
    shared("postgres is killed", _killed, postgres="refused"),
    shared("postgres is frozen", _frozen, postgres="timeout"),
    replace(
        shared("postgres is frozen, and 200 probes come at once", _frozen, postgres="timeout"),
        burst=200,
    ),
    shared("postgres has no connection left", _full, postgres="refused"),
    unseen("postgres has no connection left, but the open one lives", _full_but_ours),
    unseen("postgres ends every session", _sessions_ended),
    shared("postgres is read-only, its disk is full", _read_only, postgres="readonly"),
    shared("postgres comes back as a standby", _standby, postgres="readonly"),
    shared(
        "postgres fails over, its name moves to a new address",
        _failed_over,
        setup=_NAMED,
        postgres="timeout",
    ),
    shared(
        "postgres is demoted, its name moves to a new address",
        _demoted,
        setup=_NAMED,
        postgres="readonly",
    ),
    shared("postgres has another password, a deploy brings it", _password_changed, postgres="auth"),
    refused(
        "postgres has another password, and the old one again", _password_back, postgres="auth"
    ),
    replace(
        shared(
            "postgres is given a wrong password by a deploy", _wrong_from_start, postgres="auth"
        ),
        begins="into",
        ready=STARTING,
        strict=STARTING,
    ),
    refused("postgres bars the role", _barred, postgres="auth"),
    shared("postgres has lost its database", _renamed, postgres="error"),
)
