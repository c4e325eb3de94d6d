"""Plans and applies against a client, as the commands do, but for what they ask of people."""

from collections.abc import Sequence
from dataclasses import replace

from keepwell.clients.cloudflare import Cloudflare
from keepwell.decisions.diff import diff
from keepwell.decisions.order import order
from keepwell.model.plan import Batch, Change
from keepwell.model.resource import Observation, Resource


def changes_in(desired: Sequence[Resource], seen: Observation) -> Sequence[Change]:
    return diff(desired, [seen]).changes


def batches(client: Cloudflare, desired: Sequence[Resource]) -> tuple[Batch, ...]:
    return order(changes(client, desired), zone="livestreamsell.example", unverified={})


def changes(client: Cloudflare, desired: Sequence[Resource]) -> Sequence[Change]:
    return changes_in(desired, client.observe(desired))


def one_by_one(pending: Sequence[Batch]) -> list[Batch]:
    """The same changes, each as a batch of its own."""
    return [replace(batch, changes=[change]) for batch in pending for change in batch.changes]


def apply_all(client: Cloudflare, desired: Sequence[Resource]) -> Sequence[Change]:
    """Applies, and answers what a second plan would change."""
    for batch in batches(client, desired):
        client.apply(batch)
    return changes_in(desired, client.observe(desired))
