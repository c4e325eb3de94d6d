"""Makes JSON Schema of what OpenAPI 3.0 calls a schema, and holds values against it.

It knows nothing of calls: see descriptions.py for finding one and described.py for judging one.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FORMATS = FormatChecker(formats=("uuid", "ipv4", "ipv6"))
COMBINED = ("allOf", "anyOf", "oneOf")


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def converted(node: Any, *, name: str) -> Any:
    """The same tree with null, exclusive bounds and references spelled as JSON Schema spells them."""
    if isinstance(node, list):
        return [converted(each, name=name) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": f"urn:{name}{node['$ref']}"}
    made = {key: converted(each, name=name) for key, each in node.items()}
    for bound in ("Minimum", "Maximum"):
        if isinstance(made.get(f"exclusive{bound}"), bool):
            _exclude(made, bound)
    return {"anyOf": [made, {"type": "null"}]} if made.pop("nullable", None) is True else made


def _exclude(schema: dict[str, Any], bound: str) -> None:
    """OpenAPI says with a flag that the bound itself is out; JSON Schema has a number for it."""
    if schema.pop(f"exclusive{bound}"):
        schema[f"exclusive{bound}"] = schema.pop(bound.lower())


class Schemas:
    """The schemas of one document: its references resolved, its validators compiled once.

    Where `is_sent`, they are about what is sent, which need not hold what only the vendor writes.
    """

    def __init__(self, content: Mapping[str, Any], *, name: str, is_sent: bool = False) -> None:
        self.root = converted(content, name=name)
        self._uri = f"urn:{name}"
        resource = DRAFT202012.create_resource(self.root)
        self._registry: Any = Registry().with_resource(self._uri, resource)
        self._validators: dict[int, Draft202012Validator] = {}
        if is_sent:
            self._ask_nothing_of_vendors(self.root)

    def resolved(self, node: Any) -> Any:
        """What a node refers to; the node itself where it refers to nothing."""
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            pointer = node["$ref"].removeprefix(f"{self._uri}#")
            node = self.root
            for segment in pointer.split("/")[1:]:
                key = unquote(segment).replace("~1", "/").replace("~0", "~")
                node = node[int(key)] if isinstance(node, list) else node[key]
        return node

    def errors(self, value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Place and message of everything in which `value` is not what `schema` says."""
        if id(schema) not in self._validators:
            self._validators[id(schema)] = Draft202012Validator(
                schema, registry=self._registry, format_checker=FORMATS
            )
        for error in self._validators[id(schema)].iter_errors(value):
            told: ValidationError = best_match([error])
            yield _place(told.absolute_path), _message(told)
        yield from self._strays(value, [schema], place=())

    def _ask_nothing_of_vendors(self, node: Any) -> None:
        """Requires nothing that is read-only: OpenAPI requires that of answers alone."""
        if isinstance(node, list):
            for each in node:
                self._ask_nothing_of_vendors(each)
        if isinstance(node, dict):
            if isinstance(node.get("required"), list):
                node["required"] = [
                    name for name in node["required"] if not self._is_read_only(node, name)
                ]
            for each in node.values():
                self._ask_nothing_of_vendors(each)

    def _is_read_only(self, schema: dict[str, Any], name: str) -> bool:
        known = [each for each in self._flat([schema]) if name in each.get("properties", {})]
        inner = self._flat([each["properties"][name] for each in known])
        return any(each.get("readOnly") is True for each in inner)

    def _strays(
        self, value: Any, schemas: list[Any], *, place: tuple[str | int, ...]
    ) -> Iterator[tuple[str, str]]:
        """Fields that no schema knows, although OpenAPI would let them pass: mostly misspelt."""
        flat = list(self._flat(schemas))
        if isinstance(value, list):
            items = [each["items"] for each in flat if "items" in each]
            for number, each in enumerate(value):
                yield from self._strays(each, items, place=(*place, number))
        if isinstance(value, dict):
            for key, each in value.items():
                known = [*_known(flat, key)]
                if known:
                    yield from self._strays(each, known, place=(*place, key))
                elif any("properties" in schema for schema in flat) and not _is_open(flat):
                    yield _place((*place, key)), "is not described"

    def _flat(self, schemas: list[Any]) -> Iterator[dict[str, Any]]:
        for schema in map(self.resolved, schemas):
            if isinstance(schema, dict):
                yield schema
                for word in COMBINED:
                    yield from self._flat(schema.get(word, []))


def _known(schemas: list[dict[str, Any]], key: str) -> Iterator[Any]:
    for schema in schemas:
        if key in schema.get("properties", {}):
            yield schema["properties"][key]
        elif isinstance(schema.get("additionalProperties"), dict):
            yield schema["additionalProperties"]


def _is_open(schemas: list[dict[str, Any]]) -> bool:
    return any(schema.get("additionalProperties") is True for schema in schemas)


def _place(path: Any) -> str:
    """`rules[].action`: which of many does not matter to a contract."""
    steps = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return steps.removeprefix(".")


def _message(error: ValidationError) -> str:
    """Without the value where it is long: a whole service says nothing."""
    message = str(error.message)
    if error.validator == "oneOf" and "is valid under each of" in message:
        return "is valid under more than one of the alternatives"
    return re.sub(r"^(.{60}).{100,}(.{60})$", r"\1 ... \2", message, flags=re.DOTALL)
