"""What plan and apply say to each other through GitHub: the reviewed digest, drift's issue."""

from keepwell.commands.repository import needed_repository
from keepwell.commands.wiring import World
from keepwell.decisions.plan_report import summarise
from keepwell.errors import ApiError, Refused, UsageError
from keepwell.model.plan import Plan
from keepwell.model.verdict import Report
from keepwell.reports.as_github import format_summary

CONTEXT = "keepwell/plan"
"""The context of the commit status that holds a plan's digest."""

_DIGEST = "digest "
_ISSUE_LIMIT = 60_000
"""GitHub takes 65,536 characters."""


def leave_digest(plan: Plan, *, world: World) -> None:
    """Leaves the plan's digest at the head of the pull request; a token that may not is no error.

    Raises:
        UsageError: there is no repository or no commit.
    """
    with needed_repository(world, why="--status") as repository:
        try:
            repository.set_status(
                _head(world),
                context=CONTEXT,
                state="success",
                description=f"{_DIGEST}{plan.digest}; {summarise(plan, now=world.clock.now())}"[
                    :140
                ],
                target_url=world.runner.run_url or "",
            )
        except ApiError as error:
            world.console.warn(f"the digest was not left: {error.message} (a fork may not)")


def reviewed_digest(*, world: World) -> str:
    """The digest that the gate left at this commit, or at the pull request that it came from.

    Raises:
        UsageError: there is no repository or no commit.
        Refused: there is no digest.
    """
    with needed_repository(world, why="--reviewed") as repository:
        sha = _head(world)
        for commit in (sha, *repository.heads_of(sha)):
            left = repository.status(commit, context=CONTEXT) or ""
            if left.startswith(_DIGEST):
                return left.removeprefix(_DIGEST).partition(";")[0]
    raise Refused(
        f"no plan was reviewed for {sha[:12]}: no status {CONTEXT} there or at its pull request",
        hint="read keepwell plan, then apply with --expect-digest DIGEST",
    )


def keep_drift_issue(report: Report, *, world: World, drifted: bool) -> None:
    """Opens or updates the one issue about drift, or closes it.

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
        else:
            repository.close_issue(marker, comment="Everything is as declared again.")


def _head(world: World) -> str:
    sha = world.runner.head_sha()
    if sha is None:
        raise UsageError("which commit this is about is not known", hint="set GITHUB_SHA")
    return sha
