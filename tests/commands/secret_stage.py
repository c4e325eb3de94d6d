"""A stage for tests of `keepwell secrets`: stand-ins of vendors, a real Postgres, and a run."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from keepwell.cli import main
from keepwell.clients.vault import VaultVendor
from keepwell.clock import ManualClock
from keepwell.commands.wiring import World
from keepwell.decisions.desired_supabase import desired_vault, sql_digest
from keepwell.model.document import Document
from keepwell.model.plan import Action, Batch, Change
from keepwell.rehearsal.servers import Postgres, start_postgres
from keepwell.rehearsal.simulators.base import serve
from keepwell.rehearsal.simulators.render import RenderSimulator
from keepwell.rehearsal.simulators.supabase import SupabaseSimulator
from tests.databases import execute
from tests.worlds import NOON, err, make_world, on_runner, out

ROOT = Path(__file__).parents[2]
STAND_IN = (ROOT / "examples" / "livestreamsell" / "vault_stand_in.sql").read_text()
SQL = (ROOT / "generated" / "supabase" / "vault.sql").read_text()
BLUEPRINT = (ROOT / "generated" / "render.yaml").read_text()
NAMES = (
    *("DATABASE_URL", "WORKER_DATABASE_URL", "META_APP_SECRET", "META_VERIFY_TOKEN"),
    *("LLM_API_KEY", "SCALER_RENDER_API_KEY", "HEALTH_TOKEN", "PROBE_TOKEN"),
)
VALUES = {name: f"value-of-{name}" for name in NAMES}


@contextmanager
def connected(dsn: str) -> Iterator[None]:
    """Holds a session open while the block lasts."""
    loop = asyncio.new_event_loop()
    try:
        connection = loop.run_until_complete(asyncpg.connect(dsn))
        try:
            yield
        finally:
            loop.run_until_complete(connection.close())
    finally:
        loop.close()


def install(postgres: Postgres) -> None:
    """Does what apply does to a bare database."""
    vendor = VaultVendor(
        postgres.dsn,
        clock=ManualClock(NOON),
        lookup=lambda _: None,
        sql=SQL,
        version=sql_digest(SQL),
    )
    schema = desired_vault([Document(path="supabase/vault.sql", text=SQL)])[0]
    made = Change(action=Action.CREATE, resource=schema, before={}, after=schema.fields)
    vendor.apply(Batch(vendor="vault", kind="vault", changes=[made]))


@dataclass(kw_only=True)
class Ran:
    """What one run answered, said, and left."""

    code: int
    out: str
    err: str
    files: str

    @property
    def said(self) -> str:
        """All of it."""
        return f"{self.out}{self.err}{self.files}"


@dataclass(kw_only=True)
class Stage:
    """The stand-ins, where they are served, and a folder with the stack."""

    render: RenderSimulator
    supabase: SupabaseSimulator
    postgres: Postgres
    folder: Path
    clock: ManualClock
    urls: dict[str, str]
    github: dict[str, Any] = field(default_factory=dict)
    world: World = field(default_factory=make_world)

    def run(self, *arguments: str, unset: str = "", **values: str) -> Ran:
        """Runs `keepwell secrets`, with these values of secrets and all tokens but `unset`."""
        environ = {
            "RENDER_API_KEY": self.render.desk.token,
            "SUPABASE_ACCESS_TOKEN": self.supabase.desk.token,
            "SUPABASE_DB_URL": self.postgres.dsn,
            **self.urls,
            **values,
        }
        environ.pop(unset, None)
        folder = self.folder / "runner"
        folder.mkdir(exist_ok=True)
        runner = replace(on_runner(folder), **self.github)
        self.world = make_world(environ=environ, runner=runner)
        journal = str(self.folder / "journal")
        command = ["secrets", *arguments, "--stack", str(self.folder / "stack.yaml")]
        code = main([*command, "--journal", journal], world=self.world)
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = [path.read_text() for path in files if path.name != "stack.yaml"]
        ran = Ran(code=code, out=out(self.world), err=unmasked(self.world), files="".join(texts))
        told = [name for name, value in environ.items() if name in NAMES and value in ran.said]
        assert told == [], "a value was told"
        return ran

    def on_github(self, url: str, *, token: str) -> None:
        """Runs have a repository from now on."""
        self.urls["GITHUB_TOKEN"] = token
        self.github = {"api_url": url, "repository": "livestreamsell/livestreamsell"}

    def variables(self, service: str) -> Mapping[str, str]:
        """What a service at Render has in its environment."""
        return self.render.world.service(service).env_vars

    def sent(self) -> list[str]:
        """Everything that was sent to Render and Supabase but questions."""
        journals = [*self.render.desk.journal, *self.supabase.desk.journal]
        return [str(each) for each in journals if each.method != "GET"]


def unmasked(world: World) -> str:
    """What was written to stderr, without the lines by which the runner is told what to mask."""
    lines = err(world).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("::add-mask::"))


@contextmanager
def prepared_postgres() -> Iterator[Postgres]:
    """A Postgres with a vault, what apply installs, and two roles that take turns."""
    with start_postgres() as server:
        execute(server.dsn, STAND_IN)
        install(server)
        execute(server.dsn, "CREATE ROLE app_a LOGIN; CREATE ROLE app_b NOLOGIN")
        yield server


@contextmanager
def staged(postgres: Postgres, folder: Path, *, edge: bool = False) -> Iterator[Stage]:
    """A stage whose services and project are there, without secrets; `edge` declares one there."""
    text = (ROOT / "stack.yaml").read_text()
    if edge:
        text = text.replace("{ verify_jwt: true }", "{ verify_jwt: true, secrets: [HEALTH_TOKEN] }")
    (folder / "stack.yaml").write_text(text)
    execute(postgres.dsn, "DELETE FROM vault.secrets")
    clock = ManualClock(NOON)
    render, supabase = RenderSimulator(clock=clock), SupabaseSimulator(clock=clock)
    render.sync(BLUEPRINT)
    with serve(render.app) as render_url, serve(supabase.app) as supabase_url:
        yield Stage(
            render=render,
            supabase=supabase,
            postgres=postgres,
            folder=folder,
            clock=clock,
            urls={"KEEPWELL_RENDER_URL": render_url, "KEEPWELL_SUPABASE_URL": supabase_url},
        )


def address(postgres: Postgres, role: str, password: str) -> str:
    """What a service would log in with."""
    host = postgres.dsn.partition("@")[2]
    return f"postgresql://{role}:{quote(password, safe='')}@{host}"
