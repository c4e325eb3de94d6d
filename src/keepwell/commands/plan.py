"""keepwell plan: what would change at every vendor, and nothing is changed.

The digest names the changes: `apply --expect-digest` makes those and no others.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from keepwell.commands.conclude import Format, conclude
from keepwell.commands.options import format_option, stack_options
from keepwell.commands.planning import Scope, Subject, plan_now, plan_stored, read_subject
from keepwell.commands.pull_request import keep_drift_issue, leave_digest
from keepwell.commands.scope_options import scope_of, scope_options
from keepwell.commands.wiring import World
from keepwell.decisions.plan_report import report_plan
from keepwell.model.plan import Plan
from keepwell.model.verdict import Finding, Report, Status, Verdict

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What to plan, and what to do with the outcome.

    `detect_drift` turns changes into a FAIL, `issue` keeps one GitHub issue about them, and
    `status` leaves the digest in a commit status for apply.
    """

    scope: Scope = field(default_factory=Scope)
    detect_drift: bool = False
    issue: bool = False
    status: bool = False
    format: Format | None = None


def run(request: PlanRequest, *, world: World) -> int:
    """Plans and reports; answers the exit code."""
    subject = read_subject(request.scope, world=world)
    plan, report = _plan(request, subject=subject, world=world)
    if request.issue:
        keep_drift_issue(report, world=world, drifted=bool(plan.changes))
    if request.status:
        leave_digest(plan, environment=subject.stack.environment, world=world)
    return conclude(report, world=world, format=request.format)


def _plan(request: PlanRequest, *, subject: Subject, world: World) -> tuple[Plan, Report]:
    try:
        if (observed := request.scope.observed) is None:
            plan, findings = plan_now(subject, scope=request.scope)
        else:
            plan, findings = plan_stored(subject, scope=request.scope, observed=observed)
    finally:
        subject.close()
    report = report_plan("plan", plan, findings=findings, now=world.clock.now())
    if request.detect_drift and plan.changes:
        report = replace(report, verdicts=[*report.verdicts, _drifted(plan)])
    return plan, report


def _drifted(plan: Plan) -> Verdict:
    addresses = list(dict.fromkeys(change.address for change in plan.changes))
    rest = f" and {len(addresses) - _NAMED} more" if len(addresses) > _NAMED else ""
    drifted = Finding(
        rule="drift",
        status=Status.FAIL,
        message=f"not as declared: {', '.join(addresses[:_NAMED])}{rest}",
        hint="declare what was changed by hand, or take it back with keepwell apply",
    )
    return Verdict(subject="drift", findings=[drifted])


@click.command("plan")
@stack_options
@scope_options
@click.option(
    "--observed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ask no vendor; take what keepwell observe wrote.",
)
@click.option("--detect-drift", is_flag=True, help="Exit 1 where something differs.")
@click.option("--issue", is_flag=True, help="Open, update or close one GitHub issue about it.")
@click.option("--status", is_flag=True, help="Leave the digest in the commit status keepwell/plan.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    stack: Path,
    environment: str | None,
    documents: Path | None,
    only: str | None,
    allow_delete: str | None,
    allow_large: bool,
    observed: Path | None,
    detect_drift: bool,
    issue: bool,
    status: bool,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Shows what would change at every vendor, and changes nothing."""
    scope = scope_of(
        stack=stack,
        environment=environment,
        documents=documents,
        only=only,
        allow_delete=allow_delete,
        allow_large=allow_large,
    )
    request = PlanRequest(
        scope=replace(scope, observed=observed),
        detect_drift=detect_drift,
        issue=issue,
        status=status,
        format=format,
    )
    return run(request, world=world)
