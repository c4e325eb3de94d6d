"""Whether a plan may be applied without somebody's explicit yes.

Deletions need one each; so does a plan that changes much of what a vendor holds. Mail, trust and
delegation hang on MX, TXT, NS and CAA: those are only ever deleted by name.
octoDNS has a guard of the same kind that sleeps in zones of fewer than ten records
(https://github.com/octodns/octodns/blob/main/octodns/provider/plan.py, read 2026-11).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keepwell.model.plan import Action, Change
from keepwell.model.verdict import Finding, Status

EVERYTHING = "all"
"""Allows every deletion but those of precious records."""

LARGEST_SHARE = 0.3
FEW = 2
"""As many changes pass whatever their share: in a zone of three records one is a third."""

_PRECIOUS = ("MX", "TXT", "NS", "CAA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What somebody said yes to: addresses to delete ("dns record TXT @"), or EVERYTHING."""

    deletions: Collection[str] = ()
    large: bool = False


def guard(
    changes: Sequence[Change], *, existing: Mapping[str, int], allowed: Allowance
) -> tuple[Finding, ...]:
    """A FAIL for each deletion and each vendor that needs a yes and has none.

    Args:
        changes: all changes of a plan.
        existing: how many managed resources each vendor holds now.
        allowed: what was said yes to.
    """
    return (*_deletions(changes, allowed), *_shares(changes, existing, allowed))


def _deletions(changes: Sequence[Change], allowed: Allowance) -> Iterator[Finding]:
    for change in changes:
        lost = _lost(change)
        if not lost or change.address in allowed.deletions:
            continue
        if EVERYTHING in allowed.deletions and not _is_precious(change):
            continue
        yield Finding(
            rule="deletes",
            status=Status.FAIL,
            message=f"{change.address} would {lost}",
            path=change.address,
            why="what is deleted is gone, and a record may be all that a mailbox hangs on",
            hint=f"allow it by name: --allow-delete {change.address!r}",
        )


def _lost(change: Change) -> str:
    """What the change takes away, as words after "would"; empty where it takes away nothing."""
    if change.action is Action.DELETE:
        return "be deleted"
    if change.action is not Action.UPDATE or change.resource.kind != "record":
        return ""
    kept = set(change.after.get("values", ()))
    dropped = [value for value in change.before.get("values", ()) if value not in kept]
    is_foreign = "comment" in change.before
    if dropped and (is_foreign or _is_precious(change)):
        return f"lose {', '.join(dropped)}"
    return ""


def _is_precious(change: Change) -> bool:
    type_of_record = change.resource.key.partition(" ")[0]
    return change.resource.kind == "record" and type_of_record in _PRECIOUS


def _shares(
    changes: Sequence[Change], existing: Mapping[str, int], allowed: Allowance
) -> Iterator[Finding]:
    for vendor, held in existing.items():
        touched = sum(
            change.resource.vendor == vendor and change.action is not Action.CREATE
            for change in changes
        )
        if allowed.large or touched <= FEW or touched <= held * LARGEST_SHARE:
            continue
        yield Finding(
            rule="large",
            status=Status.FAIL,
            message=f"{vendor}: {touched} of {held} resources would change",
            path=vendor,
            why=f"over {LARGEST_SHARE:.0%} is more often a wrong file than a wanted change",
            hint="read the plan, then say yes with --allow-large",
        )
