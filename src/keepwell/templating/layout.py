"""JSON documents laid out anew, so that a template cares for content alone.

Reads strictly (one object, no key twice, no NaN), writes the same bytes for the same content.
"""

import json
from typing import Any, NoReturn

from keepwell.templating.filters import escape

_WIDTH = 80


def read(text: str) -> dict[str, Any]:
    """The one object that the text holds.

    Raises:
        ValueError: it is not JSON, not an object, or an object in it names a key twice.
    """
    content = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    if not isinstance(content, dict):
        raise ValueError("not an object")  # noqa: TRY004 - a value is wrong, not a type of ours
    return content


def lay_out(content: dict[str, Any]) -> str:
    """The object, indented, with short lists of numbers and words on one line."""
    return escape(_indented(content, margin="\n")) + "\n"


def _indented(node: Any, *, margin: str) -> str:
    flat = json.dumps(node, ensure_ascii=False)
    if not isinstance(node, dict | list) or not node or _is_short_list(node, flat):
        return flat
    inner = margin + "  "
    if isinstance(node, list):
        items = [_indented(item, margin=inner) for item in node]
        return "[" + inner + f",{inner}".join(items) + margin + "]"
    pairs = [
        f"{json.dumps(key, ensure_ascii=False)}: {_indented(item, margin=inner)}"
        for key, item in node.items()
    ]
    return "{" + inner + f",{inner}".join(pairs) + margin + "}"


def _is_short_list(node: Any, flat: str) -> bool:
    is_simple = isinstance(node, list) and not any(isinstance(item, dict | list) for item in node)
    return is_simple and len(flat) <= _WIDTH


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return mapping


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
