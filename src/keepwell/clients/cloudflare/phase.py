"""The rules of one phase: what stands there, and the whole list that takes its place. No calls.

A phase's rules are sent as a whole. Those that keepwell did not make are sent back as they were.
Source: https://developers.cloudflare.com/ruleset-engine/rulesets-api/update/ (read 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keepwell.clients.cloudflare.comparing import as_wanted, with_secrets
from keepwell.decisions.desired_cloudflare import MARK
from keepwell.model.plan import Action, Change
from keepwell.model.resource import Resource
from keepwell.model.secret import Lookup

PHASES = ("http_request_firewall_custom", "http_ratelimit", "http_request_dynamic_redirect")
"""The phases that keepwell manages, also where it wants no rule in them."""

Rule = Mapping[str, Any]
"""One rule as Cloudflare spells it."""

_COMPUTED = ("version", "last_updated", "categories")
_DEFAULTS: Rule = {"description": "", "enabled": True}
_OPTIONAL: Mapping[str, Any] = {
    "action_parameters": {},
    "ratelimit": {},
    "logging": {"enabled": True},
}
"""Parts of a rule that change what it does, and how they read where nobody set them."""

_KEPT = ("id", "ref")
"""What a changed rule keeps of itself: with its ref it keeps its id, and its analytics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase's entrypoint: `id` and `version` of its ruleset, empty where there is none yet.

    The rules may hold secrets: they are neither shown nor stored.
    """

    name: str
    id: str = ""
    version: str = ""
    rules: Sequence[Rule] = field(default=(), repr=False)

    @property
    def ours(self) -> tuple[Rule, ...]:
        """The rules that keepwell made, in their order."""
        return tuple(rule for rule in self.rules if is_ours(rule))

    @property
    def foreign(self) -> tuple[Rule, ...]:
        """The rules that keepwell did not make, in their order."""
        return tuple(rule for rule in self.rules if not is_ours(rule))


def is_ours(rule: Rule) -> bool:
    """Whether keepwell made the rule. Cloudflare sets `ref` to the id where nobody chose one."""
    return str(rule.get("ref", "")).startswith(MARK)


def resources(
    phase: Phase, wanted: Mapping[str, Resource], *, lookup: Lookup
) -> Iterator[Resource]:
    """Our rules of the phase, compared with those that are wanted, by key.

    A rule that is not wanted any more is told without its text, which may hold a secret.
    """
    for position, rule in enumerate(phase.ours):
        key = f"{phase.name}/{rule['ref']}"
        fields: Mapping[str, Any] = {}
        if key in wanted:
            actual = {**_DEFAULTS, **rule, "position": position}
            fields = {
                **as_wanted(wanted[key].fields, actual, lookup=lookup),
                **dict(_surplus(rule, wanted[key].fields)),
            }
        yield Resource(
            vendor="cloudflare", kind="rule", key=key, fields=fields, id=str(rule.get("id", ""))
        )


def _surplus(rule: Rule, wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What somebody added to the rule: told with its action, so that it differs."""
    added = [
        name
        for name, usual in _OPTIONAL.items()
        if name not in wanted and rule.get(name) not in (None, {}, usual)
    ]
    if added:
        yield "action", f"{rule.get('action')} with {', '.join(added)}"


def merged(
    rules: Sequence[Rule],
    changes: Sequence[Change],
    *,
    order: Mapping[str, int],
    lookup: Lookup,
) -> list[dict[str, Any]]:
    """The whole list to send: foreign rules where they were, ours changed and in order.

    Ours take the places of ours, first to first; more than before follow the last of them. Where
    there was none, ours come before the foreign ones: the rule that lets machines pass must stand
    before any that would stop them.

    Args:
        rules: what stands in the phase now.
        changes: what to do to ours.
        order: the position of each of ours that is desired, by ref.
        lookup: the values of secrets.

    Raises:
        KeyError: a secret is not at hand; its only argument is the secret's name.
    """
    ours = [_sent(rule) for rule in _ours(rules, changes, lookup=lookup)]
    ours.sort(key=lambda rule: order.get(rule["ref"], len(order)))
    places = [place for place, rule in enumerate(rules) if is_ours(rule)]
    last = places[-1] if places else -1
    body = [] if places else ours
    for place, rule in enumerate(rules):
        if not is_ours(rule):
            body.append(_sent(rule))
            continue
        count = len(ours) if place == last else 1
        body += ours[:count]
        ours = ours[count:]
    return body


def _ours(rules: Sequence[Rule], changes: Sequence[Change], *, lookup: Lookup) -> Iterator[Rule]:
    pending = {ref_of(change): change for change in changes}
    for rule in filter(is_ours, rules):
        change = pending.pop(rule["ref"], None)
        if change is None:
            yield rule
        elif change.action is not Action.DELETE:
            kept = {name: rule[name] for name in _KEPT if name in rule}
            yield {**kept, **_desired(change, lookup=lookup)}
    for ref, change in pending.items():
        if change.action is not Action.DELETE:
            yield {"ref": ref, **_desired(change, lookup=lookup)}


def ref_of(change: Change) -> str:
    """The `ref` of the rule that changes."""
    return change.resource.key.partition("/")[2]


def _desired(change: Change, *, lookup: Lookup) -> Rule:
    fields = {name: value for name, value in change.resource.fields.items() if name != "position"}
    sent: Rule = with_secrets(fields, lookup=lookup)
    return sent


def _sent(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in _COMPUTED}
