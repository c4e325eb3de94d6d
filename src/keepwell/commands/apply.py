"""keepwell apply: makes the changes of a plan, those and no others, and proves that they hold.

Order of safety: plan, compare the digest, guard, secrets at hand, lock, dry run, change, observe
again. A rerun after any failure converges; the undo is to apply the documents of an earlier commit.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from keepwell.commands.conclude import Format, conclude
from keepwell.commands.executing import execute, refuse_missing_secrets, refuse_unverifiable
from keepwell.commands.locking import locked
from keepwell.commands.options import format_option, stack_options
from keepwell.commands.planning import Scope, Subject, plan_again, plan_now, read_subject
from keepwell.commands.pull_request import reviewed_digest
from keepwell.commands.scope_options import scope_of, scope_options
from keepwell.commands.wiring import World
from keepwell.decisions.applied import judge_digest, report_account
from keepwell.decisions.plan_report import report_plan
from keepwell.errors import KeepwellError, UsageError
from keepwell.model.plan import Account, Plan
from keepwell.model.verdict import Report, Status
from keepwell.store.journal import Journal

SETTLE_S = 90.0
_SETTLE_STEP_S = 5.0
_MORE_PASSES = 3
_DIGEST = re.compile(r"[0-9a-f]{12,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """What to apply, and whose yes it has.

    One of: `expect_digest` of a plan that somebody read, `reviewed` for the digest that the gate
    left at this commit's pull request, or `yes` for whatever the plan turns out to be.
    """

    scope: Scope = field(default_factory=Scope)
    expect_digest: str = ""
    reviewed: bool = False
    yes: bool = False
    break_lock: bool = False
    journal: Path = Path(".keepwell/journal")
    format: Format | None = None


def run(request: ApplyRequest, *, world: World) -> int:
    """Applies and reports; answers the exit code."""
    _refuse_unasked(request)
    subject = read_subject(request.scope, world=world)
    try:
        expected = _expected(request, environment=subject.stack.environment, world=world)
        with locked(subject.stack, world=world, breaks=request.break_lock):
            report = _apply(request, subject=subject, expected=expected, world=world)
    finally:
        subject.close()
    return conclude(report, world=world, format=request.format)


def _apply(
    request: ApplyRequest, *, subject: Subject, expected: str | None, world: World
) -> Report:
    plan, findings = plan_now(subject, scope=request.scope)
    findings = (*findings, *judge_digest(plan, expected=expected))
    planned = report_plan("apply", plan, findings=findings, now=world.clock.now())
    if not plan.changes or planned.status >= Status.UNKNOWN:
        return planned
    refuse_missing_secrets(plan, lookup=world.secret)
    refuse_unverifiable(plan, vendors=subject.vendors)
    journal = Journal(request.journal, started_at=world.clock.now())
    journal.write("begun", f"plan {plan.digest}", at=world.clock.now())
    account, left = _carry_out(request, plan, subject=subject, world=world, journal=journal)
    return report_account(planned, account=account, left=left, journal=str(journal.path))


def _carry_out(
    request: ApplyRequest, plan: Plan, *, subject: Subject, world: World, journal: Journal
) -> tuple[Account, Plan | None]:
    """Makes the plan's changes, and with a yes to any plan also those that only show after them.

    What a project holds shows when it is awake; from where a service calls, when it is made.
    """
    account = execute(plan, vendors=subject.vendors, world=world, journal=journal)
    passes = _MORE_PASSES if request.yes else 0
    while account.error is None:
        try:
            left, is_allowed = _settle(request, plan, subject=subject, world=world)
            if not passes or not is_allowed or not _is_news(left, plan):
                return account, left
            refuse_missing_secrets(left, lookup=world.secret)
        except KeepwellError as error:
            return replace(account, error=error), None
        more = execute(left, vendors=subject.vendors, world=world, journal=journal)
        account = replace(more, done=[*account.done, *more.done])
        plan, passes = left, passes - 1
    return account, None


def _is_news(left: Plan, before: Plan) -> bool:
    """Whether something is left that was not in the plan before."""
    known = {change.address for change in before.changes}
    return any(change.address not in known for change in left.changes)


def _settle(
    request: ApplyRequest, before: Plan, *, subject: Subject, world: World
) -> tuple[Plan, bool]:
    """Plans again until nothing differs or the time is up: vendors answer before they are done.

    The plan, and whether it may be applied as it is.
    """
    deadline_s = world.clock.monotonic_s() + SETTLE_S
    plan, findings = plan_now(subject, scope=request.scope)
    while True:
        is_over = world.clock.monotonic_s() >= deadline_s
        if not plan.changes or _is_news(plan, before) or is_over:
            return plan, all(found.status < Status.UNKNOWN for found in findings)
        world.console.progress(f"{len(plan.changes)} still differ; asking again")
        world.clock.sleep(_SETTLE_STEP_S)
        plan, findings = plan_again(subject, scope=request.scope, last=plan)


def _refuse_unasked(request: ApplyRequest) -> None:
    if not (request.reviewed or request.expect_digest or request.yes):
        raise UsageError(
            "nobody has said yes to this plan",
            hint="run keepwell plan, then apply with --expect-digest DIGEST, or with --yes",
        )
    if request.expect_digest and not _DIGEST.fullmatch(request.expect_digest):
        raise UsageError(
            f"--expect-digest: {request.expect_digest!r} is no digest",
            hint="copy it from keepwell plan: 12 to 40 hexadecimal digits",
        )


def _expected(request: ApplyRequest, *, environment: str, world: World) -> str | None:
    """The digest that the plan must have, or how it begins; None where any plan has a yes."""
    if request.reviewed:
        return reviewed_digest(environment=environment, world=world)
    return request.expect_digest or None


@click.command("apply")
@stack_options
@scope_options
@click.option("--expect-digest", metavar="DIGEST", help="Apply this plan and no other.")
@click.option(
    "--reviewed",
    is_flag=True,
    help="Apply the plan whose digest the gate left at this commit's pull request.",
)
@click.option("--yes", is_flag=True, help="Apply whatever the plan turns out to be.")
@click.option("--break-lock", is_flag=True, help="Take the lock from an apply that is gone.")
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    default=Path(".keepwell/journal"),
    show_default=True,
    metavar="DIR",
    help="Where the account of each step is kept.",
)
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
    expect_digest: str | None,
    reviewed: bool,
    yes: bool,
    break_lock: bool,
    journal: Path,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Makes the changes of a plan, those and no others, and proves that they hold."""
    scope = scope_of(
        stack=stack,
        environment=environment,
        documents=documents,
        only=only,
        allow_delete=allow_delete,
        allow_large=allow_large,
    )
    request = ApplyRequest(
        scope=scope,
        expect_digest=expect_digest or "",
        reviewed=reviewed,
        yes=yes,
        break_lock=break_lock,
        journal=journal,
        format=format,
    )
    return run(request, world=world)
