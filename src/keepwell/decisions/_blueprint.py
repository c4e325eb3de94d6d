"""Reads the generated Blueprint for the decisions about Render; judges nothing in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import yaml

from keepwell.model.document import Document

PATH = "render.yaml"

Node = Mapping[str, Any]

_STORES = ("keyvalue", "redis")
_TYPED = (
    ("null", re.compile(r"(?:null|~|)\Z"), ("n", "~", "")),
    ("bool", re.compile(r"(?:true|false)\Z"), ("t", "f")),
    ("int", re.compile(r"(?:0|[1-9][0-9]*)\Z"), tuple("0123456789")),
)
"""The plain scalars that are more than text: how they look, and how they begin."""


if TYPE_CHECKING:
    from yaml import SafeLoader
else:
    SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C it is ten times as fast


class _Loader(SafeLoader):
    """Reads `off`, `010` and dates as text, which YAML 1.2 and Render take them for."""


_Loader.yaml_implicit_resolvers = {
    character: [(f"tag:yaml.org,2002:{tag}", pattern)]
    for tag, pattern, beginnings in _TYPED
    for character in beginnings
}


def blueprint(documents: Sequence[Document]) -> Node:
    """What the document render.yaml says; empty where there is none."""
    text = next((document.text for document in documents if document.path == PATH), "")
    return yaml.load(text, Loader=_Loader) or {}  # noqa: S506 - a safe loader


def services(parsed: Node) -> list[Node]:
    """What runs code or serves files, in the order of the file."""
    return [each for each in parsed.get("services") or () if each.get("type") not in _STORES]


def key_values(parsed: Node) -> list[Node]:
    """The Key Value instances, in the order of the file."""
    return [each for each in parsed.get("services") or () if each.get("type") in _STORES]


def groups(parsed: Node) -> list[Node]:
    """The env groups, in the order of the file."""
    return list(parsed.get("envVarGroups") or ())


def variables(holder: Node) -> Iterator[Node]:
    """The variables that a service or group names itself; links to groups are left out."""
    return (each for each in holder.get("envVars") or () if "key" in each)


def linked_groups(service: Node) -> Iterator[str]:
    """The names of the groups that a service takes its variables from."""
    return (each["fromGroup"] for each in service.get("envVars") or () if "fromGroup" in each)
