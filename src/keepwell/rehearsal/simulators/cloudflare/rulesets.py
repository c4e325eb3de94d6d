"""Rulesets of a zone, one for each phase, with every version that they had.

Source: https://developers.cloudflare.com/ruleset-engine/rulesets-api (read 2026-11): a PUT replaces
all rules and makes a version; a rule with a known ref keeps its id; changing the order changes no
rule's version.
"""

import itertools
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.cloudflare.answering import Row, make_id, moment

_COMPUTED = ("id", "version", "last_updated", "categories")


@dataclass(kw_only=True)
class Ruleset:
    """The entry point of a phase; `versions` are whole answers, oldest first."""

    id: str
    phase: str
    versions: list[Row] = field(default_factory=list)

    @property
    def now(self) -> Row:
        """The newest version."""
        return self.versions[-1]

    @property
    def rules(self) -> list[Row]:
        """The rules of the newest version, in order."""
        rules: list[Row] = self.now["rules"]
        return rules


class Rulesets:
    """All rulesets of a zone by phase; a phase that nobody wrote to has none."""

    def __init__(self, *, clock: Clock, zone_id: str) -> None:
        self.by_phase: dict[str, Ruleset] = {}
        self._clock = clock
        self._zone_id = zone_id
        self._numbers = itertools.count(1)

    def put(self, phase: str, rules: Sequence[Row], *, description: str = "") -> Ruleset:
        """Replaces all rules of a phase, without judging them."""
        ruleset = self.by_phase.get(phase)
        if ruleset is None:
            ruleset = Ruleset(id=make_id(self._zone_id, phase, next(self._numbers)), phase=phase)
        before = ruleset.rules if ruleset.versions else []
        version = {
            "id": ruleset.id,
            "name": "default",
            "description": description,
            "kind": "zone",
            "version": str(len(ruleset.versions) + 1),
            "last_updated": moment(self._clock.now()),
            "phase": phase,
            "rules": [self._rule(rule, before) for rule in rules],
        }
        ruleset.versions.append(version)
        self.by_phase[phase] = ruleset
        return ruleset

    def by_id(self, id: str) -> Ruleset | None:  # noqa: A002 - Cloudflare's word
        """The ruleset of that id."""
        return next((each for each in self.by_phase.values() if each.id == id), None)

    def _rule(self, sent: Row, before: Sequence[Row]) -> Row:
        content = _content(sent)
        old = _known(sent, before)
        if old is None:
            new_id = make_id(self._zone_id, "rule", next(self._numbers))
            content = {"ref": new_id, **content}
            return self._stamped(content, id=new_id, version="1")
        content = {"ref": old["ref"], **content}
        if content == _content(old):
            return deepcopy(old)
        return self._stamped(content, id=old["id"], version=str(int(old["version"]) + 1))

    def _stamped(self, content: Row, **computed: str) -> Row:
        return {**computed, **content, "last_updated": moment(self._clock.now())}


def _known(sent: Row, before: Sequence[Row]) -> Row | None:
    """The rule that is meant: by its ref, or without one by its id."""
    name = "ref" if "ref" in sent else "id"
    return next((each for each in before if name in sent and each[name] == sent[name]), None)


def _content(rule: Row) -> dict[str, Any]:
    """What a person says in a rule, with the defaults."""
    content = {name: deepcopy(value) for name, value in rule.items() if name not in _COMPUTED}
    logs = {"logging": {"enabled": True}} if rule["action"] == "skip" else {}
    return {"description": "", "enabled": True, **logs, **content}
