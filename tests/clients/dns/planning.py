"""From wanted records to a batch, as `plan` does it."""

from typing import Any

from keepwell.clients.dns import Dns
from keepwell.decisions.desired_dns import AUTO
from keepwell.decisions.diff import diff
from keepwell.model.plan import Batch
from keepwell.model.resource import Resource
from tests.clients.dns.zone_double import MARK, ZoneDouble


def record(key: str, *values: str, **fields: Any) -> Resource:
    wanted = {"values": sorted(values), "ttl": AUTO, "proxied": False, "comment": MARK}
    return Resource(vendor="dns", kind="record", key=key, fields={**wanted, **fields})


def plan(dns: Dns, *desired: Resource) -> Batch:
    changes = diff(desired, [dns.observe(desired)]).changes
    return Batch(vendor="dns", kind="record", changes=changes)


def converge(double: ZoneDouble, *desired: Resource) -> None:
    """Plans and applies; a second plan, by another client, has nothing left to do."""
    dns = double.client()
    dns.apply(plan(dns, *desired))
    assert plan(double.client(), *desired).changes == []
