"""The JSON Schema of a stack file: what editors complete and validate by.

Made from the models. It says what each value may be; what several values owe each other, the
models' validators and the policies say. Draft 7 is what the YAML language server of editors
supports.

Source: https://github.com/redhat-developer/yaml-language-server#readme (read 2026-11).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from keepwell.model.stack import Stack
from keepwell.stackfile.describing import PATTERN_WORDS, SLUG
from keepwell.stackfile.known import RESERVED
from keepwell.stackfile.overlay import MOST_ENVIRONMENTS

Schema = dict[str, Any]

_REFERENCE = "#/definitions/"
_NAMED = ("properties", "patternProperties", "definitions")
"""Keywords whose mappings go from names to schemas."""

_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
"""pydantic leaves these as they are where a value has more than one type."""

_NUMBER = [{"type": "number"}, {"type": "integer"}]


def format_schema() -> str:
    """The schema as the text of a file."""
    return json.dumps(stack_schema(), indent=2, ensure_ascii=False) + "\n"


def stack_schema() -> Schema:
    """The schema of a whole file, overlays included."""
    base = _tidy(Stack.model_json_schema(ref_template=_REFERENCE + "{model}"))
    definitions = base.pop("definitions")
    definitions["EnvVar"] = _or_plain(definitions["EnvVar"])
    for reserved in RESERVED:
        del base["properties"][reserved]
    overlays = _Overlays(definitions=definitions)
    overlay = overlays.loosen(base)
    environments = {
        "description": "What each environment has of its own; null removes what the base has.",
        "type": "object",
        "maxProperties": MOST_ENVIRONMENTS,
        "patternProperties": {SLUG: _or_null({"$ref": _REFERENCE + "Overlay"})},
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **base,
        "title": "stack.yaml",
        "description": "A stack on Render, Supabase and Cloudflare, and how it is kept well.",
        "properties": {**base["properties"], "environments": _or_null(environments)},
        "definitions": {**definitions, "Overlay": overlay, **overlays.made},
    }


def _tidy(schema: Schema) -> Schema:
    tidied = {
        "definitions" if key == "$defs" else _BOUNDS.get(key, key): value
        for key, value in schema.items()
        if key != "title" and not (key == "default" and (value is None or isinstance(value, dict)))
    }
    if tidied.get("anyOf") == _NUMBER:
        tidied = {"type": "number", **tidied}
        del tidied["anyOf"]
    if "patternProperties" in tidied:
        tidied["additionalProperties"] = False
    if words := PATTERN_WORDS.get(tidied.get("pattern", "")):
        tidied["patternErrorMessage"] = f"expected {words}"
    return _below(tidied, _tidy)


def _below(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """The schema with a change made to each schema directly in it."""

    def changed(key: str, value: Any) -> Any:
        if key in _NAMED:
            return {name: change(below) for name, below in value.items()}
        if isinstance(value, dict) and key != "default":
            return change(value)
        return [change(below) for below in value] if key == "anyOf" else value

    return {key: changed(key, value) for key, value in schema.items()}


def _or_plain(variable: Schema) -> Schema:
    """An environment variable may be its value, see `EnvVar`; a truth value is refused there."""
    return {
        "description": variable.pop("description"),
        "anyOf": [{"type": ["string", "number"]}, variable],
    }


def _or_null(schema: Schema) -> Schema:
    null = {"type": "null"}
    return schema if null in schema.get("anyOf", []) else {"anyOf": [schema, null]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overlays:
    """Makes schemas for parts of a stack: nothing is required, null removes, lists stay whole."""

    definitions: Schema
    made: Schema = field(default_factory=dict)

    def loosen(self, schema: Schema) -> Schema:
        """The schema of an overlay over what `schema` describes."""
        if "$ref" in schema:
            return {"$ref": self._reference(schema["$ref"].removeprefix(_REFERENCE))}
        strict = {"required", "default", "minProperties", "definitions"}
        loose = {key: value for key, value in schema.items() if key not in strict}
        for key in ("properties", "patternProperties"):
            for name, below in loose.get(key, {}).items():
                loose[key] = {**loose[key], name: _or_null(self.loosen(below))}
        if isinstance(loose.get("additionalProperties"), dict):
            loose["additionalProperties"] = _or_null(self.loosen(loose["additionalProperties"]))
        if "anyOf" in loose:
            loose["anyOf"] = [self.loosen(below) for below in loose["anyOf"]]
        return loose

    def _reference(self, name: str) -> str:
        overlay = f"{name}Overlay"
        if overlay not in self.made:
            self.made[overlay] = self.loosen(self.definitions[name])
        return _REFERENCE + overlay
