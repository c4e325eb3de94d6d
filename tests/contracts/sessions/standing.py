"""What all sessions share: the stack's documents, secrets, a clock, and bringing a vendor to them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from keepwell.clients.base import Api, Terms
from keepwell.clock import ManualClock
from keepwell.decisions.diff import diff
from keepwell.decisions.order import order
from keepwell.errors import KeepwellError
from keepwell.model.document import Document
from keepwell.model.plan import Action, Batch, Change
from keepwell.model.resource import Observation, Resource
from keepwell.rehearsal.simulators.base import Desk, Exchange, Fault
from keepwell.stackfile import load
from keepwell.templating import generate
from tests.worlds import NOON

ROOT = Path(__file__).parents[3]
ZONE = "livestreamsell.example"


class Vendor(Protocol):
    """A client, as sessions use it."""

    def observe(self, desired: Sequence[Resource]) -> Observation: ...
    def apply(self, batch: Batch) -> None: ...


def lookup(name: str) -> str | None:
    """Every secret is at hand."""
    return f"value-of-{name}"


def a_clock() -> ManualClock:
    """Waiting takes no time."""
    return ManualClock(NOON)


@cache
def documents() -> tuple[Document, ...]:
    """What the stack of LiveStreamSell generates."""
    return tuple(generate(load(ROOT / "stack.yaml").stack))


def api(terms: Terms, *, url: str, token: str, clock: ManualClock) -> Api:
    """Calls to a stand-in."""
    return Api(terms, token=token, clock=clock, base_url=url)


def converge(vendor: Vendor, desired: Sequence[Resource]) -> list[Change]:
    """Changes a vendor to what is desired; answers what differs after that."""
    for batch in _batches(vendor, desired):
        vendor.apply(batch)
    return [change for batch in _batches(vendor, desired) for change in batch.changes]


def _batches(vendor: Vendor, desired: Sequence[Resource]) -> Sequence[Batch]:
    seen = vendor.observe(desired)
    return order(diff(desired, [seen]).changes, zone=ZONE, unverified={})


def remove(vendor: Vendor, desired: Sequence[Resource], *, key: str) -> None:
    """Deletes what is there under a key."""
    seen = vendor.observe(desired)
    gone = next(each for each in seen.resources if each.key == key)
    change = Change(
        action=Action.DELETE, resource=gone, before=dict(gone.fields), after={}, id=gone.id
    )
    vendor.apply(Batch(vendor=gone.vendor, kind=gone.kind, changes=[change]))


def changed(desired: Sequence[Resource], key: str, **fields: Any) -> list[Resource]:
    """The same, but for some fields of one."""
    assert key in {each.key for each in desired}
    return [
        replace(each, fields={**each.fields, **fields}) if each.key == key else each
        for each in desired
    ]


def refused(desk: Desk, *statuses: int, call: Callable[[], Any]) -> None:
    """Makes a call meet each status, every time that it is tried."""
    for status in statuses:
        desk.plan_fault(Fault(what="status", status=status, times=100))
        with suppress(KeepwellError):
            call()
        desk.clear_faults()


def kept(desk: Desk) -> list[Exchange]:
    """What went over the wire."""
    return list(desk.journal)
