"""The examples of the README: each runs its command and answers what it printed.

The commands run in a copy of the checkout's stack, so that no example can change the checkout.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import redis

from keepwell.clock import SystemClock
from keepwell.rehearsal.servers import start_redis
from keepwell.rehearsal.set_up import set_stage
from keepwell.rehearsal.stand_ins import standing
from keepwell.stackfile import load

ROOT = Path(__file__).parents[1]

MISTAKES = (
    ("  region: virginia", "  regoin: virginia"),
    ("cpu_percent: 60", "cpu_percent: sixty"),
    ("persistence: journal-snapshot", "persistence: on"),
    (
        "META_VERIFY_TOKEN: { kind: webhook,",
        "META_VERIFY_TOKEN: { value: aa11bb22cc33, kind: webhook,",
    ),
)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder with the stack and what was generated from it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "stack.yaml", folder)
        shutil.copytree(ROOT / "generated", folder / "generated")
        yield folder


def printed(command: str, *, folder: Path, beside: Mapping[str, str] | None = None) -> str:
    """A console block: the command, and all that it printed; `beside` are variables for it."""
    inherited = {name: value for name, value in os.environ.items() if "GITHUB_" not in name}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**inherited, **(beside or {}), "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    code = f"(exit {done.returncode})\n" if done.returncode else ""
    return f"```console\n$ {command}\n{done.stdout.rstrip()}\n{code}```\n"


def mistakes() -> str:
    """A stack with one mistake of each kind."""
    with workplace() as folder:
        text = (folder / "stack.yaml").read_text()
        for right, wrong in MISTAKES:
            if right not in text:
                raise ValueError(f"stack.yaml no longer holds {right!r}")
            text = text.replace(right, wrong, 1)
        (folder / "stack.yaml").write_text(text)
        return printed("keepwell generate", folder=folder)


def generated() -> str:
    """The comparison that the gate makes."""
    with workplace() as folder:
        return printed("keepwell generate --check", folder=folder)


def schema() -> str:
    """The head of the schema."""
    with workplace() as folder:
        return printed("keepwell schema | head -n 8", folder=folder)


@contextmanager
def stage() -> Iterator[tuple[Path, Mapping[str, str], str]]:
    """A rehearsal's stage: a folder, the variables that lead there, the revision that serves."""
    with (
        workplace() as folder,
        set_stage(folder / "stack.yaml", environment=None, tell=lambda _: None) as setting,
    ):
        pairs = ",".join(f"{host}={address}" for host, address in setting.addresses().items())
        beside = {
            f"KEEPWELL_{command}_{option}": value
            for command in ("VERIFY", "KEEP_ALIVE")
            for option, value in (("RESOLVE", pairs), ("CA", str(setting.edge.ca_file)))
        }
        yield folder, {**setting.deployment.secret_values, **beside}, setting.revision


def verified() -> str:
    """A new revision, proven."""
    with stage() as (folder, beside, revision):
        command = f"keepwell verify --revision {revision} --consecutive 3 --interval 1"
        return printed(command, folder=folder, beside=beside)


def kept_alive() -> str:
    """One cycle, all well."""
    with stage() as (folder, beside, _):
        return printed("keepwell keep-alive", folder=folder, beside=beside)


def planned() -> str:
    """What somebody changed by hand, seen."""
    with drifted() as (folder, beside):
        return printed("keepwell plan --detect-drift", folder=folder, beside=beside)


def applied() -> str:
    """The same, taken back."""
    with drifted() as (folder, beside):
        return printed("keepwell apply --yes", folder=folder, beside=beside)


@contextmanager
def drifted() -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Vendors that were as declared until somebody changed two things by hand."""
    with (
        workplace() as folder,
        set_stage(folder / "stack.yaml", environment=None, tell=lambda _: None) as setting,
    ):
        vendors = setting.vendors
        vendors.converge()
        vendors.at.supabase.world.enforces_ssl = False
        vendors.at.render.world.service("api").env_vars["META_VERIFY_TOKEN"] = "set by hand"
        yield folder, {**vendors.environ, **vendors.at.environ}


def scaled() -> str:
    """A queue that nobody has read for a while, beside one instance."""
    stack = ROOT / "tests" / "golden" / "pro" / "stack.yaml"
    declared = load(stack).stack
    with (
        standing(declared, clock=SystemClock()) as at,
        start_redis() as server,
        closing(redis.Redis.from_url(server.url)) as queue,
        workplace() as folder,
    ):
        shutil.copy(stack, folder)
        at.push(declared)
        at.render.world.service("answers").details["numInstances"] = 2
        queue.xgroup_create("questions", "answers", id="0", mkstream=True)
        seconds, _ = queue.time()
        for number in range(40):
            queue.xadd("questions", {"body": "?"}, id=f"{(seconds - 60) * 1000}-{number}")
        queue.xreadgroup("answers", "answers-1", {"questions": ">"}, count=16)
        beside = {**at.environ, "REDIS_URL": server.url}
        return printed("keepwell scale --period 1", folder=folder, beside=beside)


def rehearsed() -> str:
    """The whole rehearsal, without its progress."""
    with workplace() as folder:
        return printed("keepwell --no-progress rehearse", folder=folder)


EXAMPLES: Mapping[str, Callable[[], str]] = {
    "mistakes": mistakes,
    "generate": generated,
    "plan": planned,
    "apply": applied,
    "scale": scaled,
    "verify": verified,
    "keep-alive": kept_alive,
    "schema": schema,
    "rehearse": rehearsed,
}
