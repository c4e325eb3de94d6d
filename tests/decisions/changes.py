"""Makes resources, observations, changes and plans for tests of the decisions about them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from keepwell.decisions.digest import digest
from keepwell.model.plan import Action, Batch, Change, Plan
from keepwell.model.resource import Observation, Resource
from keepwell.model.verdict import Finding

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def resource(address: str, *, is_ours: bool = True, id_: str = "", **fields: Any) -> Resource:
    vendor, kind, key = address.split(" ", 2)
    return Resource(vendor=vendor, kind=kind, key=key, fields=fields, is_ours=is_ours, id=id_)


def observed(
    *resources: Resource,
    vendor: str = "cloudflare",
    fixed: Mapping[str, str] | None = None,
    uncompared: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    taken_at: datetime = NOON,
) -> Observation:
    return Observation(
        vendor=vendor,
        resources=resources,
        fixed=fixed or {},
        uncompared=uncompared,
        findings=findings,
        calls=len(resources),
        taken_at=taken_at,
    )


def change(
    address: str,
    action: Action = Action.UPDATE,
    *,
    before: Mapping[str, Any] | None = None,
    **after: Any,
) -> Change:
    if before is None:
        before = dict.fromkeys(after, "old") if action is Action.UPDATE else {}
    return Change(action=action, resource=resource(address, **after), before=before, after=after)


def plan(*changes: Change, observations: Sequence[Observation] = ()) -> Plan:
    batches = [
        Batch(vendor=each.resource.vendor, kind=each.resource.kind, changes=[each])
        for each in changes
    ]
    return Plan(batches=batches, observations=observations, digest=digest(changes, where=()))
