"""What scenarios ask keepwell about the vendors: to plan, to apply, and what it then says."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keepwell.clock import Clock
from keepwell.commands import apply, plan
from keepwell.commands.planning import Scope
from keepwell.commands.wiring import Console, World
from keepwell.decisions.guard import Allowance
from keepwell.model.stack import Stack
from keepwell.rehearsal.heard import Heard, heard
from keepwell.rehearsal.lines import Lines, Tell
from keepwell.rehearsal.stand_ins import StandIns
from keepwell.runner import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """The stand-ins of a stack's vendors, with keepwell's plan and apply beside them."""

    at: StandIns
    stack: Stack
    stack_file: Path
    folder: Path
    clock: Clock
    tell: Tell
    environ: Mapping[str, str] = field(repr=False)

    def converge(self) -> None:
        """Brings everything to what is declared, whatever was there; for a scenario's beginning."""
        self.at.push(self.stack)
        self._apply()

    def plan(self) -> str:
        """Plans; how much would change, and where."""
        request = plan.PlanRequest(scope=self._scope(), detect_drift=True, format="json")
        said = self._run(lambda world: plan.run(request, world=world))
        self.tell(said.line)
        count = int(said.outputs["changes"])
        what = "no changes" if count == 0 else "1 change" if count == 1 else "changes"
        return f"plan: {what}, exit {said.exit_code}"

    def apply(self, *, documents: Path | None = None) -> str:
        """Applies; what came of it."""
        said = self._apply(documents=documents)
        self.tell(said.line)
        what = "holds" if said.exit_code == 0 else said.conclusion.partition(":")[0]
        return f"apply: {what}, exit {said.exit_code}"

    def _apply(self, *, documents: Path | None = None) -> Heard:
        request = apply.ApplyRequest(
            scope=self._scope(documents=documents),
            yes=True,
            journal=self.folder / "journal",
            format="json",
        )
        return self._run(lambda world: apply.run(request, world=world))

    def _scope(self, *, documents: Path | None = None) -> Scope:
        return Scope(
            stack=self.stack_file,
            environment=self.stack.environment,
            documents=documents,
            allowed=Allowance(large=True),
        )

    def _run(self, command: Callable[[World], int]) -> Heard:
        out = io.StringIO()
        world = World(
            clock=self.clock,
            runner=Runner(),
            console=Console(out=out, err=Lines(self.tell)),
            environ={**self.environ, **self.at.environ},
        )
        exit_code = command(world)
        return heard(json.loads(out.getvalue()), exit_code=exit_code)
