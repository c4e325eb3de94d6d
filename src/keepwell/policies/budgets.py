"""What free and paid allowances are spent on keeping awake. Counts what is declared, not bills."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies._cron import Cron
from keepwell.policies._relations import targets_of, web_services
from keepwell.policies._rule import Rule

RULE = Rule(name="budgets", see="https://render.com/docs/free")
SEE_ACTIONS = "https://docs.github.com/en/billing/concepts/product-billing/github-actions"
SEE_CRON_JOB_ORG = "https://docs.cron-job.org/rest-api.html"

HOURS_A_MONTH = 744
FREE_INSTANCE_HOURS = 750
SLEEPS_AFTER_MINUTES = 15
"""Source: https://render.com/docs/free (read 2026-11)."""

HISTORY_ITEMS = 50
FAILURES_THAT_DISABLE = 16
"""Source: https://docs.cron-job.org/rest-api.html (read 2026-11)."""

GITHUB_GAP_MINUTES = 5
TIGHT = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """An allowance and what is spent of it. `account` says how that number comes about."""

    unit: str
    spent: int
    allowed: int
    account: str
    path: str
    why: str
    hint: str
    see: str = RULE.see

    def judge(self) -> Finding:
        """PASS up to 80 %, WARN above, FAIL over 100 %."""
        message = f"{self.spent} of {self.allowed} {self.unit}: {self.account}"
        if self.spent <= TIGHT * self.allowed:
            return RULE.passes(message, path=self.path)
        judged = RULE.fails if self.spent > self.allowed else RULE.warns
        return judged(message, path=self.path, why=self.why, hint=self.hint, see=self.see)


class Budgets:
    """Keeping awake fits the allowances of Render, GitHub Actions and cron-job.org."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Each allowance that runs out stops what it pays for until the next day or month.

        Counted for the fullest month: 750 instance-hours of Render's free plan, minutes of GitHub
        Actions (each job is rounded up), and calls of cron-job.org's API (its pings are none). PASS
        up to 80 %, FAIL over 100 %.
        """
        return [_instance_hours(stack), *_actions_minutes(stack), _calls(stack)]


def _instance_hours(stack: Stack) -> Finding:
    free = [key for key, service in web_services(stack).items() if service.plan == "free"]
    often = stack.keep_alive.every_minutes < SLEEPS_AFTER_MINUTES
    awake = [key for key in free if often and targets_of(stack, key)]
    asleep = len(free) - len(awake)
    return Budget(
        unit="free instance-hours a month",
        spent=len(awake) * HOURS_A_MONTH,
        allowed=FREE_INSTANCE_HOURS,
        account=f"{len(awake)} free services are kept awake"
        + f", {asleep} may sleep and are not counted" * bool(asleep),
        path="render.services",
        why="when they are spent, Render suspends every free service of the workspace until the "
        "first of the month",
        hint="Keep one free service awake, and give the others a paid plan",
    ).judge()


def _actions_minutes(stack: Stack) -> Iterator[Finding]:
    actions = stack.keep_alive.github_actions
    path = "keep_alive.github_actions"
    if actions is None:
        yield RULE.passes("no minutes of GitHub Actions: no schedule is declared", path=path)
        return
    try:
        cron = Cron.parse(actions.schedule)
    except ValueError as error:
        yield _bad_schedule(str(error), path=f"{path}.schedule")
        return
    if cron.shortest_gap_minutes < GITHUB_GAP_MINUTES:
        yield _too_often(cron.shortest_gap_minutes, path=f"{path}.schedule")
    runs = cron.most_runs_a_month
    if actions.repository == "public":
        free = f"{runs} runs a month of GitHub Actions cost nothing: the repository is public"
        yield RULE.passes(free, path=path)
        return
    yield Budget(
        unit="minutes of GitHub Actions a month",
        spent=runs,
        allowed=actions.minutes_per_month,
        account=f"up to {runs} scheduled keep-alive runs of one job, a minute each, since a job is "
        "rounded up; waking a service takes longer",
        path=path,
        why="when they are spent, no workflow of the account runs, deploys included",
        hint="Run it less often: cron-job.org is the clock, GitHub only collects",
        see=SEE_ACTIONS,
    ).judge()


def _bad_schedule(problem: str, *, path: str) -> Finding:
    return RULE.fails(
        problem,
        path=path,
        why="GitHub does not start a workflow by it",
        hint='Write five fields, as in "7,37 * * * *"',
        see=SEE_ACTIONS,
    )


def _too_often(gap_minutes: int, *, path: str) -> Finding:
    return RULE.warns(
        f"the schedule fires every {gap_minutes} min",
        path=path,
        why=f"GitHub starts a schedule every {GITHUB_GAP_MINUTES} min at most, and silently less "
        "often",
        hint="Leave the short interval to cron-job.org",
        see=SEE_ACTIONS,
    )


def _calls(stack: Stack) -> Finding:
    watch = stack.keep_alive
    path = "keep_alive.cron_job_org"
    if watch.cron_job_org is None:
        return RULE.passes("no calls of cron-job.org's API: it is not used", path=path)
    turns = watch.cron_job_org.jobs_per_target
    minutes = watch.every_minutes * turns
    collections = math.ceil(24 * 60 / (HISTORY_ITEMS * minutes))
    jobs = len(watch.targets) * turns
    return Budget(
        unit="calls of cron-job.org's API a day",
        spent=collections * (1 + jobs),
        allowed=watch.cron_job_org.calls_per_day,
        account=f"its history holds {HISTORY_ITEMS} pings, so {collections} collections of 1 + "
        f"{jobs} calls keep all of it; pings are no calls; {FAILURES_THAT_DISABLE} failures in a "
        f"row ({FAILURES_THAT_DISABLE * minutes} min) disable a job",
        path=path,
        why="when they are spent, neither history nor jobs can be read until midnight UTC",
        hint="Ping fewer targets or less often, or become a sustaining member",
        see=SEE_CRON_JOB_ORG,
    ).judge()
