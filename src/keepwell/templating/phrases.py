"""Filters that turn values into other values, for templates to shape what they then write.

They make no text of a target language: what they answer still has to pass such a filter.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from keepwell.templating.filters import Unfit

EXPRESSION_LIMIT = 4096
"""Characters that Cloudflare takes in one expression (error 20127 beyond).

Source: https://developers.cloudflare.com/ruleset-engine/rules-language/ (read 2026-11)
"""

_TOKEN = re.compile(r'(?P<string>r(?P<hashes>#*)".*?"(?P=hashes)|"(?:[^"\\]|\\.)*")|\s+', re.DOTALL)
_DIGITS = re.compile(r"(\d+)")
_BARE_SEMICOLON = re.compile(r"(?<!\\);")
_RDATA: Mapping[str, Mapping[str, Callable[[str], Any]]] = {
    "CAA": {"flags": int, "tag": str, "value": lambda text: text.strip('"')},
    "MX": {"preference": int, "exchange": str},
    "SRV": {"priority": int, "weight": int, "port": int, "target": str},
}
"""Fields of the types that octoDNS writes as mappings, in the order of a zone file.

Source: https://github.com/octodns/octodns/blob/main/docs/records.md (read 2026-11)
"""


def ascii_lower(text: str) -> str:
    """The text in lower case as Cloudflare's `lower()` makes it: ASCII letters alone."""
    return text.encode().lower().decode()


def expression(text: str) -> str:
    """An expression that was written over several lines, on one; its strings are left alone.

    Raises:
        Unfit: it is longer than Cloudflare takes.
    """
    line = _TOKEN.sub(lambda found: found.group("string") or " ", text).strip()
    if len(line) > EXPRESSION_LIMIT:
        raise Unfit(
            f"the expression has {len(line)} characters, Cloudflare takes {EXPRESSION_LIMIT}"
        )
    return line


def zone_order(names: Iterable[str]) -> list[str]:
    """The names in the order that octoDNS demands of a zone: numbers as numbers, the apex first."""
    return sorted(names, key=_zone_key)


def _zone_key(name: str) -> list[str | int]:
    key = "" if name == "@" else name
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(key)]


def rdata(value: str, kind: str) -> Any:
    """A record's value in zone-file notation as octoDNS has it for this type.

    Raises:
        Unfit: the value does not have the fields of its type.
    """
    if kind == "TXT":
        return _BARE_SEMICOLON.sub(r"\\;", value)
    fields = _RDATA.get(kind)
    if fields is None:
        return value
    parts = value.split(None, len(fields) - 1)
    try:
        filled = zip(fields.items(), parts, strict=True)
        return dict(sorted((name, read(part)) for (name, read), part in filled))
    except ValueError:
        raise Unfit(f"{kind} {value!r} is not: {' '.join(fields)}") from None


PHRASES: Mapping[str, Callable[..., Any]] = {
    "ascii_lower": ascii_lower,
    "expression": expression,
    "zone_order": zone_order,
    "rdata": rdata,
}
