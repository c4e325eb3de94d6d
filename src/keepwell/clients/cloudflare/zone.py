"""The zone that everything else hangs on: its id, its plan, whether Cloudflare serves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keepwell.clients.base import Api, CallError
from keepwell.clients.cloudflare.objection import codes_in, result
from keepwell.clients.cloudflare.terms import TERMS
from keepwell.errors import ApiError
from keepwell.model.verdict import Finding, Status

_WRONG_TOKEN = frozenset({6003, 6111, 9109})
"""Codes of a token that is cut short, wrong or expired: the status is 400 or 403, not 401.

Source: https://github.com/jeessy2/ddns-go/issues/916 (read 2026-11).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone. `plan` is Cloudflare's own word ("free"), "unknown" where it does not tell."""

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
    listed = _listed(api, name=name)
    rows = [row for row in listed or () if row.get("name") == name]
    if not rows:
        raise ApiError(
            f"cloudflare shows this token no zone {name!r}",
            hint="check the zone's name in stack.yaml, and that CLOUDFLARE_API_TOKEN has "
            f"Zone: Read for {name}",
            see=TERMS.see,
        )
    return _zone(min(rows, key=lambda row: row.get("status") != "active"))


def _listed(api: Api, *, name: str) -> Any:
    try:
        answer = api.get("/zones", params={"name": name})
    except CallError as error:
        if codes_in(error.body) & _WRONG_TOKEN:
            error.hint = (
                f"{TERMS.token_name} is wrong or has expired; make a new one at {TERMS.token_url}"
            )
        raise
    return result(answer.json, "to list the zones")


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
        plan=str((row.get("plan") or {}).get("legacy_id") or "unknown"),
        status=str(row.get("status") or ""),
        is_paused=bool(row.get("paused")),
        account_id=str((row.get("account") or {}).get("id") or ""),
    )
