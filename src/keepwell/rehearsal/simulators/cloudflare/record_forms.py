"""What a DNS record may be, and how it reads back: every type's content, data and priority.

Source: https://developers.cloudflare.com/api/resources/dns/subresources/records and
https://developers.cloudflare.com/dns/manage-dns-records (read 2026-11).
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from keepwell.rehearsal.simulators.cloudflare.answering import Refusal, Row
from keepwell.rehearsal.simulators.cloudflare.plans import MOST_COMMENT

PROXIABLE = ("A", "AAAA", "CNAME")
_HOSTS = ("CNAME", "MX", "NS", "PTR")
_PLAIN = (*PROXIABLE, "MX", "NS", "PTR", "TXT")
_PARTS: Mapping[str, tuple[str, ...]] = {
    "CAA": ("flags", "tag", "value"),
    "SRV": ("priority", "weight", "port", "target"),
    "DS": ("key_tag", "algorithm", "digest_type", "digest"),
    "SSHFP": ("algorithm", "type", "fingerprint"),
    "TLSA": ("usage", "selector", "matching_type", "certificate"),
}
"""The types that are sent as `data`, and of what, in the order of their content."""

_QUOTED = ("value",)
_IN_DATA_ONLY = {"SRV": ("priority",)}
_SENT = {"name", "type", "content", "data", "priority", "ttl", "proxied", "comment", "tags"}


def shaped(sent: Row, *, zone: str, plan: str) -> Row:
    """A record as it reads back, without id and times. Raises Refusal."""
    kind = sent.get("type")
    if kind not in (*_PLAIN, *_PARTS):
        raise Refusal("DNS Validation Error: unknown type", code=1004, pointer="/type")
    name = _full_name(sent.get("name"), zone=zone)
    values = _of_parts(kind, sent) if kind in _PARTS else _of_content(kind, sent)
    proxied = _proxied(kind, sent)
    return {
        "name": name,
        "type": kind,
        **values,
        "proxiable": kind in PROXIABLE,
        "proxied": proxied,
        "ttl": _ttl(sent, proxied=proxied, plan=plan),
        "settings": sent.get("settings", {}),
        "meta": {},
        **_notes(sent, plan=plan),
    }


def sendable(record: Row) -> Row:
    """Of a record that was read, what can be sent again: what a PATCH begins with."""
    return {name: value for name, value in record.items() if name in _SENT}


def _full_name(name: Any, *, zone: str) -> str:
    if not isinstance(name, str) or not name:
        raise Refusal("DNS name is invalid.", code=9000, pointer="/name")
    full = name.lower().removesuffix(".")
    if full == "@":
        return zone
    return full if full == zone or full.endswith(f".{zone}") else f"{full}.{zone}"


def _of_content(kind: str, sent: Row) -> Row:
    content = sent.get("content")
    if not isinstance(content, str) or not content:
        raise Refusal(f"Content for {kind} record is needed.", code=9007, pointer="/content")
    if kind in ("A", "AAAA"):
        return {"content": _address(kind, content)}
    if kind == "TXT":
        return {"content": content if content.startswith('"') else f'"{content}"'}
    content = content.removesuffix(".").lower() or "."
    if kind != "MX":
        return {"content": content}
    if not _is_whole(sent.get("priority")):
        raise Refusal("priority is a required field.", code=9100, pointer="/priority")
    return {"content": content, "priority": sent["priority"]}


def _address(kind: str, content: str) -> str:
    version, code = (4, 9005) if kind == "A" else (6, 9006)
    try:
        address = ipaddress.ip_address(content)
    except ValueError:
        address = None
    if address is None or address.version != version:
        message = f"Content for {kind} record must be a valid IPv{version} address."
        raise Refusal(message, code=code, pointer="/content")
    return str(address)


def _of_parts(kind: str, sent: Row) -> Row:
    parts, data = _PARTS[kind], sent.get("data")
    if not isinstance(data, dict):
        raise Refusal(f"{kind} needs data.", code=9101, pointer="/data")
    if missing := [name for name in parts if name not in data]:
        message = f"{missing[0]} is a required data field."
        raise Refusal(message, code=9101, pointer=f"/data/{missing[0]}")
    data = {name: data[name] for name in parts}
    hidden = _IN_DATA_ONLY.get(kind, ())
    shown = [_written(name, data[name]) for name in parts if name not in hidden]
    return {"content": " ".join(shown), "data": data, **{name: data[name] for name in hidden}}


def _written(name: str, value: Any) -> str:
    return f'"{value}"' if name in _QUOTED else str(value)


def _proxied(kind: str, sent: Row) -> bool:
    proxied = sent.get("proxied", False)
    if not isinstance(proxied, bool) or (proxied and kind not in PROXIABLE):
        raise Refusal("This record type cannot be proxied.", code=9004, pointer="/proxied")
    return proxied


def _ttl(sent: Row, *, proxied: bool, plan: str) -> int:
    """1 is automatic, which every proxied record is."""
    ttl, least = sent.get("ttl", 1), 30 if plan == "enterprise" else 60
    if not _is_whole(ttl) or (ttl != 1 and not least <= ttl <= 86400):
        message = f"Invalid TTL. Must be between {least} and 86400 seconds, or 1 for Automatic."
        raise Refusal(message, code=9021, pointer="/ttl")
    return 1 if proxied else int(ttl)


def _notes(sent: Row, *, plan: str) -> Row:
    comment, tags = sent.get("comment") or None, sent.get("tags") or []
    if comment is not None and len(comment) > MOST_COMMENT[plan]:
        message = f"DNS record comment has more than {MOST_COMMENT[plan]} characters."
        raise Refusal(message, code=9301, pointer="/comment")
    if tags and plan == "free":
        message = f"DNS record has {len(tags)} tags, exceeding the quota of 0."
        raise Refusal(message, code=9300, pointer="/tags")
    return {"comment": comment, "tags": sorted(tags)}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
