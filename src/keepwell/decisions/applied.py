"""What apply concludes: whether it may begin, what became of each batch, and whether it holds."""

from collections.abc import Iterator
from dataclasses import replace

from keepwell.decisions.plan_report import describe, plan_outputs
from keepwell.decisions.sync_notes import redeploy_notes
from keepwell.errors import EXIT_UNKNOWN
from keepwell.model.plan import Account, Plan
from keepwell.model.verdict import Excerpt, Finding, Report, Status, Table, Verdict


def judge_digest(plan: Plan, *, expected: str | None) -> tuple[Finding, ...]:
    """A FAIL where the plan is not the one that was agreed on; `expected` may be its beginning.

    None stands for a yes to any plan.
    """
    if expected is None or plan.digest.startswith(expected):
        return ()
    return (
        Finding(
            rule="digest",
            status=Status.FAIL,
            message=f"the plan is {plan.digest[:12]}, and {expected[:12]} was agreed on",
            why="a vendor, or what is declared, changed since; nothing was sent",
            hint="read this plan, then apply with its digest",
        ),
    )


def report_account(planned: Report, *, account: Account, left: Plan | None, journal: str) -> Report:
    """The report of an apply that was begun.

    Args:
        planned: the report of its plan.
        account: what became of the batches.
        left: the plan that was made after; None where none was, because a batch failed.
        journal: where the account stands, line by line.
    """
    findings = [
        *_of_account(account, journal=journal),
        *_of_rest(left),
        *redeploy_notes(_with_new_variables(account)),
    ]
    excerpts = [*planned.excerpts]
    if left is not None and left.changes:
        text = "\n".join(describe(change) for change in left.changes)
        excerpts.append(Excerpt(title="still different", text=text, language="diff"))
    return replace(
        planned,
        conclusion=_conclusion(account, left),
        verdicts=[*planned.verdicts, Verdict(subject="applied", findings=findings)],
        tables=[*planned.tables, _outcomes(account)],
        excerpts=excerpts,
        outputs={
            **planned.outputs,
            "applied": str(len(account.done)),
            **({"left": plan_outputs(left)["changes"]} if left is not None else {}),
        },
    )


def _conclusion(account: Account, left: Plan | None) -> str:
    steps = len(account.done) + len(account.waiting) + (account.failed is not None)
    if account.failed is not None:
        return f"stopped after {len(account.done)} of {steps} steps: {account.failed.title}"
    if account.error is not None:
        return f"all {steps} steps were done, and what came of them could not be seen"
    if left is not None and left.changes:
        return f"all {steps} steps were done, and {len(left.changes)} resources still differ"
    return f"applied in {steps} steps; a second plan is empty"


def _of_account(account: Account, *, journal: str) -> Iterator[Finding]:
    if account.error is None:
        return
    if account.failed is None:
        yield Finding(
            rule="holds",
            status=Status.UNKNOWN,
            message=f"whether it holds could not be seen: {account.error.message}",
            why=f"all {len(account.done)} steps were done",
            hint="run keepwell plan: it should be empty",
        )
        return
    status = Status.UNKNOWN if account.error.exit_code == EXIT_UNKNOWN else Status.FAIL
    yield Finding(
        rule="step",
        status=status,
        message=f"{account.failed.title}: {account.error.message}",
        why=f"steps done: {len(account.done)}, not begun: {len(account.waiting)}; "
        "whether this one took effect, the next plan shows",
        hint=f"{account.error.hint}; then run apply again: it goes on from there"
        if account.error.hint
        else "run apply again: it goes on from there",
        see=account.error.see or journal,
    )


def _of_rest(left: Plan | None) -> Iterator[Finding]:
    if left is None:
        return
    if not left.changes:
        yield Finding(rule="holds", status=Status.PASS, message="a second plan is empty")
        return
    yield Finding(
        rule="holds",
        status=Status.FAIL,
        message="not as declared after all: "
        + ", ".join(change.address for change in left.changes),
        hint="plan again, and apply that: some things only show once others are there; what comes "
        "back then is being changed by somebody else",
    )


def _with_new_variables(account: Account) -> list[str]:
    """The services that were given variables, also by a group that they are linked to."""
    wordings = {"env-var": "{}", "env-group-var": "what is linked to {}"}
    names = [
        wordings[change.resource.kind].format(change.resource.key.partition("/")[0])
        for batch in account.done
        for change in batch.changes
        if change.resource.kind in wordings
    ]
    return list(dict.fromkeys(names))


def _outcomes(account: Account) -> Table:
    failed = [] if account.failed is None else [(account.failed.title, "FAILED")]
    rows = [
        *((batch.title, "done") for batch in account.done),
        *failed,
        *((batch.title, "not begun") for batch in account.waiting),
    ]
    return Table(title="steps", columns=("step", "outcome"), rows=rows)
