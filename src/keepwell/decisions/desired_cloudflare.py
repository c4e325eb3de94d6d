"""What should stand at Cloudflare, beside DNS: rules, settings and bot management.

Reads the generated documents and nothing else. Records are `desired_dns`'s; what stands at
Cloudflare now, `clients.cloudflare` observes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keepwell.errors import UsageError
from keepwell.model.document import Document
from keepwell.model.resource import Resource

MARK = "keepwell-"
"""Begins the `ref` of every rule that keepwell made: by it they are known again."""

_VENDOR = "cloudflare"
_RULES = ("cloudflare/firewall.json", "cloudflare/rate_limits.json", "cloudflare/redirects.json")
_SETTINGS = "cloudflare/settings.json"
_BOTS = "cloudflare/bots.json"
_FIRST = "ssl_automatic_mode"
"""While it is `auto`, Cloudflare sets `ssl` by itself: so it is set before `ssl`."""


def desired(documents: Sequence[Document]) -> tuple[Resource, ...]:
    """The resources that the generated documents describe, in the order of their documents.

    `rule` "PHASE/REF": description, expression, action, enabled, position (from 0, among ours of
    the phase), and action_parameters and ratelimit where the rule has them. `setting` "ssl":
    value. `bots` "zone": every key of the document. Documents of other vendors are passed over.

    Raises:
        UsageError: a rule's `ref` would not be known again, or stands twice in its phase.
    """
    found = {each.path: json.loads(each.text) for each in documents if _is_ours(each)}
    return (
        *(each for path in _RULES if path in found for each in _rules(path, found[path])),
        *_settings(found.get(_SETTINGS, {})),
        *_bots(found.get(_BOTS, {})),
    )


def _is_ours(document: Document) -> bool:
    return document.path in (*_RULES, _SETTINGS, _BOTS)


def _rules(path: str, document: Mapping[str, Any]) -> Iterator[Resource]:
    refs: set[str] = set()
    for position, rule in enumerate(document["rules"]):
        ref = rule["ref"]
        if not ref.startswith(MARK) or ref in refs:
            raise UsageError(
                f"{path}: the rule ref {ref!r} does not begin with {MARK} or stands twice",
                hint=f"give each rule of the template a ref of its own that begins with {MARK}",
            )
        refs.add(ref)
        yield _resource("rule", f"{document['phase']}/{ref}", _rule(rule, position=position))


def _rule(rule: Mapping[str, Any], *, position: int) -> dict[str, Any]:
    fields = {name: value for name, value in rule.items() if name != "ref"}
    return {
        **fields,
        "description": rule.get("description", ""),
        "enabled": rule.get("enabled", True),
        "position": position,
    }


def _settings(document: Mapping[str, Any]) -> Iterator[Resource]:
    settings = document.get("settings", {})
    for name in sorted(settings, key=lambda each: each != _FIRST):
        yield _resource("setting", name, {"value": settings[name]})


def _bots(document: Mapping[str, Any]) -> Iterator[Resource]:
    fields = {name: value for name, value in document.items() if not name.startswith("_")}
    if fields:
        yield _resource("bots", "zone", fields)


def _resource(kind: str, key: str, fields: Mapping[str, Any]) -> Resource:
    return Resource(vendor=_VENDOR, kind=kind, key=key, fields=fields)
