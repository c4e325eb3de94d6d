"""Desired against observed: what would have to change, and what cannot be changed here.

Only fields that are desired are compared, and nothing that keepwell did not make is removed. What
vendors it has no observation of it leaves out: whoever asked them says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from keepwell.decisions.desired_render import GENERATED, is_reference
from keepwell.model.plan import Action, Change
from keepwell.model.resource import Observation, Resource
from keepwell.model.verdict import Finding, Status

RENDER_SYNC = "Render's next sync"
"""Who makes what a Blueprint makes: services, key-value stores, references between them."""

MISSING = "(none)"

_SYNCED = {("render", "service"), ("render", "key-value")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs: `changes` in the order of the desired resources, deletions last.

    `findings` tell what differs and cannot be changed here.
    """

    changes: Sequence[Change]
    findings: Sequence[Finding]


def diff(desired: Sequence[Resource], observations: Sequence[Observation]) -> Difference:
    """What would make every observed vendor hold what is desired of it."""
    observed = {each.address: each for seen in observations for each in seen.resources}
    fixed = {address: why for seen in observations for address, why in seen.fixed.items()}
    asked = {seen.vendor for seen in observations}
    wanted = {each.address: each for each in desired if each.vendor in asked}
    ranks = _ranks(wanted, observed)
    changes = [
        change
        for address, each in wanted.items()
        if (change := _compare(each, observed.get(address), rank=ranks.get(address)))
    ]
    surplus = [each for address, each in observed.items() if address not in wanted]
    return Difference(
        changes=[
            *(change for change in changes if change.address not in fixed),
            *(_deletion(each) for each in surplus if each.is_ours and each.address not in fixed),
        ],
        findings=[
            _immovable(change, why=fixed[change.address])
            for change in changes
            if change.address in fixed
        ],
    )


def _compare(
    wanted: Resource, found: Resource | None, *, rank: tuple[int, int] | None
) -> Change | None:
    if found is None:
        return Change(
            action=Action.CREATE,
            resource=wanted,
            before={},
            after=wanted.fields,
            by=_maker(wanted),
        )
    differing = dict(_differing(wanted, found, rank=rank))
    if not differing:
        return None
    return Change(
        action=Action.UPDATE,
        resource=wanted,
        before={name: found.fields.get(name, MISSING) for name in differing},
        after=differing,
        id=found.id,
    )


def _differing(
    wanted: Resource, found: Resource, *, rank: tuple[int, int] | None
) -> Iterator[tuple[str, object]]:
    for name, value in wanted.fields.items():
        if name == "position" and rank is not None:
            if rank[0] != rank[1]:
                yield name, value
        elif found.fields.get(name, MISSING) != value:
            yield name, value


def _deletion(found: Resource) -> Change:
    return Change(action=Action.DELETE, resource=found, before=found.fields, after={}, id=found.id)


def _maker(wanted: Resource) -> str:
    if (wanted.vendor, wanted.kind) in _SYNCED:
        return RENDER_SYNC
    value = wanted.fields.get("value")
    is_renders = wanted.kind == "env-var" and (is_reference(value) or value == GENERATED)
    return RENDER_SYNC if is_renders else "keepwell"


def _immovable(change: Change, *, why: str) -> Finding:
    values = ", ".join(
        f"{name} is {change.before.get(name, MISSING)!r}, not {value!r}"
        for name, value in change.after.items()
    )
    return Finding(
        rule="fixed",
        status=Status.WARN,
        message=f"{change.address}: {values}; it stays so: {why}",
        path=change.address,
        hint="change what is declared, or change it where the vendor allows it",
    )


def _ranks(
    wanted: Mapping[str, Resource], observed: Mapping[str, Resource]
) -> dict[str, tuple[int, int]]:
    """Where each ordered resource stands, declared and observed, among those that are both.

    Positions shift when a rule before them comes or goes; their order, which counts, does not.
    """
    both = [each for address, each in wanted.items() if _is_ordered(each) and address in observed]
    ranks: dict[str, tuple[int, int]] = {}
    for group in {_group(each) for each in both}:
        members = [each.address for each in both if _group(each) == group]
        declared = sorted(members, key=lambda address: wanted[address].fields["position"])
        found = sorted(members, key=lambda address: observed[address].fields.get("position", 0))
        ranks |= {member: (declared.index(member), found.index(member)) for member in members}
    return ranks


def _is_ordered(resource: Resource) -> bool:
    return "position" in resource.fields


def _group(resource: Resource) -> str:
    return replace(resource, key=resource.key.rpartition("/")[0]).address
