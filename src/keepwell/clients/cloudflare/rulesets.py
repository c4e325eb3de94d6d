"""The calls about a zone's rules: read a phase, replace it, look at its old versions.

A phase is always written by PUT on its entrypoint: that makes one where there is none, while POST
is refused where there is (code 20217).
Source: https://developers.cloudflare.com/ruleset-engine/rulesets-api/ (read 2026-11).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from keepwell.clients.base import Answer, Api, segment
from keepwell.clients.cloudflare.objection import result
from keepwell.clients.cloudflare.phase import Phase
from keepwell.clients.cloudflare.zone import Zone

_REFUSED = (400, 409, 422)


class Rulesets:
    """The phases of one zone."""

    def __init__(self, api: Api, *, zone: Zone) -> None:
        self._api = api
        self._path = f"{zone.path}/rulesets/phases"

    def fetch(self, phase: str) -> Phase:
        """What stands in the phase; nothing where it has no entrypoint yet (404)."""
        answer = self._api.get(self._entrypoint(phase), expect=(200, 404))
        if answer.status == 404:
            return Phase(name=phase)
        return _phase(phase, result(answer.json, f"to show the rules of {phase}"))

    def replace(
        self, phase: str, rules: Sequence[Mapping[str, Any]], *, secrets: Collection[str]
    ) -> Phase:
        """Puts these rules in the place of all that stand in the phase.

        Raises:
            ApiError: Cloudflare refuses them; the message names the rule, and none of `secrets`.
        """
        answer = self._put(phase, rules, params=None, expect=(200, *_REFUSED))
        call = f"the rules of {phase}"
        row = result(answer.json, call, rules=rules, secrets=secrets)
        return _phase(phase, row or {"rules": rules})

    def rehearse(self, phase: str, rules: Sequence[Mapping[str, Any]]) -> Answer:
        """Asks whether Cloudflare would take these rules, and changes nothing.

        The answer's status may be 403: a token that may only read may not ask this either.
        Source: https://developers.cloudflare.com/ruleset-engine/rulesets-api/dry-run/
        (read 2026-11).
        """
        return self._put(phase, rules, params={"dry_run": "true"}, expect=(200, 403, *_REFUSED))

    def fetch_versions(self, phase: str) -> tuple[Mapping[str, Any], ...]:
        """The versions that the phase has had: `version`, `last_updated` and more of each."""
        answer = self._api.get(f"{self._entrypoint(phase)}/versions", expect=(200, 404))
        if answer.status == 404:
            return ()
        return tuple(result(answer.json, f"to list the versions of {phase}") or ())

    def fetch_version(self, phase: str, version: str) -> Phase:
        """What stood in the phase at that version."""
        answer = self._api.get(f"{self._entrypoint(phase)}/versions/{segment(version)}")
        return _phase(phase, result(answer.json, f"to show version {version} of {phase}"))

    def _put(
        self,
        phase: str,
        rules: Sequence[Mapping[str, Any]],
        *,
        params: Mapping[str, str] | None,
        expect: tuple[int, ...],
    ) -> Answer:
        body = {"rules": list(rules)}
        return self._api.put(self._entrypoint(phase), json=body, params=params, expect=expect)

    def _entrypoint(self, phase: str) -> str:
        return f"{self._path}/{segment(phase)}/entrypoint"


def _phase(name: str, row: Mapping[str, Any]) -> Phase:
    return Phase(
        name=name,
        id=str(row.get("id", "")),
        version=str(row.get("version", "")),
        rules=row.get("rules") or (),
    )
