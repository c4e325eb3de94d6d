"""In which order changes reach the vendors, and what is sent as one.

The order is explicit, across vendors: what a later step needs stands before it. A host is proxied
only after Render has verified it (its certificate is issued over the unproxied name), and networks
are restricted last, when everything that must pass is known.
Source: https://render.com/docs/configure-cloudflare-dns (read 2026-11).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from keepwell.model.plan import Action, Batch, Change

STAGES: Sequence[tuple[str, str]] = (
    ("supabase", "project"),
    ("supabase", "ssl-enforcement"),
    ("supabase", "auth"),
    ("supabase", "pooler"),
    ("supabase", "postgrest"),
    ("vault", "vault"),
    ("vault", "vault-secret"),
    ("supabase", "edge-secret"),
    ("supabase", "function"),
    ("render", "env-group"),
    ("render", "env-group-var"),
    ("render", "env-var"),
    ("render", "key-value"),
    ("render", "service"),
    ("render", "scaling"),
    ("render", "custom-domain"),
    ("cloudflare", "rule"),
    ("cloudflare", "setting"),
    ("cloudflare", "bots"),
    ("dns", "record"),
    ("dns", "proxied"),
    ("render", "subdomain-policy"),
    ("cron-job-org", "job"),
    ("supabase", "network-restrictions"),
)
"""Every kind of resource. `proxied` is no kind of its own: it is the second half of a record."""

_TOGETHER = {("cloudflare", "rule"), ("dns", "record"), ("dns", "proxied")}
"""Sent as one: a phase's rules by one PUT, a zone's records by one run of octoDNS."""


def order(
    changes: Sequence[Change], *, zone: str, unverified: Mapping[str, str]
) -> tuple[Batch, ...]:
    """The changes as batches, in the order in which they are to be sent.

    Args:
        changes: what `diff` found.
        zone: the name of the DNS zone, behind every record's name.
        unverified: hosts that Render has not verified, each with its service.

    Raises:
        ValueError: a change is of a kind that STAGES does not know.
    """
    staged = [
        (stage, change)
        for each in changes
        for stage, change in _split(each, zone=zone, unverified=unverified)
    ]
    first = {_batch_key(pair): place for place, pair in reversed(list(enumerate(staged)))}
    staged.sort(key=lambda pair: (_place(pair[0]), first[_batch_key(pair)]))
    return tuple(
        Batch(
            vendor=key[0][0],
            kind=members[0].resource.kind,
            changes=members,
            waits_for=_hosts(key[0], members, zone=zone, unverified=unverified),
        )
        for key, group in groupby(staged, key=_batch_key)
        if (members := [change for _, change in group])
    )


def _split(
    change: Change, *, zone: str, unverified: Collection[str]
) -> Iterator[tuple[tuple[str, str], Change]]:
    """A record that may not be proxied yet comes in two steps: without, and then only that."""
    resource = change.resource
    stage = (resource.vendor, resource.kind)
    is_early = change.after.get("proxied") is True and _host(change, zone=zone) in unverified
    if resource.kind != "record" or not is_early:
        yield stage, change
        return
    unproxied = replace(resource, fields={**resource.fields, "proxied": False})
    others = {name: value for name, value in change.after.items() if name != "proxied"}
    if change.action is Action.CREATE:
        yield stage, replace(change, resource=unproxied, after=unproxied.fields)
    elif others:
        before = {name: value for name, value in change.before.items() if name != "proxied"}
        yield stage, replace(change, resource=unproxied, before=before, after=others)
    yield (
        ("dns", "proxied"),
        replace(change, action=Action.UPDATE, before={"proxied": False}, after={"proxied": True}),
    )


def _place(stage: tuple[str, str]) -> int:
    if stage not in STAGES:
        raise ValueError(f"{' '.join(stage)} has no place in the order")
    return STAGES.index(stage)


def _batch_key(pair: tuple[tuple[str, str], Change]) -> tuple[tuple[str, str], str]:
    stage, change = pair
    if stage not in _TOGETHER:
        return stage, change.address
    return stage, change.resource.key.rpartition("/")[0] if stage[1] == "rule" else ""


def _hosts(
    stage: tuple[str, str],
    changes: Sequence[Change],
    *,
    zone: str,
    unverified: Mapping[str, str],
) -> tuple[str, ...]:
    if stage == ("dns", "proxied"):
        return tuple(_host(change, zone=zone) for change in changes)
    if stage == ("render", "subdomain-policy"):
        services = {change.resource.key for change in changes}
        return tuple(host for host, service in unverified.items() if service in services)
    return ()


def _host(change: Change, *, zone: str) -> str:
    name = change.resource.key.partition(" ")[2]
    return zone if name == "@" else f"{name}.{zone}"
