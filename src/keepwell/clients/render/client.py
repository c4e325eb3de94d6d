"""Observes and changes one workspace at Render.

Render makes services from render.yaml by itself, when the file is pushed; what it does not make, or
leaves as it is, is changed here. What only a sync can make is waited for. Nothing is deleted.
Source: https://render.com/docs/blueprint-spec (read 2026-11).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from keepwell.clients.base import Api, segment
from keepwell.clients.render import blueprints, reading, writing
from keepwell.clients.render.deploys import Deploys
from keepwell.clients.render.instances import Instances
from keepwell.clients.render.workspace import Body, Held, Workspace
from keepwell.clock import Clock
from keepwell.decisions.blueprint_sync import judge_sync
from keepwell.decisions.diff import RENDER_SYNC
from keepwell.errors import CouldNotTell
from keepwell.model.plan import Action, Batch, Change
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import Lookup
from keepwell.model.verdict import Finding

SYNCED_WITHIN_S = 600.0
VERIFIED_WITHIN_S = 900.0
_ASK_EVERY_S = 10.0

_WRITERS: Mapping[str, Callable[[Api, Change, str], None]] = {
    "service": writing.patch_service,
    "key-value": writing.patch_store,
    "scaling": writing.set_scaling,
    "custom-domain": writing.add_domain,
    "subdomain-policy": writing.set_subdomain_policy,
}

Ids = Mapping[tuple[str, str], str]
"""(kind, name) -> Render's id, of services, groups and stores."""


class Render:
    """The workspace of `owner_id`; without it, the only one that the key reaches."""

    name = "render"

    def __init__(self, api: Api, *, clock: Clock, lookup: Lookup, owner_id: str = "") -> None:
        self._api = api
        self._clock = clock
        self._lookup = lookup
        self._workspace = Workspace(api, owner_id=owner_id)
        self._desired: Sequence[Resource] = ()
        self._ids: Ids = {}
        self._held = Held()

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._api.calls

    def close(self) -> None:
        """Gives back the connections."""
        self._api.close()

    def deploys(self, service_id: str) -> Deploys:
        """The deploys of a service, by Render's id of it."""
        return Deploys(self._api, clock=self._clock, service_id=service_id)

    def instances(self, service: str) -> Instances:
        """The instances of a service, by its name."""
        return Instances(self._api, clock=self._clock, workspace=self._workspace, name=service)

    def validate(self, text: str) -> tuple[str, ...]:
        """What Render finds wrong in a Blueprint; nothing where it is valid."""
        return blueprints.validate(self._api, text, owner_id=self._workspace.owner())

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """What the workspace has of what is declared, and from where its services call.

        Raises:
            UsageError: the key reaches several workspaces.
            ApiError: a call gave no answer that can be used.
        """
        before, taken_at = self._api.calls, self._clock.now()
        self._desired = desired
        held = self._fetch()
        found = list(self._resources(held))
        return Observation(
            vendor=self.name,
            resources=found,
            fixed=reading.immovable(desired, found),
            uncompared=reading.uncompared(found, lookup=self._lookup),
            findings=tuple(self._findings(held)),
            calls=self._api.calls - before,
            taken_at=taken_at,
        )

    def apply(self, batch: Batch) -> None:
        """Makes the changes of one batch; for what Render's sync makes, waits until it is there.

        Raises:
            UsageError: a secret is not at hand; nothing of the batch was sent.
            Refused: what differs cannot be changed, only made anew.
            CouldNotTell: Render's sync did not make it in time.
            ApiError: a call gave no answer that can be used.
        """
        values = {
            change.address: writing.value_of(change, lookup=self._lookup)
            for change in batch.changes
            if batch.kind in ("env-var", "env-group-var") and change.by != RENDER_SYNC
        }
        for change in batch.changes:
            self._await(change)
            if change.by != RENDER_SYNC:
                self._send(change, value=values.get(change.address, ""))

    def await_verified(self, hosts: Sequence[str]) -> None:
        """Waits until Render has verified every host, and asks it to look once.

        Raises:
            CouldNotTell: it has not, in time.
        """
        for path in self._domain_paths(hosts):
            self._api.post(f"{path}/verify", expect=(200, 202), is_idempotent=True)
        deadline_s = self._clock.monotonic_s() + VERIFIED_WITHIN_S
        while waiting := self._unverified(hosts):
            if self._clock.monotonic_s() >= deadline_s:
                raise CouldNotTell(
                    f"Render has not verified {', '.join(waiting)}"
                    f" in {VERIFIED_WITHIN_S / 60:.0f} minutes",
                    hint="look whether the name resolves to the service's onrender.com name,"
                    " unproxied and without AAAA; then run apply again",
                    see="https://render.com/docs/configure-cloudflare-dns",
                )
            self._clock.sleep(_ASK_EVERY_S)

    def _fetch(self) -> Held:
        self._held = self._workspace.fetch(
            services=[each.key for each in self._desired if each.kind == "service"],
            groups=[each.key for each in self._desired if each.kind == "env-group"],
        )
        self._ids = _ids(self._held)
        return self._held

    def _resources(self, held: Held) -> Iterator[Resource]:
        wanted = {
            each.address: each.fields["value"]
            for each in self._desired
            if each.kind in ("env-var", "env-group-var")
        }
        stores = self._names("key-value")
        yield from (reading.key_value(each) for each in held.stores if each["name"] in stores)
        for service in held.services:
            yield reading.service(service)
            if scaling := reading.scaling(service):
                yield scaling
            if service.get("type") in ("web_service", "static_site"):
                yield reading.subdomain_policy(service)
            domains = held.domains.get(service["name"], ())
            yield from (reading.domain(each, service=service) for each in domains)
            rows = held.variables.get(service["name"], ())
            yield from self._variables(rows, "env-var", service, wanted)
        for group in held.groups:
            yield reading.group(group, declared=self._names("service"))
            yield from self._variables(group.get("envVars") or (), "env-group-var", group, wanted)
        yield from (reading.outbound(name, ranges) for name, ranges in held.outbound.items())

    def _variables(
        self, rows: Sequence[Body], kind: str, holder: Body, wanted: Mapping[str, str]
    ) -> Iterator[Resource]:
        return reading.variables(rows, kind=kind, holder=holder, wanted=wanted, lookup=self._lookup)

    def _names(self, *kinds: str) -> set[str]:
        return {each.key for each in self._desired if each.kind in kinds}

    def _findings(self, held: Held) -> Iterator[Finding]:
        for service in held.services:
            yield from reading.suspension(service)
        standing = {each["name"] for each in (*held.services, *held.stores)}
        missing = self._names("service", "key-value") - standing
        for sync in held.syncs:
            yield from judge_sync(sync, missing=missing)

    def _await(self, change: Change) -> None:
        """Returns once all that a change needs is there; Render's sync makes it, or does not."""
        if change.by != RENDER_SYNC and not self._lacks_holder(change):
            return
        if not self._missing(change, self._held):  # an earlier change waited for the same sync
            return
        deadline_s = self._clock.monotonic_s() + SYNCED_WITHIN_S
        while missing := self._missing(change, self._fetch()):
            if self._clock.monotonic_s() >= deadline_s:
                raise CouldNotTell(
                    f"{missing} is not there {SYNCED_WITHIN_S / 60:.0f} minutes after"
                    " Render's sync was due",
                    hint="push render.yaml to the branch that the Blueprint is linked to, and look"
                    " at the Blueprint's page; then run apply again",
                    see="https://render.com/docs/blueprint-spec",
                )
            self._clock.sleep(_ASK_EVERY_S)

    def _missing(self, change: Change, held: Held) -> str:
        """What a change waits for; empty where all is there."""
        if change.by != RENDER_SYNC:
            return self._lacks_holder(change)
        found = {each.address for each in self._resources(held)}
        return "" if change.address in found else change.address

    def _lacks_holder(self, change: Change) -> str:
        """The service or group that a change is made at, where that is not there."""
        kind, name = _holder(change)
        is_there = (kind, name) in self._ids or change.resource.kind == "env-group"
        return "" if is_there else f"render {kind} {name}"

    def _send(self, change: Change, *, value: str) -> None:
        kind, at = change.resource.kind, self._ids.get(_holder(change), "")
        if kind in ("env-var", "env-group-var"):
            writing.put_variable(self._api, change, holder_id=at, value=value)
        elif kind == "env-group":
            self._put_group(change)
        else:
            _WRITERS[kind](self._api, change, at)

    def _put_group(self, change: Change) -> None:
        wanted = change.resource.fields["services"]
        ids = {name: id_ for (kind, name), id_ in self._ids.items() if kind == "service"}
        if change.action is Action.CREATE:
            linked = [ids[name] for name in wanted if name in ids]
            writing.make_group(
                self._api, change, owner_id=self._workspace.owner(), service_ids=linked
            )
            self._fetch()
            return
        before = change.before["services"]
        for name in sorted(ids.keys() & set(wanted) - set(before)):
            writing.link_group(self._api, group_id=change.id, service_id=ids[name])
        for name in sorted(ids.keys() & set(before) - set(wanted)):
            writing.unlink_group(self._api, group_id=change.id, service_id=ids[name])

    def _domain_paths(self, hosts: Sequence[str]) -> Iterator[str]:
        for name, domains in self._fetch().domains.items():
            for each in domains:
                if each["name"] in hosts and not reading.is_verified(each):
                    service = segment(self._ids["service", name])
                    yield f"/services/{service}/custom-domains/{segment(each['name'])}"

    def _unverified(self, hosts: Sequence[str]) -> list[str]:
        held = self._fetch()
        verified = {
            each["name"]
            for domains in held.domains.values()
            for each in domains
            if reading.is_verified(each)
        }
        return [host for host in hosts if host not in verified]


def _holder(change: Change) -> tuple[str, str]:
    """The kind and name of what a change is made at."""
    resource = change.resource
    if resource.kind in ("env-group", "env-group-var"):
        return "env-group", resource.key.partition("/")[0]
    if resource.kind == "key-value":
        return "key-value", resource.key
    return "service", resource.key.partition("/")[0]


def _ids(held: Held) -> dict[tuple[str, str], str]:
    lists: tuple[tuple[str, Sequence[Any]], ...] = (
        ("service", held.services),
        ("env-group", held.groups),
        ("key-value", held.stores),
    )
    return {(kind, each["name"]): each["id"] for kind, rows in lists for each in rows}
