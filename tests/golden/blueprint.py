"""Validates a Blueprint by Render's official schema, one resource at a time.

The schema's `anyOf` over kinds of services only says "not valid under any of them", so each resource
is held against the one definition that its type names.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

_KINDS = {"keyvalue": "redisServer", "redis": "redisServer", "cron": "cronService"}


def errors(blueprint: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """Everything that is wrong, as `services.api: message`."""
    for service in blueprint.get("services", []):
        kind = _KINDS.get(service["type"], "serverService")
        yield from _errors(service, schema, kind, where=f"services.{service['name']}")
    for group in blueprint.get("envVarGroups", []):
        yield from _errors(group, schema, "envVarGroup", where=f"envVarGroups.{group['name']}")
    validator = Draft202012Validator(schema)
    yield from (error.message for error in validator.iter_errors(blueprint))


def _errors(part: Any, schema: dict[str, Any], kind: str, *, where: str) -> Iterator[str]:
    one = {"$ref": f"#/definitions/{kind}", "definitions": schema["definitions"]}
    for error in Draft202012Validator(one).iter_errors(part):
        yield f"{where}: {error.json_path}: {error.message}"
