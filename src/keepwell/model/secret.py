"""Secrets by reference: `secret://NAME` stands for a value, `hidden://` for one that differs.

Documents and desired resources hold references. An observation compares a vendor's value with the
wanted one at once and keeps only the outcome, so that no value, and nothing made from one, is ever
stored, printed or compared later.
"""

import re
from collections.abc import Callable
from typing import Any

SCHEME = "secret://"
"""What a reference to a secret begins with; the name of the secret follows."""

HIDDEN = "hidden://"
"""What an observation says of a value that is not the wanted one, or is none of our business."""

REFERENCE = re.compile(r"secret://([A-Z][A-Z0-9_]*)")

Lookup = Callable[[str], str | None]
"""The value of a secret by its name; None where it is not at hand."""


def names_in(value: Any) -> frozenset[str]:
    """The names of all secrets that a JSON value refers to, at any depth."""
    if isinstance(value, str):
        return frozenset(REFERENCE.findall(value))
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        return frozenset().union(*map(names_in, inner))
    return frozenset()


def resolve(value: Any, *, lookup: Lookup, escape: Callable[[str], str] = str) -> Any:
    """The JSON value with every reference replaced by the secret itself, as `escape` spells it.

    Only a client calls this, right before it sends.

    Raises:
        KeyError: a secret is not at hand; its only argument is the secret's name.
    """
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: escape(_known(found[1], lookup)), value)
    if isinstance(value, dict):
        return {name: resolve(each, lookup=lookup, escape=escape) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(each, lookup=lookup, escape=escape) for each in value]
    return value


def seen(wanted: str, actual: str, *, lookup: Lookup, escape: Callable[[str], str] = str) -> str:
    """What an observation may say of `actual`, where `wanted` is desired.

    `wanted` itself where they agree, references and all; HIDDEN where they differ and a secret may
    be in it; `actual` where no secret is wanted there. A secret that is not at hand agrees with
    anything: name it in `Observation.uncompared`.
    """
    names = names_in(wanted)
    if not names:
        return actual
    pattern, end = "", 0
    for found in REFERENCE.finditer(wanted):
        value = lookup(found[1])
        pattern += re.escape(wanted[end : found.start()])
        pattern += ".*" if value is None else re.escape(escape(value))
        end = found.end()
    pattern += re.escape(wanted[end:])
    return wanted if re.fullmatch(pattern, actual, re.DOTALL) else HIDDEN


def _known(name: str, lookup: Lookup) -> str:
    value = lookup(name)
    if value is None:
        raise KeyError(name)
    return value
