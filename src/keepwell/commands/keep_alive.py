"""keepwell keep-alive: one cycle over all targets of the stack, asked at the same time, recorded.

It asks once; a clock outside calls it every few minutes. It opens no incidents and notifies nobody.
Recorded is recorded: the exit code is 0 also when something is down or could not be told, unless
--fail-on-down is given and something is down (1).
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import click

from keepwell.clients.neutral import reaches_any
from keepwell.clients.prober import Prober
from keepwell.commands.conclude import Format, conclude
from keepwell.commands.options import (
    address_options,
    format_option,
    parse_resolve,
    stack_options,
)
from keepwell.commands.target_probe import target_probe
from keepwell.commands.wiring import World
from keepwell.errors import EXIT_NO, EXIT_PASS
from keepwell.stackfile import load

DEFAULT_HISTORY = Path(".keepwell/history")

_THREADS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAliveRequest:
    """Which stack to ask, how to reach it, where to record."""

    stack: Path
    environment: str | None = None
    history: Path = DEFAULT_HISTORY
    resolve: Mapping[str, str] = field(default_factory=dict)
    ca: Path | None = None
    fail_on_down: bool = False
    format: Format | None = None


def run(request: KeepAliveRequest, *, world: World) -> int:
    """Asks every target, records the answers, prints them; answers the exit code."""
    stack = load(request.stack, environment=request.environment).stack
    probes = [target_probe(name, stack=stack, world=world) for name in stack.keep_alive.targets]
    prober = Prober(
        clock=world.clock,
        resolve=request.resolve,
        ca_file=request.ca,
        allow_private=stack.keep_alive.allow_private_addresses,
    )
    with ThreadPoolExecutor(max_workers=min(len(probes) + 1, _THREADS)) as pool:
        began_s = world.clock.monotonic_s()
        answers = pool.map(prober.take, probes)
        hosts = stack.keep_alive.neutral_hosts
        online = pool.submit(lambda: not hosts or reaches_any(hosts, resolve=request.resolve))
        # Nothing is judged, or imported to judge, before the last first answer is in: neither
        # the first question nor the measuring of an answer shares its time with that.
        first = list(answers)
        from keepwell.commands.cycle import Cycle, record, report  # noqa: PLC0415

        cycle = Cycle(
            prober=prober,
            grace_s=stack.keep_alive.waking_grace_s,
            world=world,
            began_s=began_s,
            is_online=online.result,
        )
        asked = list(pool.map(cycle.finish, first))
    record(asked, folder=request.history)
    found = report(asked)
    conclude(found, world=world, format=request.format)
    return EXIT_NO if request.fail_on_down and found.outputs["down"] else EXIT_PASS


@click.command("keep-alive")
@stack_options
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    default=DEFAULT_HISTORY,
    show_default=True,
    metavar="DIR",
    help="The folder that the answers are appended to, one file per day.",
)
@address_options
@click.option("--fail-on-down", is_flag=True, help="Exit 1 when a target is down.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    stack: Path,
    environment: str | None,
    history: Path,
    resolve: str | None,
    ca: Path | None,
    fail_on_down: bool,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Asks every target of the stack once and records the answers."""
    request = KeepAliveRequest(
        stack=stack,
        environment=environment,
        history=history,
        resolve=parse_resolve(resolve),
        ca=ca,
        fail_on_down=fail_on_down,
        format=format,
    )
    return run(request, world=world)
