"""The part of GitHub's expression language that composite actions need.

Contexts with `.` and `[]`, literals, `! == != && ||`, and the functions below. Whatever else GitHub
knows is an error here, never a guess: filters (`.*`), `< > <= >=`, the other functions.
Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions (read 2026-11)
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TEMPLATE = re.compile(r"\$\{\{((?:'[^']*'|[^'])*?)\}\}")
_STATUS_FUNCTION = re.compile(r"\b(success|failure|always|cancelled)\s*\(", re.IGNORECASE)
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|&&|\|\||[!()\[\].,]))"
)
_KEYWORDS = {"true": True, "false": False, "null": None}


class ExpressionError(ValueError):
    """Not an expression that we can judge the way GitHub does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    """What an expression can see. `values` maps a context ("inputs") to what it holds."""

    values: Mapping[str, Any] = field(default_factory=dict)
    has_failed: bool = False


def evaluate(text: str, *, contexts: Contexts) -> Any:
    """The value of one expression, without its `${{ }}`."""
    return _Reader(tokens=_tokens(text), contexts=contexts).read()


def interpolate(text: str, *, contexts: Contexts) -> str:
    """`text` with each `${{ }}` replaced by its value."""
    return TEMPLATE.sub(lambda match: as_text(evaluate(match[1], contexts=contexts)), text)


def is_met(condition: object, *, contexts: Contexts) -> bool:
    """Whether a step with this `if:` runs. Without a status function, success() is implied."""
    text = "true" if condition is None else as_text(condition)
    match = TEMPLATE.fullmatch(text.strip())
    expression = match[1] if match else text
    implied = _STATUS_FUNCTION.search(expression) is not None or not contexts.has_failed
    return implied and _is_truthy(evaluate(expression, contexts=contexts))


def as_text(value: Any) -> str:
    """A value as GitHub writes it into a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return f"{value:.15g}"
    return value if isinstance(value, str) else "Object"


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ExpressionError(f"cannot read {text[position:]!r} in {text!r}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return [*tokens, ("end", "")]


class _Reader:
    """Reads and judges at once: nothing in the language has an effect, so order does not matter."""

    def __init__(self, *, tokens: list[tuple[str, str]], contexts: Contexts) -> None:
        self._tokens = tokens
        self._contexts = contexts

    def read(self) -> Any:
        value = self._either()
        if self._tokens[0][0] != "end":
            raise ExpressionError(f"unexpected {self._tokens[0][1]!r}")
        return value

    def _either(self) -> Any:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value if _is_truthy(value) else other
        return value

    def _both(self) -> Any:
        value = self._comparison()
        while self._takes("&&"):
            other = self._comparison()
            value = other if _is_truthy(value) else value
        return value

    def _comparison(self) -> Any:
        value = self._negation()
        while (is_equal := self._takes("==")) or self._takes("!="):
            value = _are_equal(value, self._negation()) == is_equal
        return value

    def _negation(self) -> Any:
        if self._takes("!"):
            return not _is_truthy(self._negation())
        return self._member()

    def _member(self) -> Any:
        value = self._operand()
        while True:
            if self._takes("."):
                value = _look_up(value, self._next("name"))
            elif self._takes("["):
                value = _look_up(value, as_text(self._either()))
                self._expect("]")
            else:
                return value

    def _operand(self) -> Any:
        kind, text = self._tokens.pop(0)
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text)
        if text == "(":
            value = self._either()
            self._expect(")")
            return value
        if kind != "name":
            raise ExpressionError(f"unexpected {text or 'end'!r}")
        return self._call(text) if self._takes("(") else self._named(text)

    def _named(self, name: str) -> Any:
        if name in _KEYWORDS:
            return _KEYWORDS[name]
        if name.lower() not in self._contexts.values:
            raise ExpressionError(f"no context {name!r} here")
        return self._contexts.values[name.lower()]

    def _call(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self._takes(")"):
            arguments.append(self._either())
            if not self._takes(","):
                self._expect(")")
                break
        status = {"success": not self._contexts.has_failed, "failure": self._contexts.has_failed}
        if name in status | {"always": True, "cancelled": False} and not arguments:
            return status.get(name, name == "always")
        if name not in _FUNCTIONS:
            raise ExpressionError(f"no function {name}({len(arguments)} arguments) here")
        return _FUNCTIONS[name](*arguments)

    def _takes(self, sign: str) -> bool:
        if self._tokens[0] != ("sign", sign):
            return False
        self._tokens.pop(0)
        return True

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise ExpressionError(f"expected {sign!r}, found {self._tokens[0][1] or 'end'!r}")

    def _next(self, kind: str) -> str:
        if self._tokens[0][0] != kind:
            raise ExpressionError(f"expected a {kind}, found {self._tokens[0][1] or 'end'!r}")
        return self._tokens.pop(0)[1]


def _look_up(value: Any, name: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    return next((found for key, found in value.items() if key.lower() == name.lower()), None)


def _is_truthy(value: Any) -> bool:
    return not (value is None or value is False or value in {0, ""} or value != value)  # noqa: PLR0124 - NaN


def _are_equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, Mapping) or isinstance(right, Mapping):
        return left is right
    return _as_number(left) == _as_number(right)


def _as_number(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except ValueError:
        return math.nan


def _format(pattern: str, *values: Any) -> str:
    def replace(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else as_text(values[int(match[1])])

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", replace, pattern)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "format": _format,
    "toJSON": lambda value: json.dumps(value, indent=2),
}
