"""The servers, the lines and the service for one scenario, and what can be done to them."""

import asyncio
import os
import signal
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import asyncpg
from redis import Redis as Client

from keepwell.rehearsal.process import Program, answers, running
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis
from keepwell.rehearsal.servers.server import free_port
from tests.faults.health.line import LOOPBACK, Line
from tests.faults.health.lines import Lines
from tests.faults.health.probing import TOKEN, Probing
from tests.faults.health.tls import Certificates
from tests.faults.health.work import Work

ROOT = Path(__file__).parents[3]
HOST = "database.internal"
"""The name of the Postgres where the scenario is about names; `Stage.point` says where it leads."""

DATABASE, ROLE, PASSWORD = "app", "app", "app-pass"
"""The service's own; everything is done to it by the superuser from another database."""


TABLE, MIGRATION = "heartbeat", "20260101000000"
_TABLES = (
    f"create table {TABLE} (id smallint primary key, at timestamptz not null)",
    "create schema supabase_migrations",
    "create table supabase_migrations.schema_migrations (version text)",
    f"insert into supabase_migrations.schema_migrations values ('{MIGRATION}')",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program that is asked; `{port}` in its command is its port."""

    command: Sequence[str]
    folder: Path = ROOT
    environ: Mapping[str, str] = field(default_factory=dict)
    ready_path: str = "/livez"


KEEPWELL = Service(command=(sys.executable, "-m", "tests.faults.health.app"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How the service reaches its dependencies, and what else it checks.

    `lines` names what it reaches through a line of its own; `tls` those lines that end TLS, which
    it then demands and verifies. `has_peer` runs a second instance, which reaches the servers
    directly and is asked like the first. `environ` overrides variables of the service.
    """

    lines: frozenset[str] = frozenset()
    tls: frozenset[str] = frozenset()
    has_peer: bool = False
    is_named: bool = False
    checks: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    service: Service = KEEPWELL


class Stage:
    """All of it, on loopback; gone when the block ends."""

    postgres: Postgres
    redis: Redis
    lines: Lines
    line: Mapping[str, Line]
    work: Work
    port: int

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.peer: Probing | None = None
        self.quiet: list[tuple[float, float]] = []
        self.is_met = False
        self._stack = ExitStack()
        self._app = ExitStack()
        self._pid = 0
        self.environ: dict[str, str] = {}

    def __enter__(self) -> Self:
        enter = self._stack.enter_context
        self.folder = Path(enter(TemporaryDirectory()))
        self.postgres, self.redis = enter(start_postgres()), enter(start_redis())
        self.lines = enter(Lines())
        self.prepare(self.postgres)
        self.sql_as_role(*_TABLES)
        if "workers" in self.setup.checks:
            self.work = enter(Work(self.redis_client()))
        self.line = {name: self._line(name) for name in sorted(self.setup.lines)}
        self.port = free_port()
        self.point(LOOPBACK)
        self.environ = {
            "DATABASE_URL": self._database_url(),
            "REDIS_URL": self._redis_url(),
            "HEALTH_TOKEN": TOKEN,
            "RENDER_GIT_COMMIT": "f926f80",
            "RENDER_INSTANCE_ID": "srv-1",
            "CHECKS": " ".join(self.setup.checks),
            "NAMES": str(self.folder / "names"),
            "HASTE": "1",
            **self.setup.environ,
        }
        self._stack.push(self._app)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start_app(self) -> None:
        """Starts the service, and its peer where there is one, and waits until it lives."""
        if self.setup.has_peer:
            direct = {
                "DATABASE_URL": self.dsn(self.postgres.port),
                "REDIS_URL": self.redis.url,
                "RENDER_INSTANCE_ID": "srv-2",
            }
            port = free_port()
            self._stack.enter_context(self._serving(port, {**self.environ, **direct}))
            self.peer = self._stack.enter_context(Probing(port, paths=("/readyz",)))
        self._pid = self._app.enter_context(self._serving(self.port, self.environ))

    @contextmanager
    def silence(self) -> Iterator[None]:
        """While it lasts nobody needs to answer."""
        begin_s = time.monotonic()
        yield
        self.quiet.append((begin_s, time.monotonic()))

    def restart_app(self, **environ: str) -> None:
        """Deploys the service anew, with other variables."""
        with self.silence():
            self._app.close()
            self.environ |= environ
            self._pid = self._app.enter_context(self._serving(self.port, self.environ))

    def signal_app(self, number: signal.Signals) -> None:
        """Sends the service a signal."""
        os.kill(self._pid, number)

    def hog(self) -> None:
        """Lets the service hold its loop, or stop doing so."""
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.port}/hog", method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def point(self, address: str) -> None:
        """Lets the name of the Postgres lead to another address."""
        (self.folder / "names").write_text(f"{HOST} {address}\n")

    def dsn(self, port: int, *, host: str = LOOPBACK, password: str = PASSWORD) -> str:
        """The service's own DSN."""
        return f"postgresql://{ROLE}:{password}@{host}:{port}/{DATABASE}"

    def prepare(self, server: Postgres) -> None:
        """Makes the service's role and database."""
        self.sql(
            f"create role {ROLE} login password '{PASSWORD}'",
            f"create database {DATABASE} owner {ROLE}",
            server=server,
        )

    def sql_as_role(self, *statements: str) -> Any:
        """Runs statements as the service's role, in its database."""
        return asyncio.run(_sql(self.dsn(self.postgres.port), statements))

    def may_connect(self) -> bool:
        """Whether one more connection of the service's role is let in."""
        try:
            self.sql_as_role("select 1")
        except asyncpg.TooManyConnectionsError:
            return False
        return True

    def sql(self, *statements: str, server: Postgres | None = None) -> Any:
        """Runs statements as the superuser, directly; the answer is the last one's value."""
        return asyncio.run(_sql((server or self.postgres).dsn, statements))

    def end_sessions(self) -> None:
        """Ends all of the service's connections to Postgres."""
        ends = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = "
        self.is_met |= bool(self.sql(f"{ends}'{ROLE}'"))

    def redis_client(self) -> Any:
        """A client of the Redis, directly."""
        return Client.from_url(self.redis.url, decode_responses=True)

    @contextmanager
    def _serving(self, port: int, environ: Mapping[str, str]) -> Iterator[int]:
        service = self.setup.service
        program = Program(
            name="app",
            command=[word.format(port=port) for word in service.command],
            environ={**environ, **service.environ, "PORT": str(port)},
            folder=service.folder,
        )
        with running(program, is_ready=lambda: answers(port, path=service.ready_path)) as pid:
            yield pid

    def _line(self, name: str) -> Line:
        tls = certificates()["good"] if name in self.setup.tls else None
        if name == "postgres":
            return self.lines.open("postgres", server_port=self.postgres.port, tls=tls)
        return self.lines.open("redis", server_port=self.redis.port, tls=tls)

    def _database_url(self) -> str:
        port = self.line["postgres"].port if "postgres" in self.line else self.postgres.port
        dsn = self.dsn(port, host=HOST if self.setup.is_named else LOOPBACK)
        if "postgres" not in self.setup.tls:
            return dsn
        return f"{dsn}?sslmode=verify-full&sslrootcert={certificates().ca_file}"

    def _redis_url(self) -> str:
        if "redis" not in self.line:
            return self.redis.url
        parts = urlsplit(self.redis.url)._replace(netloc=f"{LOOPBACK}:{self.line['redis'].port}")
        if "redis" not in self.setup.tls:
            return parts.geturl()
        query = f"ssl_ca_certs={certificates().ca_file}"
        return parts._replace(scheme="rediss", query=query).geturl()


@cache
def certificates() -> Certificates:
    """One set for this process: making keys takes longer than anything else here."""
    return Certificates()


async def _sql(dsn: str, statements: tuple[str, ...]) -> Any:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return [await connection.fetchval(each) for each in statements][-1]
    finally:
        await connection.close()
