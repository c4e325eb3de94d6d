"""A stack's vendors as stand-ins, and the worlds in which commands find them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from keepwell.cli import main
from keepwell.clock import ScaledClock
from keepwell.commands.wiring import World
from keepwell.model.stack import Stack
from keepwell.rehearsal.stand_ins import StandIns, standing
from keepwell.runner import Runner
from keepwell.stackfile import load
from tests.worlds import err, make_world, out

ROOT = Path(__file__).parents[2]
STACK = ROOT / "stack.yaml"
VENDORS = "render,supabase,cloudflare,dns,cron-job-org"
"""All but the Vault, which needs a Postgres."""

_HURRY = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and its exit code."""

    exit_code: int
    report: Mapping[str, Any]
    out: str
    err: str

    @property
    def outputs(self) -> Mapping[str, str]:
        outputs: Mapping[str, str] = self.report["outputs"]
        return outputs

    @property
    def rules(self) -> set[str]:
        """The rules whose findings are not PASS."""
        return {
            found["rule"]
            for verdict in self.report["verdicts"]
            for found in verdict["findings"]
            if found["status"] != "pass"
        }

    def findings(self, rule: str) -> list[Mapping[str, Any]]:
        return [
            found
            for verdict in self.report["verdicts"]
            for found in verdict["findings"]
            if found["rule"] == rule
        ]

    def messages(self, rule: str) -> list[str]:
        return [found["message"] for found in self.findings(rule)]


class Standing:
    """The stand-ins, with keepwell beside them."""

    def __init__(self, stand_ins: StandIns, stack: Stack, clock: ScaledClock, folder: Path) -> None:
        self.at = stand_ins
        self.stack = stack
        self.clock = clock
        self.folder = folder
        self.secrets = {name: f"value-of-{name.lower()}" for name in stack.secrets}

    def world(self, *, on_github: bool = False, **more: str) -> World:
        environ = {**self.at.environ, **self.secrets, **more}
        runner = Runner()
        if on_github:
            environ |= self.at.on_github
            runner = replace(Runner.from_environment({**environ, "GITHUB_SHA": "a" * 40}))
        return make_world(environ=environ, clock=self.clock, runner=runner)

    def run(self, command: str, *arguments: str, world: World | None = None) -> Said:
        world = world or self.world()
        journal = ("--journal", str(self.folder / "journal")) if command == "apply" else ()
        only = () if "--only" in arguments else ("--only", VENDORS)
        line = [command, "--stack", str(STACK), *only, *journal, *arguments, "--format", "json"]
        exit_code = main(line, world=world)
        text = out(world)
        return Said(
            exit_code=exit_code,
            report=json.loads(text) if text.startswith("{") else {},
            out=text,
            err=err(world),
        )

    def told(self, text: str) -> set[str]:
        """The secrets and tokens whose values stand in a text."""
        tokens = {name: value for name, value in self.at.environ.items() if "://" not in value}
        return {name for name, value in {**self.secrets, **tokens}.items() if value in text}

    def carried(self) -> set[str]:
        """The secrets that went to a vendor, or came from one."""
        bodies = [
            each.request_body + each.answer_body
            for desk in self.at.desks.values()
            for each in desk.journal
        ]
        return self.told(b"".join(bodies).decode())

    def journal(self) -> str:
        """What the journals of all applies say."""
        return "".join(path.read_text() for path in (self.folder / "journal").iterdir())

    def push(self) -> None:
        """What pushing the generated files does."""
        self.at.push(self.stack)

    def apply(self, *arguments: str) -> Said:
        return self.run("apply", "--yes", "--allow-large", *arguments)


@contextmanager
def stand(folder: Path, *, pushed: bool = True) -> Iterator[Standing]:
    """The vendors of the real stack, fresh; `pushed` says whether Render has synced the file."""
    clock = ScaledClock(factor=_HURRY)
    stack = load(STACK).stack
    with standing(stack, clock=clock) as stand_ins:
        standing_ = Standing(stand_ins, stack, clock, folder)
        if pushed:
            standing_.push()
        yield standing_
