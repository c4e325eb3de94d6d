"""The zone that everything else hangs on: its id, its plan, whether Cloudflare serves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keepwell.clients.base import Api
from keepwell.clients.cloudflare.objection import result
from keepwell.errors import ApiError
from keepwell.model.verdict import Finding, Status

_SEE = "README.md#cloudflare-token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone. `plan` is Cloudflare's own word ("free"), empty where it does not tell."""

    id: str
    name: str
    plan: str
    status: str
    is_paused: bool
    account_id: str

    @property
    def path(self) -> str:
        """Begins the path of every call about the zone."""
        return f"/zones/{self.id}"


def fetch_zone(api: Api, *, name: str) -> Zone:
    """The zone of that name; where several accounts hold it, the active one.

    Raises:
        ApiError: no such zone is visible to the token, or the call failed.
    """
    answer = api.get("/zones", params={"name": name})
    listed = result(answer.json, "to list the zones")
    rows = [row for row in listed if row.get("name") == name]
    if not rows:
        raise ApiError(
            f"cloudflare shows this token no zone {name!r}",
            hint="check the zone's name in stack.yaml, and that CLOUDFLARE_API_TOKEN has "
            f"Zone: Read for {name}",
            see=_SEE,
        )
    return _zone(min(rows, key=lambda row: row.get("status") != "active"))


def survey_zone(zone: Zone) -> Iterator[Finding]:
    """What keeps the zone's configuration from having any effect."""
    if zone.status != "active":
        yield Finding(
            rule="zone-active",
            status=Status.WARN,
            message=f"the zone {zone.name} is {zone.status or 'in no known state'}: Cloudflare does"
            " not serve it yet",
            path=zone.name,
            hint="set Cloudflare's name servers at the registrar",
        )
    if zone.is_paused:
        yield Finding(
            rule="zone-active",
            status=Status.WARN,
            message=f"the zone {zone.name} is paused: only its DNS is served, no rule is in effect",
            path=zone.name,
            hint="resume the zone in Cloudflare's dashboard",
        )


def _zone(row: dict[str, Any]) -> Zone:
    return Zone(
        id=row["id"],
        name=row["name"],
        plan=str((row.get("plan") or {}).get("legacy_id") or ""),
        status=str(row.get("status") or ""),
        is_paused=bool(row.get("paused")),
        account_id=str((row.get("account") or {}).get("id") or ""),
    )
