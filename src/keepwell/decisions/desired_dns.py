"""What should stand in the DNS zone.

Reads the generated zone file and nothing else, octoDNS included. What stands there now,
`clients.dns` observes, and spells it by `record_set` too, so that both compare equal.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

import yaml

from keepwell.model.document import Document
from keepwell.model.resource import Resource

AUTO = "auto"
"""The TTL of a record whose TTL Cloudflare chooses: every proxied one, and others by choice."""

APEX = "@"

_FOLDER = "cloudflare/dns/"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTED = {"CAA": "value"}
_IN_ORDER: Mapping[str, Sequence[str]] = {
    "CAA": ("flags", "tag", "value"),
    "MX": ("preference", "exchange"),
    "SRV": ("priority", "weight", "port", "target"),
}
"""Fields of the types that octoDNS holds as mappings, in the order of a zone file.

Source: https://github.com/octodns/octodns/blob/main/docs/records.md (read 2026-11).
"""
_CASELESS = {"ALIAS", "CNAME", "MX", "NS", "PTR", "SRV"}


def desired(documents: Sequence[Document]) -> tuple[Resource, ...]:
    """The record sets of the generated zone file, in its order; other documents are passed over."""
    return tuple(
        record_set(name, data)
        for document in documents
        if document.path.startswith(_FOLDER)
        for name, entries in yaml.load(document.text, Loader=_LOADER).items()  # noqa: S506 - safe
        for data in (entries if isinstance(entries, list) else [entries])
    )


def record_set(name: str, data: Mapping[str, Any]) -> Resource:
    r"""A record set from octoDNS's form: `record` "TYPE NAME", "@" for the apex.

    Fields: `values`, sorted, in zone-file notation with `;` as `\;` in TXT; `ttl` in seconds, or
    AUTO; `proxied`; `comment`, which is "" where there is none.
    """
    kind = data["type"]
    cloudflare = data.get("octodns", {}).get("cloudflare", {})
    proxied = bool(cloudflare.get("proxied"))
    is_auto = proxied or cloudflare.get("auto-ttl") or "ttl" not in data
    values = data.get("values", [data.get("value", "")])
    return Resource(
        vendor="dns",
        kind="record",
        key=f"{kind} {name or APEX}",
        fields={
            "values": sorted({_text(value, kind=kind) for value in values}),
            "ttl": AUTO if is_auto else data["ttl"],
            "proxied": proxied,
            "comment": cloudflare.get("comment", ""),
        },
    )


def _text(value: Any, *, kind: str) -> str:
    """A value as a zone file has it, in the one spelling that octoDNS brings it to."""
    if isinstance(value, Mapping):
        names = _IN_ORDER.get(kind, tuple(value))
        parts = (f'"{value[n]}"' if _QUOTED.get(kind) == n else str(value[n]) for n in names)
        return _spelled(" ".join(parts), kind=kind)
    return _spelled(str(value), kind=kind)


def _spelled(text: str, *, kind: str) -> str:
    if kind == "TXT":
        is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
        return (text[1:-1] if is_quoted else text).replace('" "', "").replace(r"\"", '"')
    if kind in {"A", "AAAA"}:
        return _address(text)
    return text.lower() if kind in _CASELESS else text


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return text
