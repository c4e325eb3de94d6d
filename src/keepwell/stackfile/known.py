"""Which keys a mapping of stack.yaml may have: asks the models by their types."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from keepwell.model.stack import Stack
from keepwell.stackfile.nodes import Path

RESERVED = frozenset({"environment"})
"""Fields of Stack that a file may not set."""

_MORE_AT_THE_TOP = ("environments",)


def known_keys(path: Path) -> tuple[str, ...]:
    """The keys that the mapping at the path may have; nothing where any name goes."""
    if not path:
        return (*(key for key in Stack.model_fields if key not in RESERVED), *_MORE_AT_THE_TOP)
    kinds: list[Any] = [Stack]
    for part in path:
        kinds = [below for kind in kinds for below in _below(kind, part)]
    return tuple(key for kind in kinds if _is_model(kind) for key in kind.model_fields)


def _below(kind: Any, part: str | int) -> list[Any]:
    if _is_model(kind):
        found = kind.model_fields.get(part)
        return list(_alternatives(found.annotation)) if found else []
    if get_origin(kind) in {dict, list}:
        return list(_alternatives(get_args(kind)[-1]))
    return []


def _alternatives(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, types.UnionType}:
        for choice in get_args(annotation):
            yield from _alternatives(choice)
    else:
        yield annotation


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
