"""Bot management of a zone, whose keys depend on the zone's plan.

Source: https://developers.cloudflare.com/api/resources/bot_management/ (read 2026-11).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from keepwell.clients.base import Api
from keepwell.clients.cloudflare.objection import result
from keepwell.clients.cloudflare.zone import Zone
from keepwell.model.plan import Change
from keepwell.model.resource import Resource
from keepwell.model.verdict import Finding, Status


class Bots:
    """Bot management of one zone."""

    def __init__(self, api: Api, *, zone: Zone) -> None:
        self._api = api
        self._path = f"{zone.path}/bot_management"

    def fetch(self) -> Mapping[str, Any]:
        """What is set, by key; a key that the zone's plan does not have is not there."""
        row = result(self._api.get(self._path).json, "to show bot management")
        return dict(row or {})

    def change(self, change: Change) -> None:
        """Sets the keys that differ and leaves the others out of the call.

        Raises:
            ApiError: Cloudflare refuses a value.
        """
        answer = self._api.put(self._path, json=dict(change.after), expect=(200, 400))
        result(answer.json, "the keys of bot management")


def resource(wanted: Resource, row: Mapping[str, Any]) -> Resource:
    """What is set.

    A wanted key that the plan does not have counts as set, so that nobody tries to set it: `survey`
    says so.
    """
    return replace(wanted, fields={**wanted.fields, **row})


def survey(wanted: Resource, row: Mapping[str, Any], *, plan: str) -> Iterator[Finding]:
    """Which of the wanted keys the zone does not have."""
    missing = [name for name in wanted.fields if name not in row]
    if missing:
        yield Finding(
            rule="bots-of-plan",
            status=Status.WARN,
            message=f"bot management of the plan {plan} has no {', '.join(missing)}: left alone",
            path=wanted.address,
            hint="declare what the plan has, or take the plan that has it",
            see="https://developers.cloudflare.com/bots/plans/",
        )
