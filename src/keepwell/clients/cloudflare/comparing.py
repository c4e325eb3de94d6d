"""A value of Cloudflare's, spelled as it is desired, so that equal things compare equal.

Says nothing of where the values come from, and never lets a secret through.
"""

from collections.abc import Mapping
from typing import Any

from keepwell.model.secret import HIDDEN, Lookup, names_in, resolve, seen

EXPRESSIONS = ("expression", "counting_expression")
"""Hold text in the rules language: a secret stands there within a quoted string."""

_TELLING = ("http.request.headers[", "http.cookie", "http.request.cookies[")
"""What an expression compares with a secret, if it holds one."""


def quoted(text: str) -> str:
    """The text as it stands within a quoted string of the rules language.

    Source: https://developers.cloudflare.com/ruleset-engine/rules-language/values/ (read 2026-11).
    """
    return text.replace("\\", "\\\\").replace('"', '\\"')


def is_telling(expression: str) -> bool:
    """Whether the expression compares what a request carries, so that it may hold a secret."""
    return any(each in expression for each in _TELLING)


def as_wanted(wanted: Any, actual: Any, *, lookup: Lookup, name: str = "") -> Any:
    """What an observation says of `actual`, where `wanted` is desired.

    Keys that are not desired are left out at every depth, for Cloudflare fills in defaults; a
    wanted false or 0 that it leaves out is there. Lists of words count as sets, for Cloudflare
    keeps no order in them. Secrets are compared at once; text that may hold an older one is hidden.
    `name` is the key that the value stands under.
    """
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
        return {
            key: as_wanted(value, actual.get(key, value), lookup=lookup, name=key)
            for key, value in wanted.items()
            if key in actual or _is_left_out(value)
        }
    if isinstance(wanted, str) and isinstance(actual, str):
        return _text(wanted, actual, lookup=lookup, name=name)
    if _is_words(wanted) and _is_words(actual) and sorted(wanted) == sorted(actual):
        return wanted
    return HIDDEN if names_in(wanted) else actual


def with_secrets(value: Any, *, lookup: Lookup) -> Any:
    """The value as it is sent: every secret in its place, escaped where it is quoted.

    Raises:
        KeyError: a secret is not at hand; its only argument is the secret's name.
    """
    if not isinstance(value, Mapping):
        return resolve(value, lookup=lookup)
    return {
        name: resolve(each, lookup=lookup, escape=quoted)
        if name in EXPRESSIONS
        else with_secrets(each, lookup=lookup)
        for name, each in value.items()
    }


def _text(wanted: str, actual: str, *, lookup: Lookup, name: str) -> str:
    is_expression = name in EXPRESSIONS
    said = seen(wanted, actual, lookup=lookup, escape=quoted if is_expression else str)
    return HIDDEN if said != wanted and is_expression and is_telling(actual) else said


def _is_left_out(value: Any) -> bool:
    return isinstance(value, int) and not value


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
