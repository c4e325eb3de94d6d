"""Sets the stage: servers, services and the edge, in order; takes all of it down again."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import keepwell
from keepwell.clock import ScaledClock
from keepwell.errors import UsageError
from keepwell.model.stack import Stack
from keepwell.rehearsal.deployment import Deployment
from keepwell.rehearsal.edge import start_edge
from keepwell.rehearsal.lines import Tell
from keepwell.rehearsal.servers import Postgres, start_postgres, start_redis
from keepwell.rehearsal.slow_line import SlowLine, start_slow_line
from keepwell.rehearsal.stage import Stage, target_hosts, verified_service
from keepwell.rehearsal.stand_ins import install_vault, standing
from keepwell.rehearsal.vendors import Vendors
from keepwell.stackfile import load

MODEL_DELAY_S = 2.0
"""How long the worker's model takes for a reply: long enough to be seen, and to be waited for."""

_HURRY = 20.0
"""How much faster the commands' clock runs: a wait of 5 s takes a quarter of one."""

_VENDORS_HURRY = 120.0
"""The same for the vendors and what speaks with them, where waits are of minutes."""


def checkout() -> Path:
    """The checkout that holds the services of the stack.

    Raises:
        UsageError: keepwell was installed without one.
    """
    folder = Path(keepwell.__path__[0]).resolve().parents[1]
    if not (folder / "examples" / "livestreamsell" / "main.py").is_file():
        raise UsageError(
            "a rehearsal needs a checkout of keepwell: the services that it runs are in examples/",
            hint="clone the repository and type: make rehearse",
        )
    return folder


@contextmanager
def set_stage(stack_file: Path, *, environment: str | None, tell: Tell) -> Iterator[Stage]:
    """The declared stack, running on loopback until the block ends."""
    stack = load(stack_file, environment=environment).stack
    revision = secrets.token_hex(20)
    clock = ScaledClock(factor=_HURRY)
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="keepwell-")))
        postgres = running.enter_context(start_postgres())
        tell(f"Postgres listens on port {postgres.port}")
        line = running.enter_context(start_slow_line(target_port=postgres.port))
        redis = running.enter_context(start_redis())
        tell(f"Redis listens on port {redis.port}")
        deployment = Deployment(
            stack=stack,
            checkout=checkout(),
            secret_values=_secrets(stack, postgres=postgres, line=line),
            key_values=dict.fromkeys(stack.render.key_values, redis.url),
        )
        port = running.enter_context(_deployed(deployment, revision=revision, tell=tell))
        hosts = target_hosts(stack)
        edge = running.enter_context(
            start_edge(stack.cloudflare.tls, hosts=hosts, origin_port=port, clock=clock)
        )
        tell(f"the edge terminates TLS for {', '.join(hosts)} on port {edge.port}")
        vendors = running.enter_context(
            _vendors(deployment, postgres, stack_file=stack_file, folder=folder, tell=tell)
        )
        yield Stage(
            stack_file=stack_file,
            folder=folder,
            clock=clock,
            tell=tell,
            deployment=deployment,
            postgres=postgres,
            redis=redis,
            line=line,
            edge=edge,
            vendors=vendors,
            revision=revision,
        )


@contextmanager
def _deployed(deployment: Deployment, *, revision: str, tell: Tell) -> Iterator[int]:
    """The port of the verified service, with the workers beside it."""
    with ExitStack() as running:
        service = verified_service(deployment.stack)
        port = running.enter_context(deployment.web(service, revision=revision))
        tell(f"{service} serves revision {revision[:7]} on port {port}")
        for worker in _workers(deployment.stack):
            beside = {"LLM_DELAY_S": str(MODEL_DELAY_S)}
            running.enter_context(deployment.worker(worker, beside=beside))
            tell(f"{worker} waits for webhooks")
        yield port


@contextmanager
def _vendors(
    deployment: Deployment, postgres: Postgres, *, stack_file: Path, folder: Path, tell: Tell
) -> Iterator[Vendors]:
    """The vendors, on a faster clock: what takes Render minutes takes a second."""
    clock = ScaledClock(factor=_VENDORS_HURRY)
    stand_in = deployment.checkout / "examples" / "livestreamsell" / "vault_stand_in.sql"
    install_vault(postgres, stand_in)
    with standing(deployment.stack, clock=clock) as stand_ins:
        tell("Render, Cloudflare, Supabase and cron-job.org have their stand-ins")
        yield Vendors(
            at=stand_ins,
            stack=deployment.stack,
            stack_file=stack_file,
            folder=folder,
            clock=clock,
            tell=tell,
            environ={**deployment.secret_values, "SUPABASE_DB_URL": postgres.dsn},
        )


def _secrets(stack: Stack, *, postgres: Postgres, line: SlowLine) -> dict[str, str]:
    """A value for each declared secret, new for this rehearsal; databases are behind the line."""
    dsn = urlsplit(postgres.dsn)
    behind_line = dsn._replace(netloc=dsn.netloc.replace(f":{postgres.port}", f":{line.port}"))
    return {
        name: behind_line.geturl() if secret.kind == "database" else secrets.token_urlsafe(24)
        for name, secret in stack.secrets.items()
    }


def _workers(stack: Stack) -> list[str]:
    """Those that work on this machine; one that holds a key of Render's works on Render."""
    return [
        name
        for name, service in stack.render.services.items()
        if service.type == "worker" and "RENDER_API_KEY" not in service.env
    ]
