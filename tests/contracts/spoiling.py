"""Spoils a JSON value at one place after the other, at every depth."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Spoiler = Callable[[Any], Any]


def with_stray(value: Any) -> Any:
    """A field more in an object."""
    return {**value, "neverHeardOf": 1} if isinstance(value, dict) else value


def with_wrong_type(value: Any) -> Any:
    """A list instead of a text, a number or a flag."""
    return [["wrong"]] if isinstance(value, str | int | float) else value


def spoilt(value: Any, spoil: Spoiler) -> Iterator[tuple[str, Any]]:
    """A place, as in `rules[].action`, and the value spoilt there and nowhere else.

    Of the rows of a list that have a place in common, one is spoilt.
    """
    seen = set()
    for path in _paths(value):
        place = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
        changed = _changed(value, path, spoil)
        if place not in seen and changed != value:
            seen.add(place)
            yield place.removeprefix("."), changed


def _paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    yield ()
    inner = value.items() if isinstance(value, dict) else ()
    for step, each in enumerate(value) if isinstance(value, list) else inner:
        yield from ((step, *path) for path in _paths(each))


def _changed(value: Any, path: tuple[str | int, ...], spoil: Spoiler) -> Any:
    if not path:
        return spoil(value)
    copy = deepcopy(value)
    *steps, last = path
    node = copy
    for step in steps:
        node = node[step]
    node[last] = spoil(node[last])
    return copy
