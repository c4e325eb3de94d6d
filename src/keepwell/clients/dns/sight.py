"""What follows from the records of a zone, seen and desired. Asks nobody."""

from collections.abc import Iterator, Mapping, Sequence

from keepwell.model.plan import Action, Change
from keepwell.model.resource import Resource
from keepwell.model.verdict import Finding, Status

Sight = Mapping[str, Resource]
"""The record sets of a zone, by address."""

_NAMED = 5
_ADDRESSES = {"A", "AAAA"}


def foreign(desired: Sequence[Resource], sight: Sight) -> tuple[Finding, ...]:
    """One finding that counts the records that keepwell neither made nor is told to hold."""
    wanted = {each.address for each in desired}
    kept = [
        each.key for address, each in sight.items() if not each.is_ours and address not in wanted
    ]
    if not kept:
        return ()
    named = ", ".join(kept[:_NAMED]) + (", ..." if len(kept) > _NAMED else "")
    return (
        Finding(
            rule="foreign-records",
            status=Status.WARN,
            message=f"{len(kept)} record sets are not keepwell's and stay as they are: {named}",
            path="cloudflare.dns",
            hint="declare in cloudflare.dns what keepwell should hold",
        ),
    )


def clashes(desired: Sequence[Resource], sight: Sight) -> dict[str, str]:
    """Why desired records cannot be made: others of their name are in the way, and are not ours.

    Source: https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/
    (read 2026-11): a CNAME stands alone; at the apex it is flattened, and only addresses are in its
    way.
    """
    by_name: dict[str, list[Resource]] = {}
    for each in sight.values():
        by_name.setdefault(_name(each), []).append(each)
    return {
        each.address: f"{', '.join(others)} stands in its way, and keepwell did not make it"
        for each in desired
        if (others := list(_in_the_way(each, by_name.get(_name(each), ()))))
    }


def moved(changes: Sequence[Change], sight: Sight) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes that are still to be made, and the addresses that are not as planned from.

    A change whose outcome is there already is neither: somebody, or an earlier run, made it.
    """
    open_ = [each for each in changes if not _is_done(each, sight.get(each.address))]
    surprises = [each.address for each in open_ if not _is_as_before(each, sight.get(each.address))]
    return tuple(open_), tuple(surprises)


def _is_done(change: Change, found: Resource | None) -> bool:
    if change.action is Action.DELETE or found is None:
        return found is None and change.action is Action.DELETE
    return _agrees(change.after, found)


def _is_as_before(change: Change, found: Resource | None) -> bool:
    if change.action is Action.CREATE or found is None:
        return found is None and change.action is Action.CREATE
    return _agrees(change.before, found)


def _agrees(fields: Mapping[str, object], found: Resource) -> bool:
    return all(found.fields.get(name) == value for name, value in fields.items())


def _in_the_way(wanted: Resource, present: Sequence[Resource]) -> Iterator[str]:
    for other in present:
        if not other.is_ours and _exclude(_kind(wanted), _kind(other)):
            yield other.key


def _exclude(one: str, other: str) -> bool:
    if one == other:
        return False
    if "CNAME" in (one, other):
        return True
    return (one == "ALIAS" and other in _ADDRESSES) or (other == "ALIAS" and one in _ADDRESSES)


def _kind(record: Resource) -> str:
    return record.key.partition(" ")[0]


def _name(record: Resource) -> str:
    return record.key.partition(" ")[2]
