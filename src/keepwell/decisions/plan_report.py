"""A plan as people read it: what changes at each vendor, from what to what, and what it rests on.

Secrets are named, never shown: an observation holds none, and a value that differs is HIDDEN.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from keepwell.model.plan import Action, Change, Plan
from keepwell.model.resource import Observation
from keepwell.model.secret import HIDDEN, REFERENCE
from keepwell.model.verdict import Excerpt, Finding, Report, Status, Table, Verdict

_SIGNS = {Action.CREATE: "+", Action.UPDATE: "!", Action.DELETE: "-"}
"""What `diff` highlighting shows as added, changed and removed."""

_OLD_S = 26 * 3600
"""An observation is made daily; an older one says that the daily run does not."""


def report_plan(
    command: str,
    plan: Plan,
    *,
    findings: Sequence[Finding],
    now: datetime,
) -> Report:
    """The report of a plan.

    Args:
        command: the command that reports it.
        plan: what would change.
        findings: what policies, the guard and the diff say of it.
        now: when it is read, for the age of what it rests on.
    """
    verdicts = [
        *(_observed(each, now=now) for each in plan.observations),
        Verdict(subject="plan", findings=findings),
    ]
    return Report(
        command=command,
        conclusion=summarise(plan, now=now),
        verdicts=[each for each in verdicts if each.findings],
        tables=[_counts(plan, now=now)] if plan.changes else (),
        excerpts=list(_excerpts(plan)),
        outputs=plan_outputs(plan),
        details={"changes": [_fact(change) for change in plan.changes]},
    )


def plan_outputs(plan: Plan) -> dict[str, str]:
    """What a workflow wants to know of a plan."""
    counts = {action: _count(plan.changes, action) for action in Action}
    return {
        "digest": plan.digest,
        "changes": str(sum(counts.values())),
        **{f"{action}s": str(count) for action, count in counts.items()},
    }


def summarise(plan: Plan, *, now: datetime) -> str:
    """The plan in a line; without changes it says of whom, by how many calls, and how old."""
    if not plan.observations:
        return "no vendor was asked"
    if not plan.changes:
        who = ", ".join(
            f"{seen.vendor} ({seen.calls} calls{_since(seen, now=now, before=', ')})"
            for seen in plan.observations
        )
        return f"no changes: as declared are {who}; digest {plan.digest[:12]}"
    parts = [f"{count} to {action}" for action in Action if (count := _count(plan.changes, action))]
    return f"changes: {', '.join(parts)} (digest {plan.digest[:12]})"


def describe(change: Change) -> str:
    """A change as lines: the address, then each field with its old and new value."""
    by = "" if change.by == "keepwell" else f"  (by {change.by})"
    head = f"{_SIGNS[change.action]} {change.resource.kind} {change.resource.key}{by}"
    if change.action is Action.DELETE:
        return head
    return "\n".join([head, *(line for name in change.after for line in _field(change, name))])


def _fact(change: Change) -> dict[str, Any]:
    """A change for programs; secrets are references there too."""
    resource = change.resource
    return {
        "action": str(change.action),
        "vendor": resource.vendor,
        "kind": resource.kind,
        "key": resource.key,
        "before": dict(change.before) if change.action is not Action.DELETE else {},
        "after": dict(change.after),
        "by": change.by,
    }


def _field(change: Change, name: str) -> Iterator[str]:
    after = _spell(change.after[name])
    if change.action is Action.CREATE:
        yield f"    {name}: {after}"
        return
    before = _spell(change.before[name])
    if len(before) + len(after) < 80:
        yield f"    {name}: {before} -> {after}"
        return
    yield f"    {name}:"
    yield f"-     {before}"
    yield f"+     {after}"


def _spell(value: Any) -> str:
    if value == HIDDEN:
        return "(another value, not shown)"
    if isinstance(value, str):
        whole = REFERENCE.fullmatch(value)
        return f"(secret {whole[1]})" if whole else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=list)


def _observed(seen: Observation, *, now: datetime) -> Verdict:
    age_s = (now - seen.taken_at).total_seconds()
    findings = [*seen.findings, *_not_compared(seen)]
    if age_s > _OLD_S:
        findings.append(
            Finding(
                rule="age",
                status=Status.UNKNOWN,
                message=f"observed {_age(age_s)} ago",
                why="what was changed since is not in this plan",
                hint="run the workflow `drift`, which observes anew",
            )
        )
    return Verdict(subject=seen.vendor, findings=findings, note=_since(seen, now=now))


def _since(seen: Observation, *, now: datetime, before: str = "") -> str:
    """How long ago it was observed, behind `before`; nothing where it was just now."""
    age_s = (now - seen.taken_at).total_seconds()
    return f"{before}{_age(age_s)} ago" if age_s >= 60 else ""


def _not_compared(seen: Observation) -> Iterator[Finding]:
    if seen.uncompared:
        names = sorted(set(seen.uncompared))
        yield Finding(
            rule="compared",
            status=Status.PASS,
            message=f"there, but not compared: {', '.join(names)}",
            why="their values are not at hand, or the vendor does not give them",
        )


def _counts(plan: Plan, *, now: datetime) -> Table:
    rows = []
    for seen in plan.observations:
        of_vendor = [each for each in plan.changes if each.resource.vendor == seen.vendor]
        counts = [str(_count(of_vendor, action)) for action in Action]
        age = _since(seen, now=now) or "now"
        rows.append((seen.vendor, *counts, str(len(seen.resources)), str(seen.calls), age))
    columns = ("vendor", *Action, "resources", "calls", "observed")
    return Table(title="", columns=columns, rows=rows)


def _count(changes: Sequence[Change], action: Action) -> int:
    """How many resources: one that changes in two steps counts once, by its first."""
    first = {change.address: change.action for change in reversed(changes)}
    return sum(each is action for each in first.values())


def _excerpts(plan: Plan) -> Iterator[Excerpt]:
    vendors = dict.fromkeys(change.resource.vendor for change in plan.changes)
    for vendor in vendors:
        texts = [describe(change) for change in plan.changes if change.resource.vendor == vendor]
        yield Excerpt(title=vendor, text="\n".join(texts), language="diff")


def _age(seconds: float) -> str:
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"
