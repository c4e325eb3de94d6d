"""keepwell scale: as many instances as the age of a queue asks for.

Looks twice, decides, and tells Render. With --watch it goes on for good, as a small worker of the
stack: GitHub's clock is too coarse and too late for it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import click

from keepwell.commands.conclude import Format, conclude
from keepwell.commands.options import format_option, stack_options
from keepwell.commands.scaling import Choice, Scaler, Sight, opened
from keepwell.commands.wiring import World
from keepwell.errors import KeepwellError
from keepwell.reports.escaping import visible

PERIOD_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRequest:
    """Which service, how long between two looks, and whether to go on for good."""

    choice: Choice = field(default_factory=Choice)
    period_s: float = PERIOD_S
    is_watching: bool = False
    format: Format | None = None


def run(request: ScaleRequest, *, world: World) -> int:
    """Scales once and reports, or for good; answers the exit code."""
    with opened(request.choice, world=world) as scaler:
        if request.is_watching:
            _watch(scaler, period_s=request.period_s, world=world)
        before = scaler.see()
        world.console.progress(f"looking again in {request.period_s:g} s")
        world.clock.sleep(request.period_s)
        report = scaler.step(before, scaler.see())
    return conclude(report, world=world, format=request.format)


def _watch(scaler: Scaler, *, period_s: float, world: World) -> NoReturn:
    """Says what it does when that changes; a fault is said and outlived. A signal alone ends it."""
    now = _Round()
    while True:
        before, now = now, _round(scaler, now.sight)
        if now.state != before.state and now.said:
            world.console.warn(f"{world.clock.now():%H:%M:%SZ}  {visible(now.said)}")
        world.clock.sleep(period_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One sight of many, and what came of it; `state` is what the log tells apart."""

    sight: Sight | None = None
    state: object = None
    said: str = ""


def _round(scaler: Scaler, before: Sight | None) -> _Round:
    try:
        sight = scaler.see()
        if before is None:
            return _Round(sight=sight)
        report = scaler.step(before, sight)
        return _Round(sight=sight, state=report.outputs, said=report.conclusion)
    except KeepwellError as error:
        said = f"{scaler.name}: nothing is changed: {error.message}"
        return _Round(state=said, said=said)


@click.command("scale")
@click.option(
    "--service",
    metavar="NAME",
    help="The service of the stack to scale; without it the only one with `scale_by_queue`.",
)
@click.option(
    "--period",
    type=click.FloatRange(1, 600),
    default=PERIOD_S,
    show_default=True,
    metavar="SECONDS",
    help="The time between two looks at the queue.",
)
@click.option("--watch", is_flag=True, help="Go on until stopped, as a worker of the stack.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do not do it.")
@stack_options
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    service: str | None,
    period: float,
    watch: bool,
    dry_run: bool,
    stack: Path,
    environment: str | None,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Gives a service as many instances as its queue asks for."""
    choice = Choice(stack=stack, environment=environment, service=service, is_dry=dry_run)
    request = ScaleRequest(choice=choice, period_s=period, is_watching=watch, format=format)
    return run(request, world=world)
