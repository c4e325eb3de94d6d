"""keepwell rehearse: the whole loop on this machine, faults included; for terminals only.

It needs no credentials and no network beyond loopback. It shows what keepwell says of the real
stack file and of real servers; Render, Supabase and Cloudflare themselves are not here.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from keepwell.commands.conclude import conclude
from keepwell.commands.wiring import World
from keepwell.errors import EXIT_PASS, UsageError
from keepwell.rehearsal.narrator import Narrator
from keepwell.rehearsal.playing import play, report
from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.scenarios import SCENARIOS
from keepwell.rehearsal.set_up import checkout, set_stage


def run(
    names: Sequence[str], *, world: World, stack: Path | None = None, environment: str | None = None
) -> int:
    """Sets the stage, plays the scenarios (all where none is named), prints the table.

    Raises:
        UsageError: a name is not that of a scenario, or there is no checkout to rehearse.
    """
    scenarios = chosen(names)
    narrator = Narrator(world)
    narrator.title("setting the stage")
    stack_file = stack or checkout() / "stack.yaml"
    with set_stage(stack_file, environment=environment, tell=narrator.line) as stage:
        narrator.line("on keepwell's clock a minute takes three seconds from here on")
        set_after_s = narrator.passed_s
        played = play(scenarios, stage=stage, narrator=narrator)
        took_s = narrator.passed_s - set_after_s
        narrator.title("taking everything down")
    world.console.progress("")
    return conclude(report(played, took_s=took_s), world=world)


def chosen(names: Sequence[str]) -> Mapping[str, Scenario]:
    """The named scenarios, in the order in which they were named; all where none is.

    Raises:
        UsageError: a name is not that of a scenario.
    """
    for name in names:
        if name not in SCENARIOS:
            raise UsageError(
                f"there is no scenario {name!r}", hint=f"choose from {', '.join(SCENARIOS)}"
            )
    return {name: SCENARIOS[name] for name in names or SCENARIOS}


@click.command("rehearse")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@click.option("--list", "lists", is_flag=True, help="Name the scenarios, and play none.")
@click.option(
    "--stack",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The stack file; that of the checkout without it.",
)
@click.option(
    "--environment", metavar="NAME", help="The environment of the stack; production without it."
)
@click.pass_obj
def command(
    world: World,
    *,
    scenarios: tuple[str, ...],
    lists: bool,
    stack: Path | None,
    environment: str | None,
) -> int:
    """Runs the whole loop on this machine, faults included."""
    if lists:
        width = max(len(name) for name in SCENARIOS)
        lines = (f"{name:<{width}}  {each.title}\n" for name, each in SCENARIOS.items())
        world.console.result("".join(lines))
        return EXIT_PASS
    return run(scenarios, world=world, stack=stack, environment=environment)
