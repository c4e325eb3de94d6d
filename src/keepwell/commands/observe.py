"""keepwell observe: stores what every vendor has, so that a gate without tokens can plan.

The file holds no secret and nothing made from one.
"""

from dataclasses import dataclass, field
from pathlib import Path

import click

from keepwell.commands.conclude import Format, conclude
from keepwell.commands.options import format_option, stack_options
from keepwell.commands.planning import Scope, read_subject
from keepwell.commands.planning import observe as observe_vendors
from keepwell.commands.repository import needed_repository
from keepwell.commands.scope_options import names_of, only_option
from keepwell.commands.wiring import World
from keepwell.model.verdict import Report, Table, Verdict
from keepwell.store.observations import write_observations


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveRequest:
    """Whom to ask, and where to store the answers: a file, and a branch of the repository."""

    scope: Scope = field(default_factory=Scope)
    output: Path
    branch: str = ""
    format: Format | None = None


def run(request: ObserveRequest, *, world: World) -> int:
    """Observes, stores and reports; answers the exit code."""
    subject = read_subject(request.scope, world=world)
    try:
        observations = observe_vendors(subject)
    finally:
        subject.close()
    for name in subject.stack.secrets:
        world.secret(name)  # whatever is read is blotted out, also where nothing refers to it
    write_observations(request.output, observations, redact=world.console.redact)
    if request.branch:
        _keep(request, environment=subject.stack.environment, world=world)
    rows = [(seen.vendor, str(len(seen.resources)), str(seen.calls)) for seen in observations]
    report = Report(
        command="observe",
        conclusion=f"observed {len(observations)} vendors, stored in {request.output}",
        verdicts=[
            *(Verdict(subject=seen.vendor, findings=seen.findings) for seen in observations),
            Verdict(subject="vendors", findings=subject.findings),
        ],
        tables=[Table(title="", columns=("vendor", "observed", "calls"), rows=rows)],
        outputs={"observation": str(request.output)},
    )
    return conclude(report, world=world, format=request.format)


def _keep(request: ObserveRequest, *, environment: str, world: World) -> None:
    path = f"observations/{environment}.json"
    with needed_repository(world, why="--branch") as repository:
        repository.keep_file(
            path,
            content=request.output.read_bytes(),
            branch=request.branch,
            message=f"Observe {environment}",
        )
    world.console.progress(f"kept as {path} on the branch {request.branch}")


@click.command("observe")
@stack_options
@only_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path(".keepwell/observation.json"),
    show_default=True,
    metavar="FILE",
    help="Where to store what was observed.",
)
@click.option(
    "--branch",
    metavar="NAME",
    help="Keep the file on this branch of the repository as well.",
)
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    stack: Path,
    environment: str | None,
    only: str | None,
    output: Path,
    branch: str | None,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Stores what every vendor has, without secrets, to plan against later."""
    scope = Scope(stack=stack, environment=environment, only=names_of(only))
    request = ObserveRequest(scope=scope, output=output, branch=branch or "", format=format)
    return run(request, world=world)
