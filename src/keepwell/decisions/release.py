"""What `verify` concludes: the streak, together with what was asked once beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from keepwell.decisions.streak import Outcome, Streak
from keepwell.model.verdict import Finding, Status

_SPOILED = {Status.UNKNOWN: Outcome.COULD_NOT_TELL, Status.FAIL: Outcome.UNHEALTHY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The outcome, in one line, with the findings it rests on; the worst of them is its status."""

    outcome: Outcome
    conclusion: str
    findings: Sequence[Finding]


def judge_release(streak: Streak, *, consecutive: int, beside: Sequence[Finding] = ()) -> Release:
    """The conclusion of a verification that has ended.

    `beside` are findings about the target that no streak is made of; they can spoil an outcome
    and mend none.
    """
    worst = max((found.status for found in beside), default=Status.PASS)
    is_worse = worst > streak.outcome.status
    outcome = _SPOILED.get(worst, streak.outcome) if is_worse else streak.outcome
    conclusion = _conclusion(streak, consecutive=consecutive)
    if outcome is not streak.outcome:
        but = "; ".join(found.message for found in beside if found.status is worst)
        conclusion = f"{conclusion}, but {but}"
    summed = Finding(rule="verify", status=outcome.status, message=conclusion)
    return Release(
        outcome=outcome,
        conclusion=conclusion,
        findings=(summed, *streak.deciding.findings, *beside),
    )


def _conclusion(streak: Streak, *, consecutive: int) -> str:
    if streak.outcome is Outcome.PASS:
        return "passed once" if consecutive == 1 else f"passed {consecutive} times in a row"
    if streak.outcome is Outcome.COULD_NOT_TELL and streak.passes:
        return f"could not tell: {streak.passes} of {consecutive} passes when the time ran out"
    words = streak.outcome.value.replace("-", " ")
    return f"{words}: {streak.deciding.reason or 'no row of passes before the time ran out'}"
