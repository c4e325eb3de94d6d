"""Rules of Render's Blueprint that show in the generated file only, whoever wrote its template.

Numbers are those of `_render_numbers`. The JSON Schema is not consulted here.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from keepwell.model.document import Document
from keepwell.model.verdict import Finding
from keepwell.policies._rule import Rule

RULE = Rule(name="render_blueprint", see="https://render.com/docs/blueprint-spec")
PATH = "render.yaml"

DEPRECATED = {
    "env": "runtime",
    "autoDeploy": "autoDeployTrigger",
    "domain": "domains",
    "pullRequestPreviewsEnabled": "previews",
    "previewPlan": "previews.plan",
    "afterFirstDeployCommand": "initialDeployHook",
}
"""Old field of a service -> its successor.

Source: https://render.com/docs/blueprint-spec (read 2026-11).
"""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""YAML 1.1 on purpose: what it misreads is what R11 looks for. In C it is ten times as fast."""

_STORES = ("keyvalue", "redis")
_WORDS = ("autoDeployTrigger", "persistenceMode", "renderSubdomainPolicy")

Blueprint = Mapping[str, Any]
Seen = Iterator[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule: what breaks it, how bad that is, and what to do."""

    broken_by: Callable[[Blueprint], Seen]
    judged: Callable[..., Finding] = RULE.fails
    why: str
    hint: str


class RenderBlueprint:
    """The generated Blueprint is one that Render reads as it was meant."""

    def on_documents(self, documents: Sequence[Document]) -> list[Finding]:
        """R11, R12, R14, R17, R20 and R21 of the rules that the JSON Schema cannot say.

        Words that YAML 1.1 takes for booleans, deprecated fields, Key Value without an allow-list,
        names twice, fields of previews at the wrong place.
        """
        text = next((document.text for document in documents if document.path == PATH), None)
        if text is None:
            return []
        blueprint = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, either way
        found = [
            row.judged(f"{message} ({number})", path=PATH, why=row.why, hint=row.hint)
            for number, row in RULES.items()
            for message in row.broken_by(blueprint)
        ]
        return found or [RULE.passes(f"{', '.join(RULES)} hold", path=PATH)]


def _services(blueprint: Blueprint) -> list[dict[str, Any]]:
    return blueprint.get("services") or []


def _stores(blueprint: Blueprint) -> list[dict[str, Any]]:
    return [found for found in _services(blueprint) if found.get("type") in _STORES]


def _computes(blueprint: Blueprint) -> list[dict[str, Any]]:
    return [found for found in _services(blueprint) if found.get("type") not in _STORES]


def _booleans(blueprint: Blueprint) -> Seen:
    nodes = {"": blueprint, **{str(found.get("name")): found for found in _services(blueprint)}}
    for name, node in nodes.items():
        words = {word: node.get(word) for word in _WORDS}
        words["previews.generation"] = (node.get("previews") or {}).get("generation")
        for word, value in words.items():
            if isinstance(value, bool):
                yield f"{word} of {name or 'the Blueprint'} is read as {str(value).lower()}"


def _deprecated(blueprint: Blueprint) -> Seen:
    for field in ("previewsEnabled", "previewsExpireAfterDays"):
        if field in blueprint:
            yield f"{field} is deprecated in favour of previews"
    for service in _services(blueprint):
        if service.get("type") == "redis":
            yield f"the type redis of {service.get('name')} is deprecated in favour of keyvalue"
    for service in _computes(blueprint):
        for old, new in DEPRECATED.items():
            if old in service and old != "previewPlan":
                yield f"{old} of {service.get('name')} is deprecated in favour of {new}"


def _open_stores(blueprint: Blueprint) -> Seen:
    for store in _stores(blueprint):
        if store.get("ipAllowList") is None:
            yield f"{store.get('name')} has no ipAllowList"


def _twice(blueprint: Blueprint) -> Seen:
    for kind in (("services", "databases"), ("envVarGroups",)):
        names = Counter(entry.get("name") for key in kind for entry in blueprint.get(key) or [])
        yield from (
            f"{count} {kind[0]} are named {name}" for name, count in names.items() if count > 1
        )


def _misplaced_previews(blueprint: Blueprint) -> Seen:
    for store in _stores(blueprint):
        if "previews" in store:
            yield f"{store.get('name')} is a Key Value instance with previews"
    for service in _computes(blueprint):
        if "previewPlan" in service:
            yield f"{service.get('name')} is a service with previewPlan"


def _previews_off(blueprint: Blueprint) -> Seen:
    for service in _computes(blueprint):
        if (service.get("previews") or {}).get("generation") in {"off", False}:
            yield f"previews.generation of {service.get('name')} is off"


RULES: Mapping[str, Row] = {
    "R11": Row(
        broken_by=_booleans,
        why="parsers of YAML 1.1 read off and on as booleans, and Render wants the word",
        hint="Put it in quotes in the template",
    ),
    "R12": Row(
        broken_by=_deprecated,
        judged=RULE.warns,
        why="Render may drop it",
        hint="Use the successor in the template",
    ),
    "R14": Row(
        broken_by=_open_stores,
        why="Render demands it, and refuses the Blueprint",
        hint="Add `ipAllowList: []`, which is the private network only",
    ),
    "R17": Row(
        broken_by=_twice,
        why="a name stands for one resource of a Blueprint, and a sync fails",
        hint="Rename all but one in the stack",
    ),
    "R20": Row(
        broken_by=_misplaced_previews,
        why="services have previews.plan, Key Value and databases previewPlan",
        hint="Use the field that belongs to the kind",
    ),
    "R21": Row(
        broken_by=_previews_off,
        judged=RULE.warns,
        why="for a service Render documents manual and automatic only; off is to leave it out",
        hint="Leave `previews` of that service out",
    ),
}
