"""The stage of a rehearsal: what a scenario may break, and keepwell's commands to ask about it.

The commands run in this process by their own `run`, with the stack file as it is; what they ask
crosses real sockets. They live on a clock on which waiting is short.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from keepwell.clock import Clock, SystemClock
from keepwell.commands import generate, keep_alive, verify
from keepwell.commands.wiring import Console, World
from keepwell.errors import EXIT_PASS
from keepwell.model.stack import Stack
from keepwell.rehearsal.deployment import Deployment
from keepwell.rehearsal.edge import Edge
from keepwell.rehearsal.heard import Heard, heard
from keepwell.rehearsal.lines import Lines, Tell
from keepwell.rehearsal.servers import Postgres, Redis
from keepwell.rehearsal.slow_line import SlowLine
from keepwell.rehearsal.vendors import Vendors
from keepwell.runner import Runner
from keepwell.store.history import History

_SETTLES_WITHIN_S = 10.0
_ASK_EVERY_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that a scenario may touch. `revision` is the commit that serves.

        keepwell -> edge -> api -> line -> postgres
                            api, ai-worker -> redis
        keepwell -> vendors: stand-ins of Render, Cloudflare, Supabase, cron-job.org

    `folder` is for what the commands write, and is gone after the rehearsal.
    """

    stack_file: Path
    folder: Path
    clock: Clock
    tell: Tell
    deployment: Deployment
    postgres: Postgres
    redis: Redis
    line: SlowLine
    edge: Edge
    vendors: Vendors
    revision: str

    @property
    def stack(self) -> Stack:
        """The stack that is rehearsed."""
        return self.deployment.stack

    def generate(self, *, check: bool) -> str:
        """Generates the configuration, or with `check` compares it; what was observed."""
        request = generate.GenerateRequest(
            stack=self.stack_file,
            environment=self.stack.environment,
            output=self.folder / "generated",
            check=check,
            format="json",
        )
        said = self._run(lambda world: generate.run(request, world=world))
        self.tell(said.line)
        return f"{'check' if check else 'generate'}: exit {said.exit_code}"

    def keep_alive_until(self, state: str) -> str:
        """Runs cycles of keep-alive until one says `state`, or for 10 s; what the last observed.

        One cycle is not enough: /health keeps its answer for a second.
        """
        wall = SystemClock()
        give_up_s = wall.monotonic_s() + _SETTLES_WITHIN_S
        recorded = ""
        while recorded != state and wall.monotonic_s() < give_up_s:
            wall.sleep(_ASK_EVERY_S if recorded else 0)
            said, before = self._keep_alive(), recorded
            recorded = self.recorded_state()
            if recorded != before:
                self.tell(said.line)
        return f"keep-alive: {recorded}{self._blamed(said)}"

    def verify(self, *, within_s: float, revision: str = "") -> str:
        """Verifies that a revision serves, else the stage's own; what was observed."""
        request = verify.VerifyRequest(
            stack=self.stack_file,
            environment=self.stack.environment,
            revision=revision or self.revision,
            within_s=within_s,
            resolve=self.addresses(),
            ca=self.edge.ca_file,
            format="json",
        )
        said = self._run(lambda world: verify.run(request, world=world))
        self.tell(said.line)
        blamed = "" if said.exit_code == EXIT_PASS else self._blamed(said)
        return f"verify: {said.outputs['verdict']}, exit {said.exit_code}{blamed}"

    @contextmanager
    def serving(self, revision: str) -> Iterator[None]:
        """Lets another revision of the verified service answer until the block ends."""
        before = self.edge.origin_port
        with self.deployment.web(verified_service(self.stack), revision=revision) as port:
            self.edge.origin_port = port
            yield
            self.edge.origin_port = before

    def addresses(self) -> dict[str, str]:
        """What --resolve takes: the hosts of the stack, and the neutral ones, are at the edge."""
        neutral = [host.rpartition(":")[0] for host in self.stack.keep_alive.neutral_hosts]
        return dict.fromkeys([*target_hosts(self.stack), *neutral], self.edge.address)

    def recorded_state(self) -> str:
        """What the newest row of the history says of the verified target; empty without one."""
        day = History(self.folder / "history").read(self.clock.now().date())
        states = [row.state for row in day.rows if row.target == self.stack.verify.target]
        return states[-1] if states else ""

    def _keep_alive(self) -> Heard:
        request = keep_alive.KeepAliveRequest(
            stack=self.stack_file,
            environment=self.stack.environment,
            history=self.folder / "history",
            resolve=self.addresses(),
            ca=self.edge.ca_file,
            format="json",
        )
        return self._run(lambda world: keep_alive.run(request, world=world))

    def _run(self, command: Callable[[World], int]) -> Heard:
        out = io.StringIO()
        world = World(
            clock=self.clock,
            runner=Runner(),
            console=Console(out=out, err=Lines(self.tell)),
            environ=self.deployment.secret_values,
        )
        exit_code = command(world)
        return heard(json.loads(out.getvalue()), exit_code=exit_code)

    def _blamed(self, said: Heard) -> str:
        target = self.stack.keep_alive.targets[self.stack.verify.target]
        return said.blames(list(target.budgets.components_ms))


def target_hosts(stack: Stack) -> list[str]:
    """The host names that are asked."""
    return [urlsplit(target.url).hostname or "" for target in stack.keep_alive.targets.values()]


def verified_service(stack: Stack) -> str:
    """The service behind the target that `verify` asks."""
    return stack.keep_alive.targets[stack.verify.target].service or stack.verify.target
