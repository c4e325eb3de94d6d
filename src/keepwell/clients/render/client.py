"""Observes and changes one workspace at Render.

Render makes services from render.yaml by itself, when the file is pushed; what it does not make, or
leaves as it is, is changed here. What only a sync can make is waited for. Nothing is deleted.
Source: https://render.com/docs/infrastructure-as-code (read 2026-11).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from keepwell.clients.base import Api, segment
from keepwell.clients.render import reading, writing
from keepwell.clients.render.workspace import Body, Held, Workspace
from keepwell.clock import Clock
from keepwell.decisions.blueprint_sync import Sync, judge_sync
from keepwell.decisions.diff import RENDER_SYNC
from keepwell.errors import CouldNotTell
from keepwell.model.plan import Action, Batch, Change
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import Lookup
from keepwell.model.verdict import Finding

SYNCED_WITHIN_S = 600.0
VERIFIED_WITHIN_S = 900.0
_ASK_EVERY_S = 10.0

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

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._api.calls

    def close(self) -> None:
        """Gives back the connections."""
        self._api.close()

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
            fixed=_immovable(desired, found),
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
        held = self._workspace.fetch(
            services=[each.key for each in self._desired if each.kind == "service"],
            groups=[each.key for each in self._desired if each.kind == "env-group"],
        )
        self._ids = _ids(held)
        return held

    def _resources(self, held: Held) -> Iterator[Resource]:
        wanted = {
            each.address: each.fields["value"]
            for each in self._desired
            if each.kind in ("env-var", "env-group-var")
        }
        yield from (reading.key_value(each) for each in held.stores if self._is_declared(each))
        for service in filter(self._is_declared, held.services):
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
            yield reading.group(group)
            yield from self._variables(group.get("envVars") or (), "env-group-var", group, wanted)
        name, ranges = held.outbound
        if ranges:
            yield Resource(
                vendor=self.name,
                kind="outbound-ips",
                key=name,
                fields={"cidrs": list(ranges)},
                is_ours=False,
            )

    def _variables(
        self, rows: Sequence[Body], kind: str, holder: Body, wanted: Mapping[str, str]
    ) -> Iterator[Resource]:
        return reading.variables(rows, kind=kind, holder=holder, wanted=wanted, lookup=self._lookup)

    def _is_declared(self, body: Body) -> bool:
        names = {each.key for each in self._desired if each.kind in ("service", "key-value")}
        return body["name"] in names

    def _findings(self, held: Held) -> Iterator[Finding]:
        declared = [each for each in held.services if self._is_declared(each)]
        for service in declared:
            yield from reading.suspension(service)
        present = {each["name"] for each in (*declared, *held.stores)}
        wanted = {each.key for each in self._desired if each.kind in ("service", "key-value")}
        for each in held.blueprints:
            sync = Sync(
                blueprint=each.get("name", ""),
                status=each.get("status", ""),
                is_automatic=each.get("autoSync", True),
                state="success" if each.get("status") == "in_sync" else "",
            )
            yield from judge_sync(sync, missing=wanted - present)

    def _await(self, change: Change) -> None:
        """Returns once all that a change needs is there; Render's sync makes it, or does not."""
        if change.by != RENDER_SYNC and not self._lacks_holder(change):
            return
        deadline_s = self._clock.monotonic_s() + SYNCED_WITHIN_S
        while missing := self._missing(change, self._fetch()):
            if self._clock.monotonic_s() >= deadline_s:
                raise CouldNotTell(
                    f"{missing} is not there {SYNCED_WITHIN_S / 60:.0f} minutes after"
                    " Render's sync was due",
                    hint="push render.yaml to the branch that the Blueprint is linked to, and look"
                    " at the Blueprint's page; then run apply again",
                    see="https://render.com/docs/infrastructure-as-code",
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
        holder_id = self._ids.get(_holder(change), "")
        makers: Mapping[str, Callable[[], None]] = {
            "env-var": partial(
                writing.put_variable, self._api, change, holder_id=holder_id, value=value
            ),
            "env-group-var": partial(
                writing.put_variable, self._api, change, holder_id=holder_id, value=value
            ),
            "env-group": partial(self._put_group, change),
            "service": partial(writing.patch_service, self._api, change, service_id=holder_id),
            "key-value": partial(writing.patch_store, self._api, change, store_id=holder_id),
            "scaling": partial(writing.set_scaling, self._api, change, service_id=holder_id),
            "custom-domain": partial(writing.add_domain, self._api, change, service_id=holder_id),
            "subdomain-policy": partial(
                writing.set_subdomain_policy, self._api, change, service_id=holder_id
            ),
        }
        makers[change.resource.kind]()

    def _put_group(self, change: Change) -> None:
        linked = {
            name: self._ids["service", name]
            for name in change.resource.fields["services"]
            if ("service", name) in self._ids
        }
        if change.action is Action.CREATE:
            owner_id = self._workspace.owner()
            writing.make_group(self._api, change, owner_id=owner_id, linked=linked)
            self._fetch()
            return
        for service_id in linked.values():
            writing.link_group(self._api, group_id=change.id, service_id=service_id)

    def _domain_paths(self, hosts: Sequence[str]) -> Iterator[str]:
        for name, domains in self._fetch().domains.items():
            for each in domains:
                if each["name"] in hosts and each.get("verificationStatus") != "verified":
                    service = segment(self._ids["service", name])
                    yield f"/services/{service}/custom-domains/{segment(each['name'])}"

    def _unverified(self, hosts: Sequence[str]) -> list[str]:
        held = self._fetch()
        verified = {
            each["name"]
            for domains in held.domains.values()
            for each in domains
            if each.get("verificationStatus") == "verified"
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


def _immovable(desired: Sequence[Resource], found: Sequence[Resource]) -> dict[str, str]:
    """Services and stores that stand in another region, or are of another type, than declared."""
    regions = {each.address: each.fields for each in found if each.kind in ("service", "key-value")}
    return {
        each.address: "Render cannot change it; a service of another name would have to be made"
        for each in desired
        if each.address in regions
        for name in ("region", "type")
        if name in each.fields and each.fields[name] != regions[each.address].get(name)
    }
