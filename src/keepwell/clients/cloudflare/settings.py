"""The settings of a zone: all in one call, and those that it leaves out one by one.

Source: https://developers.cloudflare.com/api/resources/zones/subresources/settings/ (read 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from keepwell.clients.base import Api, at_once, segment
from keepwell.clients.cloudflare.comparing import as_wanted
from keepwell.clients.cloudflare.objection import result
from keepwell.clients.cloudflare.zone import Zone
from keepwell.model.plan import Change
from keepwell.model.resource import Resource
from keepwell.model.secret import Lookup

Row = Mapping[str, Any]
"""One setting as Cloudflare tells it: id, value, editable."""

_ON = ("on", "zrt")
"""TLS 1.3 reads back as `zrt` while 0-RTT is on: it is on all the same."""

_NO_SUCH = (400, 404, 405)


class Settings:
    """The settings of one zone."""

    def __init__(self, api: Api, *, zone: Zone) -> None:
        self._api = api
        self._path = f"{zone.path}/settings"

    def fetch(self, names: Sequence[str]) -> dict[str, Row]:
        """The settings of these names; a name that the zone does not know is left out."""
        if not names:
            return {}
        answer = self._api.get(self._path, expect=(200, 404, 405))
        listed = result(answer.json, "to list the settings") if answer.status == 200 else ()
        rows: dict[str, Row] = {row["id"]: row for row in listed or ()}
        missing = [name for name in names if name not in rows]
        found = at_once(*(partial(self._fetch_one, name) for name in missing))
        return rows | {name: row for name, row in zip(missing, found, strict=True) if row}

    def change(self, change: Change) -> None:
        """Sets one setting. Of an object the keys that are not desired stay as they are.

        Raises:
            ApiError: Cloudflare refuses the value.
        """
        name, value = change.resource.key, change.resource.fields["value"]
        if isinstance(value, Mapping):
            value = _overlaid((self._fetch_one(name) or {}).get("value"), value)
        answer = self._api.patch(
            self._setting(name), json={"value": value}, is_idempotent=True, expect=(200, 400)
        )
        result(answer.json, f"the setting {name}")

    def _fetch_one(self, name: str) -> Row | None:
        answer = self._api.get(self._setting(name), expect=(200, *_NO_SUCH))
        if answer.status in _NO_SUCH:
            return None
        row: Row | None = result(answer.json, f"to show the setting {name}")
        return row

    def _setting(self, name: str) -> str:
        return f"{self._path}/{segment(name)}"


def resources(
    wanted: Sequence[Resource], rows: Mapping[str, Row], *, lookup: Lookup
) -> Iterator[Resource]:
    """The settings that the zone has, those that are wanted spelled as they are wanted.

    The others are told too: a stored observation is compared with a stack that wants more.
    """
    by_name = {each.key: each for each in wanted}
    for name, row in rows.items():
        value = row.get("value")
        if name in by_name:
            value = _value(by_name[name], value, lookup=lookup)
        yield Resource(
            vendor="cloudflare", kind="setting", key=name, fields={"value": value}, is_ours=False
        )


def fixed(
    wanted: Sequence[Resource], rows: Mapping[str, Row], *, plan: str
) -> Iterator[tuple[str, str]]:
    """Which settings cannot be changed, by address, and why: those that are wanted, and others."""
    for each in wanted:
        if each.key not in rows:
            yield each.address, "the zone has no such setting"
    for name, row in rows.items():
        if row.get("editable") is False:
            yield f"cloudflare setting {name}", f"not available on the plan {plan}"


def _value(wanted: Resource, actual: Any, *, lookup: Lookup) -> Any:
    value = wanted.fields["value"]
    if wanted.key == "tls_1_3" and value in _ON and actual in _ON:
        return value
    return as_wanted(value, actual, lookup=lookup)


def _overlaid(standing: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    base = standing if isinstance(standing, Mapping) else {}
    return {
        **base,
        **{
            name: _overlaid(base.get(name), value) if isinstance(value, Mapping) else value
            for name, value in wanted.items()
        },
    }
