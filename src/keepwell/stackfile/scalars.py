"""What a scalar means: the core schema of YAML 1.2, not the 1.1 rules that PyYAML has.

`off`, `no`, `12:30:00`, `1_000` and dates are text; `010` is ten.

Source: https://yaml.org/spec/1.2.2/#103-core-schema (read 2026-11).
"""

import re
from collections.abc import Callable, Mapping

Value = str | int | float | bool | None


def _integer(text: str) -> int:
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def _number(text: str) -> float:
    return float(re.sub(r"\.(?=[in])", "", text.lower()))  # .inf and .nan lose their dot


# In the order in which a plain scalar is tried.
_CORE: Mapping[str, tuple[re.Pattern[str], Callable[[str], Value]]] = {
    "null": (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    "bool": (
        re.compile(r"true|True|TRUE|false|False|FALSE"),
        lambda text: text.lower() == "true",
    ),
    # Python refuses to print integers of more than 4,300 digits; from 100 on they are floats.
    "int": (re.compile(r"[-+]?[0-9]{1,100}|0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100}"), _integer),
    "float": (
        re.compile(
            r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
            r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
        ),
        _number,
    ),
    "str": (re.compile(r".*", re.DOTALL), lambda text: text),
}
TAGS = frozenset(_CORE)
"""The core types of scalars."""

_CAN_START_A_TYPED_SCALAR = frozenset("+-.0123456789nNtTfF~")


def resolve(text: str) -> Value:
    """The value that a plain scalar stands for."""
    if text and text[0] not in _CAN_START_A_TYPED_SCALAR:
        return text
    return next(value(text) for pattern, value in _CORE.values() if pattern.fullmatch(text))


def construct(text: str, *, tag: str) -> Value:
    """The value of a scalar whose core type is written out, as in `!!str 010`.

    Raises:
        ValueError: the text cannot be read as that type.
    """
    pattern, value = _CORE[tag]
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return value(text)
