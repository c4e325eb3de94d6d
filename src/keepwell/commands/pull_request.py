"""What plan and apply say to each other through GitHub: the reviewed digest, drift's issue."""

import re

from keepwell.commands.repository import needed_repository
from keepwell.commands.wiring import World
from keepwell.decisions.plan_report import summarise
from keepwell.errors import ApiError, Refused, UsageError
from keepwell.model.plan import Plan
from keepwell.model.verdict import Report, Status
from keepwell.reports.as_github import format_summary

_PRODUCTION = "production"
_DIGEST = re.compile(r"digest ([0-9a-f]{40});")
_ISSUE_LIMIT = 60_000
"""GitHub takes 65,536 characters."""


def context_of(environment: str) -> str:
    """The context of the commit status that holds the digest of an environment's plan."""
    return "keepwell/plan" if environment == _PRODUCTION else f"keepwell/plan/{environment}"


def leave_digest(plan: Plan, *, environment: str, world: World) -> None:
    """Leaves the plan's digest at the head of the pull request; a token that may not is no error.

    Raises:
        UsageError: there is no repository or no commit.
    """
    with needed_repository(world, why="--status") as repository:
        try:
            repository.set_status(
                _head(world),
                context=context_of(environment),
                state="success",
                description=f"digest {plan.digest}; {summarise(plan, now=world.clock.now())}",
                target_url=world.runner.run_url or "",
            )
        except ApiError as error:
            world.console.warn(f"the digest was not left: {error.message} (a fork may not)")


def reviewed_digest(*, environment: str, world: World) -> str:
    """The digest that the gate left at this commit, or at the pull request that it came from.

    Raises:
        UsageError: there is no repository or no commit.
        Refused: there is no digest.
    """
    context = context_of(environment)
    with needed_repository(world, why="--reviewed") as repository:
        sha = _head(world)
        for commit in (sha, *repository.heads_of(sha)):
            if left := _DIGEST.match(repository.status(commit, context=context) or ""):
                return left[1]
    raise Refused(
        f"no plan was reviewed for {sha[:12]}: no status {context} with a digest stands there or "
        "at a pull request that was merged as it",
        hint="read keepwell plan, then apply with --expect-digest DIGEST",
    )


def keep_drift_issue(report: Report, *, world: World, drifted: bool) -> None:
    """Opens or updates the one issue about drift; closes it once it is known that there is none.

    Raises:
        UsageError: there is no repository.
    """
    marker = "keepwell-drift"
    with needed_repository(world, why="--issue") as repository:
        if drifted:
            body = world.console.redact(format_summary(report))[:_ISSUE_LIMIT]
            url = repository.keep_issue(
                title="Drift: a vendor is not as declared", body=body, marker=marker
            )
            world.console.progress(f"the issue about drift: {url}")
        elif report.status < Status.UNKNOWN:
            repository.close_issue(marker, comment="Everything is as declared again.")
        else:
            world.console.progress("whether there is drift is not known: its issue stays as it is")


def _head(world: World) -> str:
    sha = world.runner.head_sha()
    if sha is None:
        raise UsageError("which commit this is about is not known", hint="set GITHUB_SHA")
    return sha
