"""The vendors' stand-ins for one scenario, what foreign things stand in them, and how keepwell runs."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from keepwell.clock import ScaledClock
from keepwell.model.stack import Stack
from keepwell.rehearsal.simulators.base import Desk
from keepwell.rehearsal.stand_ins import StandIns, standing
from keepwell.stackfile import load
from tests.faults.zygote import FACTOR, ROOT, Job

STACK = ROOT / "stack.yaml"
VENDORS = "render,supabase,cloudflare,dns,cron-job-org"
"""All but the Vault, which is no HTTP."""

FOREIGN_JOB = {"title": "backup", "url": "https://example.com/backup", "enabled": True}

FOREIGN_PHASE = "http_request_firewall_custom"
FOREIGN_RULE = {"expression": "ip.src eq 192.0.2.1", "action": "block", "description": "by hand"}


class Stage:
    """Fresh stand-ins, served, after a push; nothing is applied, and foreign things stand there."""

    at: StandIns
    folder: Path

    def __init__(self, *, latency_s: float = 0.0, has_lock: bool = False) -> None:
        self._latency_s = latency_s
        self._has_lock = has_lock
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        clock = ScaledClock(factor=FACTOR)
        made = standing(stack(), clock=clock, latency_s=self._latency_s)
        self.at = self._stack.enter_context(made)
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.at.push(stack())
        self._plant()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def desks(self) -> Mapping[str, Desk]:
        """What stands before each vendor."""
        return self.at.desks

    def apply(self, *more: str) -> Job:
        """An apply of the stack, whatever its plan."""
        return self._job("apply", "--yes", "--allow-large", *more)

    def plan(self, *more: str) -> Job:
        """A plan of the stack."""
        return self._job("plan", *more)

    def said(self) -> str:
        """Everything that every run so far has said, and every file that one left."""
        return "".join(
            path.read_text() for path in sorted(self.folder.rglob("*")) if path.is_file()
        )

    def wrongs(self) -> Iterator[str]:
        """What no run may have done: lost something foreign, or told a secret."""
        yield from self._lost()
        said = self.said()
        told = {**secrets(), **{name: desk.token for name, desk in self.desks.items()}}
        yield from (
            f"the value of {name} was told" for name, value in told.items() if value in said
        )

    def _plant(self) -> None:
        """Puts foreign things where keepwell's own will stand."""
        cloudflare, zone = self.at.cloudflare.world, stack().cloudflare.zone
        cloudflare.put_rules(FOREIGN_PHASE, [FOREIGN_RULE])
        cloudflare.add_record("A", f"www.{zone}", "192.0.2.7", ttl=300)
        cloudflare.add_record("MX", zone, "mx.example.net", priority=10, ttl=300)
        self.at.cron_job_org.world.add(FOREIGN_JOB)

    def _lost(self) -> Iterator[str]:
        cloudflare = self.at.cloudflare.world
        rules = {rule["description"] for rule in cloudflare.rules(FOREIGN_PHASE)}
        if FOREIGN_RULE["description"] not in rules:
            yield "the foreign rule is gone"
        contents = {each["content"] for each in cloudflare.records.by_id.values()}
        for content in ("192.0.2.7", "mx.example.net"):
            if content not in contents:
                yield f"the foreign record {content} is gone"
        titles = {each["title"] for each in self.at.cron_job_org.world.jobs.values()}
        if FOREIGN_JOB["title"] not in titles:
            yield "the foreign cron job is gone"

    def _job(self, *arguments: str) -> Job:
        return Job(
            arguments=[*arguments, "--stack", str(STACK), "--only", VENDORS],
            environ={
                **secrets(),
                **self.at.environ,
                **(self.at.on_github if self._has_lock else {}),
            },
            folder=str(self.folder),
            output=str(self.folder / "output"),
        )


@cache
def stack() -> Stack:
    """The stack of LiveStreamSell."""
    return load(STACK).stack


@cache
def secrets() -> Mapping[str, str]:
    """A value for each secret, which must not be seen anywhere."""
    return {name: f"value-of-{name.lower()}-not-to-be-seen" for name in stack().secrets}
