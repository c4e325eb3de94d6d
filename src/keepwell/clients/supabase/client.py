"""Observes and changes one project through the Management API.

The CLI is not used: without a terminal its `config push` agrees to everything. What the API does
not give (the Vault) is `clients.vault`'s business.
Source: https://api.supabase.com/api/v1 (read 2026-11).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from keepwell.clients.base import Api, at_once, resolved, segment
from keepwell.clients.supabase import reading
from keepwell.clock import Clock
from keepwell.errors import CouldNotTell, Refused
from keepwell.model.plan import Action, Batch, Change
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import Lookup
from keepwell.model.verdict import Finding

WAKES_WITHIN_S = 900.0
_ASK_EVERY_S = 10.0
_ENTRYPOINT = "index.ts"


class Supabase:
    """One project. `folder` holds `functions/SLUG/index.ts`, for functions that are not there."""

    name = "supabase"

    def __init__(
        self,
        api: Api,
        *,
        clock: Clock,
        lookup: Lookup,
        project: str,
        folder: Path | None = None,
    ) -> None:
        self._api = api
        self._clock = clock
        self._lookup = lookup
        self._project = project
        self._folder = folder
        self._at = f"/v1/projects/{segment(project)}"

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._api.calls

    def close(self) -> None:
        """Gives back the connections."""
        self._api.close()

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """What the project has now: whether it is awake first, the rest at once.

        Raises:
            ApiError: a call gave no answer that can be used.
        """
        before = self._api.calls
        taken_at = self._clock.now()
        project = reading.project(self._api.get(self._at).json, key=self._project)
        status = project.fields["status"]
        found: list[Resource] = [project]
        findings = [*reading.state(status)]
        fixed = self._fixed_region(project, desired)
        if status == reading.AWAKE:
            rest, more_fixed, unhealthy = self._read(desired)
            found += rest
            fixed |= more_fixed
            findings += unhealthy
        else:
            fixed |= _asleep(desired)
        present = {each.key for each in found if each.kind == "edge-secret"}
        return Observation(
            vendor=self.name,
            resources=found,
            fixed=fixed,
            uncompared=[
                each.key for each in desired if each.kind == "edge-secret" and each.key in present
            ],
            findings=findings,
            calls=self._api.calls - before,
            taken_at=taken_at,
        )

    def apply(self, batch: Batch) -> None:
        """Makes the changes of one batch.

        Raises:
            UsageError: a secret is not at hand; nothing of the batch was sent.
            Refused: a function is to be deployed, and its source is not there.
            CouldNotTell: the project did not wake in time.
            ApiError: a call gave no answer that can be used.
        """
        for change in batch.changes:
            self._makers()[batch.kind](change)

    def _makers(self) -> Mapping[str, Callable[[Change], None]]:
        return {
            "project": self._wake,
            "ssl-enforcement": self._enforce_ssl,
            "auth": partial(self._patch, "config/auth"),
            "pooler": partial(self._patch, "config/database/pooler"),
            "postgrest": partial(self._patch, "postgrest"),
            "edge-secret": self._put_secret,
            "function": self._put_function,
            "network-restrictions": self._restrict,
        }

    def _read(
        self, desired: Sequence[Resource]
    ) -> tuple[list[Resource], dict[str, str], list[Finding]]:
        wanted = {each.kind: each for each in desired}
        of_data_api = ("postgrest",) if "postgrest" in wanted else ()
        ssl, networks, auth, pooler, functions, secrets, *data_api, health = at_once(
            *(
                partial(self._body, path)
                for path in (
                    "ssl-enforcement",
                    "network-restrictions",
                    "config/auth",
                    "config/database/pooler",
                    "functions",
                    "secrets",
                    *of_data_api,
                )
            ),
            self._health,
        )
        restrictions = reading.restrictions(networks)
        found = [
            reading.ssl_enforcement(ssl),
            reading.chosen("auth", auth, wanted=wanted.get("auth")),
            reading.pooler(pooler),
            *reading.functions(functions),
            *reading.edge_secrets(secrets),
            *(reading.postgrest(each) for each in data_api),
            restrictions,
        ]
        fixed = {}
        if networks.get("entitlement") == "disallowed":
            fixed[restrictions.address] = "network restrictions are not part of the project's plan"
        return found, fixed, list(reading.health(health))

    def _health(self) -> Any:
        params = {"services": ["auth", "db", "pooler", "rest"]}
        return self._api.get(f"{self._at}/health", params=params).json

    def _body(self, path: str) -> Any:
        return self._api.get(f"{self._at}/{path}").json

    def _fixed_region(self, project: Resource, desired: Sequence[Resource]) -> dict[str, str]:
        region = next(
            (each.fields.get("region") for each in desired if each.kind == "project"), None
        )
        if region is None or region == project.fields["region"]:
            return {}
        return {project.address: "a project stays in the region that it was made in"}

    def _wake(self, change: Change) -> None:
        """Restores a paused project and waits; one that is waking already is only waited for."""
        if self._status() == reading.PAUSED:
            self._api.post(f"{self._at}/restore", expect=(200, 201, 400))
        deadline_s = self._clock.monotonic_s() + WAKES_WITHIN_S
        while (status := self._status()) != reading.AWAKE:
            if self._clock.monotonic_s() >= deadline_s:
                raise CouldNotTell(
                    f"{change.address} is {status} after {WAKES_WITHIN_S / 60:.0f} minutes",
                    hint="look at the project's page; a restore sometimes ends where it began, "
                    "and may then be tried again",
                    see=f"https://supabase.com/dashboard/project/{self._project}",
                )
            self._clock.sleep(_ASK_EVERY_S)

    def _status(self) -> str:
        return str(self._api.get(self._at).json.get("status", "UNKNOWN"))

    def _enforce_ssl(self, change: Change) -> None:
        body = {"requestedConfig": {"database": change.after["enabled"]}}
        self._api.put(f"{self._at}/ssl-enforcement", json=body)

    def _patch(self, path: str, change: Change) -> None:
        self._api.patch(f"{self._at}/{path}", json=dict(change.after), is_idempotent=True)

    def _put_secret(self, change: Change) -> None:
        value = resolved(change, change.resource.fields["value"], lookup=self._lookup)
        body = [{"name": change.resource.key, "value": value}]
        self._api.post(f"{self._at}/secrets", json=body, is_idempotent=True)

    def _put_function(self, change: Change) -> None:
        slug = change.resource.key
        if change.action is Action.UPDATE:
            path = f"{self._at}/functions/{segment(slug)}"
            self._api.patch(path, json=dict(change.after), is_idempotent=True)
            return
        source = self._source(slug)
        metadata = {
            "name": slug,
            "entrypoint_path": _ENTRYPOINT,
            "verify_jwt": change.resource.fields["verify_jwt"],
        }
        self._api.post(
            f"{self._at}/functions/deploy",
            params={"slug": slug},
            files=[
                ("metadata", (None, json.dumps(metadata), "application/json")),
                ("file", (_ENTRYPOINT, source, "application/typescript")),
            ],
            is_idempotent=True,
        )

    def _source(self, slug: str) -> bytes:
        path = (self._folder or Path("supabase")) / "functions" / slug / _ENTRYPOINT
        try:
            return path.read_bytes()
        except OSError as error:
            raise Refused(
                f"the function {slug} is not deployed, and {path} cannot be read: {error.strerror}",
                hint=f"deploy it with `supabase functions deploy {slug}`, or put its source there",
            ) from error

    def _restrict(self, change: Change) -> None:
        """Replaces all ranges: what is not sent is no longer let in."""
        fields = change.resource.fields
        body = {"dbAllowedCidrs": fields["cidrs"], "dbAllowedCidrsV6": fields["cidrs_v6"]}
        self._api.post(f"{self._at}/network-restrictions/apply", json=body, is_idempotent=True)


def _asleep(desired: Sequence[Resource]) -> dict[str, str]:
    """What cannot be compared while the project sleeps."""
    return {
        each.address: "the project is not awake; plan again once it is"
        for each in desired
        if each.kind != "project"
    }
