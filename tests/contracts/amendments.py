"""Where an official description is older than its vendor, or wrong: mended in place, one by one.

A mended description still judges everything else of the same object, which a deviation could not.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

SDK = "younger than the description of 2024-08; Cloudflare's SDK 5.9 has it"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amendment:
    """`value` is put at `pointer` (a JSON pointer; a last `-` appends to a list)."""

    pointer: str
    value: Any
    reason: str


def amended(content: Mapping[str, Any], amendments: Sequence[Amendment]) -> Mapping[str, Any]:
    """The description with its amendments; the one that is given stays as it is."""
    mended: Any = deepcopy(content)
    for each in amendments:
        *path, last = [
            part.replace("~1", "/").replace("~0", "~") for part in each.pointer.split("/")[1:]
        ]
        node: Any = mended
        for part in path:
            node = node[int(part)] if isinstance(node, list) else node[part]
        if isinstance(node, list):
            node.append(each.value)
        else:
            node[last] = each.value
    made: Mapping[str, Any] = mended
    return made


def _schema(name: str, value: Any, *, why: str = SDK) -> Amendment:
    return Amendment(pointer=f"/components/schemas/{name}", value=value, reason=why)


def _ref(name: str) -> Mapping[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _cloudflare() -> Iterator[Amendment]:
    yield from _zones()
    yield from _bots()
    yield from _records()
    yield from _failures()
    yield _schema("zones_setting/oneOf/-", _setting("ssl_automatic_mode", ["auto", "custom"]))
    listed = "zones_zone_settings_response_collection/allOf/1/properties/result/items/anyOf/-"
    yield _schema(listed, _setting("ssl_automatic_mode", ["auto", "custom"]))
    yield _schema(listed, _setting("privacy_pass", ["on", "off"]))
    yield _schema("rulesets_Rule/properties/ratelimit", {"type": "object"})
    why = "no underscore is allowed, and managed_challenge has one"
    yield _schema("rulesets_RuleAction/pattern", "^[a-z_]+$", why=why)


def _setting(name: str, values: Sequence[str]) -> Any:
    own = {"properties": {"id": {"enum": [name]}, "value": {"enum": values}}}
    return {"allOf": [_ref("zones_base"), own]}


def _zones() -> Iterator[Amendment]:
    fields: Mapping[str, Any] = {
        "status": {"type": "string"},
        "paused": {"type": "boolean"},
        "type": {"type": "string", "enum": ["full", "partial", "secondary", "internal"]},
        "permissions": {"type": "array", "items": {"type": "string"}},
        "plan": {"type": "object", "required": ["legacy_id"]},
    }
    for name, value in fields.items():
        yield _schema(f"zones_zone/properties/{name}", value)
    for part in ("zones", "dns-records"):
        yield _schema(
            f"{part}_result_info/properties/total_pages",
            {"type": "integer"},
            why="not described, and what octoDNS and others page by",
        )


def _bots() -> Iterator[Amendment]:
    ai = {"enum": ["block", "disabled", "only_on_ad_pages"]}
    flag = {"type": "boolean"}
    fields: Mapping[str, Any] = {
        "ai_bots_protection": ai,
        "ai_search": ai,
        "ai_training": {"enum": ["disabled", "disallow", "block", "only_on_ad_pages"]},
        "ai_user": ai,
        "content_bots_protection": {"enum": ["block", "disabled"]},
        "crawler_protection": {"enum": ["enabled", "disabled"]},
        "cf_robots_variant": {"enum": ["off", "policy_only"]},
        "is_robots_txt_managed": flag,
        "bot_preference_sync_enabled": flag,
        "jsd_api_results_enabled": flag,
        "ai_bots_migration_opt_out": flag,
    }
    for name, value in fields.items():
        yield _schema(f"bot-management_base_config/allOf/0/properties/{name}", value)


def _records() -> Iterator[Amendment]:
    flags = ("ipv4_only", "ipv6_only", "flatten_cname")
    settings = {"type": "object", "properties": {name: {"type": "boolean"} for name in flags}}
    yield _schema("dns-records_base/properties/settings", settings)
    yield _schema(
        "dns-records_comment/nullable", True, why="a record without a comment is read with null"
    )
    call = "/paths/~1zones~1{zone_id}~1dns_records~1{dns_record_id}/delete"
    why = "the description wants a body of nothing, and octoDNS rightly sends none"
    yield Amendment(pointer=f"{call}/requestBody/required", value=False, reason=why)
    yield Amendment(
        pointer=f"{call}/responses/200/content/application~1json/schema/allOf",
        value=[_ref("dns-records_api-response-common"), {"required": ["result"]}],
        reason="every answer is in the envelope, this one too",
    )


def _failures() -> Iterator[Amendment]:
    calls = {
        "/zones/{zone_id}/dns_records get 4xx": "dns-records",
        "/zones/{zone_id}/bot_management get 4XX": "bot-management",
    }
    for call, part in calls.items():
        path, method, status = call.split()
        where = f"/paths/{path.replace('/', '~1')}/{method}/responses/{status}"
        yield Amendment(
            pointer=f"{where}/content/application~1json/schema",
            value=_ref(f"{part}_api-response-common-failure"),
            reason="described as success and failure at once, which nothing can be",
        )
    for part in ("zones", "dns-records", "bot-management"):
        yield _schema(
            f"{part}_messages/items/properties/code/minimum",
            900,
            why="codes are said to begin with 1000, and a 429 has the code 971",
        )


AMENDMENTS: Mapping[str, Sequence[Amendment]] = {"cloudflare": tuple(_cloudflare())}
"""By vendor; the others need none."""
