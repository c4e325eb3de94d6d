"""What a reader should know of one look at a queue and what followed from it."""

from keepwell.decisions.scale import Reason, Target
from keepwell.decisions.scale_flow import Flow
from keepwell.model.scaling import Fleet
from keepwell.model.stack.compute import ScaleByQueue
from keepwell.model.verdict import Finding, Report, Status, Table, Verdict

_COLUMNS = ("arrive", "finish", "wait", "in hand", "oldest", "run", "wanted", "target")


def report_scale(
    target: Target, *, service: str, flow: Flow, fleet: Fleet, bounds: ScaleByQueue
) -> Report:
    """The report; its conclusion is the sentence that `--watch` logs."""
    decided = Finding(
        rule="instances",
        status=target.status,
        message=target.message,
        hint=target.hint,
        see=target.see,
    )
    findings = (_age(flow, target=target, bounds=bounds), decided)
    return Report(
        command="scale",
        conclusion=f"{service}: {_change(target, fleet)}: {target.message}",
        verdicts=[Verdict(subject=service, findings=findings)],
        tables=[Table(title="", columns=_COLUMNS, rows=[_row(target, flow, fleet)])],
        outputs={"instances": str(target.instances), "reason": str(target.reason)},
    )


def _age(flow: Flow, *, target: Target, bounds: ScaleByQueue) -> Finding:
    message = f"the oldest entry is {flow.oldest_age_s:.0f} s old, of {bounds.max_age_s:g}"
    if flow.oldest_age_s <= bounds.max_age_s:
        return Finding(rule="queue_age", status=Status.PASS, message=message)
    helps = target.reason in (Reason.AGE, Reason.LIMIT, Reason.STARTING)
    return Finding(
        rule="queue_age",
        status=Status.WARN,
        message=message,
        why="somebody waits for the answer" if helps else "lanes are free, and it is not finished",
        hint="see whether it falls" if helps else "read in the worker's log what it tries again",
    )


def _change(target: Target, fleet: Fleet) -> str:
    if target.instances == fleet.wanted:
        return f"{fleet.wanted} instance{'' if fleet.wanted == 1 else 's'}"
    return f"{fleet.wanted} -> {target.instances} instances"


def _row(target: Target, flow: Flow, fleet: Fleet) -> tuple[str, ...]:
    unknown = "?"
    return (
        f"{flow.arrived_per_s:.2f}/s",
        unknown if flow.finished_per_s is None else f"{flow.finished_per_s:.2f}/s",
        unknown if flow.waiting is None else str(flow.waiting),
        str(flow.pending),
        f"{flow.oldest_age_s:.0f} s",
        str(fleet.running),
        str(fleet.wanted),
        str(target.instances),
    )
