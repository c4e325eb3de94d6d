"""Sends changed rules, a phase at a time, and only onto what was observed.

Cloudflare takes no condition with a PUT: the version is read again right before it, and what came
between that and the PUT is found by the version that the PUT made.
Source: https://developers.cloudflare.com/ruleset-engine/rulesets-api/ (read 2026-11).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from keepwell.clients.cloudflare.objection import (
    is_refusal,
    objections,
    secrets_in,
    unquoted,
)
from keepwell.clients.cloudflare.phase import Phase, merged
from keepwell.clients.cloudflare.rulesets import Rulesets
from keepwell.errors import Refused, UsageError
from keepwell.model.plan import Change
from keepwell.model.secret import Lookup, names_in
from keepwell.model.verdict import Finding, Status

_AUDIT = "look at Cloudflare's audit log for who changed them, and plan again"


class Writer:
    """Writes phases of one zone. `order` holds the position of each desired rule, by phase, ref."""

    def __init__(
        self, rulesets: Rulesets, *, order: Mapping[str, Mapping[str, int]], lookup: Lookup
    ) -> None:
        self._rulesets = rulesets
        self._order = order
        self._lookup = lookup

    def write(self, seen: Phase, changes: Sequence[Change]) -> Phase:
        """Makes the changes and answers what stands in the phase then.

        Args:
            seen: the phase as it was observed.
            changes: those of the phase, and no others.

        Raises:
            UsageError: a secret is not at hand; nothing was sent.
            Refused: somebody else changed the phase.
            ApiError: Cloudflare refuses the rules, or did not answer.
        """
        self._require(changes)
        now = self._rulesets.fetch(seen.name)
        if (now.id, now.version) != (seen.id, seen.version):
            raise Refused(
                f"somebody changed the rules of {seen.name} since the plan: version "
                f"{now.version or 'none'}, not {seen.version or 'none'}; nothing was sent",
                hint=_AUDIT,
            )
        rules = self._merged(now, changes)
        secrets = secrets_in(changes, now.rules, lookup=self._lookup)
        with unquoted(secrets):
            after = self._rulesets.replace(now.name, rules, secrets=secrets)
        self._require_ours_alone(now, after)
        return after

    def check(self, seen: Phase, changes: Sequence[Change]) -> Finding:
        """Whether Cloudflare would take the changes; asks it, and changes nothing."""
        missing = self._missing(changes)
        if missing:
            return _finding(seen, Status.WARN, f"not asked, for want of {', '.join(missing)}")
        rules = self._merged(seen, changes)
        secrets = secrets_in(changes, seen.rules, lookup=self._lookup)
        with unquoted(secrets):
            answer = self._rulesets.rehearse(seen.name, rules)
        if answer.status == 403:
            return _finding(seen, Status.PASS, "not asked: the token may only read")
        if is_refusal(answer.json):
            told = "; ".join(objections(answer.json, rules=rules, secrets=secrets))
            return _finding(seen, Status.FAIL, f"Cloudflare would refuse the rules: {told}")
        if answer.json.get("result"):
            return _finding(seen, Status.FAIL, "Cloudflare saved the rules, though only asked")
        return _finding(seen, Status.PASS, "Cloudflare would take the rules")

    def _merged(self, phase: Phase, changes: Sequence[Change]) -> list[dict[str, Any]]:
        order = self._order.get(phase.name, {})
        return merged(phase.rules, changes, order=order, lookup=self._lookup)

    def _require(self, changes: Sequence[Change]) -> None:
        missing = self._missing(changes)
        if missing:
            raise UsageError(
                f"{', '.join(missing)} is not set, and a rule needs it; nothing was sent",
                hint=f"set the variable {missing[0]}",
            )

    def _missing(self, changes: Sequence[Change]) -> list[str]:
        names = names_in([dict(change.resource.fields) for change in changes])
        return sorted(name for name in names if self._lookup(name) is None)

    def _require_ours_alone(self, before: Phase, after: Phase) -> None:
        """Finds another's write between our last look and our own.

        A second write of ours, where the answer to the first was lost, left the same rules, and
        a phase that is new may begin with a version without any.
        """
        for version in _between(before.version, after.version):
            theirs = self._rulesets.fetch_version(before.name, str(version))
            if _gist(theirs) not in (_gist(before), _gist(after)):
                raise Refused(
                    f"somebody changed the rules of {before.name} while ours were sent: version "
                    f"{version} was replaced by ours, {after.version}",
                    hint=f"compare with version {version} in Cloudflare, and plan again",
                )


def _between(before: str, after: str) -> range:
    if not after.isdecimal() or not (before or "0").isdecimal():
        return range(0)
    return range(int(before or "0") + 1, int(after))


def _gist(phase: Phase) -> list[tuple[Any, ...]]:
    names = ("ref", "expression", "action", "action_parameters", "ratelimit", "enabled")
    return [tuple(rule.get(name) for name in names) for rule in phase.rules]


def _finding(phase: Phase, status: Status, message: str) -> Finding:
    return Finding(
        rule="cloudflare-takes-rules",
        status=status,
        message=f"{phase.name}: {message}",
        path=phase.name,
    )
