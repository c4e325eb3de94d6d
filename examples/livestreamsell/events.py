"""Reads the events out of a webhook: Meta sends them in batches, and sends some of them twice.

It judges no content; what it does not understand is one event, the webhook as a whole.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Receipts, and our own words come back: a reply to them would make a loop.
_NO_REPLY = ("delivery", "read", "reaction")

_LONGEST_NAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    `id` is the same each time that Meta sends it; `tenant` is the page or the business account.
    """

    id: str
    tenant: str
    text: str
    needs_reply: bool


def read_events(body: bytes) -> tuple[Event, ...]:
    """The events of a webhook, each once, in their order; at least one, whatever the bytes are.

    Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started (read 2026-11)
    """
    try:
        found = {event.id: event for event in _batch(json.loads(body))}
    except (ValueError, RecursionError):  # no JSON
        found = {}
    return tuple(found.values()) or (_whole(body),)


def _whole(body: bytes) -> Event:
    digest = hashlib.sha256(body).hexdigest()
    text = body.decode(errors="replace")
    return Event(id=f"body:{digest}", tenant="", text=text, needs_reply=True)


def _batch(document: Any) -> Iterator[Event]:
    """Each entry leaves an event, so that no webhook is taken without a trace."""
    for entry in _mappings(document, "entry"):
        tenant = str(entry.get("id", ""))
        found = list(_entry(entry, tenant=tenant))
        yield from found or [
            Event(
                id=f"entry:{_digest(entry)}",
                tenant=tenant,
                text=json.dumps(entry),
                needs_reply=True,
            )
        ]


def _entry(entry: Mapping[str, Any], *, tenant: str) -> Iterator[Event]:
    for message in _mappings(entry, "messaging"):
        yield _messaging(message, tenant=tenant)
    for change in _mappings(entry, "changes"):
        yield from _change(change, tenant=tenant, time=entry.get("time"))


def _messaging(item: Mapping[str, Any], *, tenant: str) -> Event:
    """Of Messenger and Instagram."""
    inner = _mapping(item, "message") or _mapping(item, "postback")
    is_own = bool(inner.get("is_echo")) or _is_by(tenant, _mapping(item, "sender"))
    return Event(
        id=_identity("messaging", inner.get("mid") or _digest([tenant, item])),
        tenant=tenant,
        text=str(inner.get("text") or json.dumps(item)),
        needs_reply=not is_own and not any(kind in item for kind in _NO_REPLY),
    )


def _change(change: Mapping[str, Any], *, tenant: str, time: object) -> Iterator[Event]:
    """Of WhatsApp: messages, their states and echoes; of pages: comments and the like."""
    value = _mapping(change, "value")
    found = [*_messages(value, tenant=tenant), *_traces(value, tenant=tenant)]
    yield from found or [
        Event(
            id=f"change:{_digest([tenant, time, change])}",
            tenant=tenant,
            text=json.dumps(change),
            needs_reply=not _is_by(tenant, _mapping(value, "from")),
        )
    ]


def _messages(value: Mapping[str, Any], *, tenant: str) -> Iterator[Event]:
    for message in _mappings(value, "messages"):
        yield Event(
            id=_identity("message", message.get("id") or _digest([tenant, message])),
            tenant=tenant,
            text=str(_mapping(message, "text").get("body") or json.dumps(message)),
            needs_reply=True,
        )


def _traces(value: Mapping[str, Any], *, tenant: str) -> Iterator[Event]:
    """What became of our messages, and those that the business wrote in its own app.

    Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes/
    (read 2026-11)
    """
    for status in _mappings(value, "statuses"):
        name = f"{status.get('id')}:{status.get('status')}"
        yield Event(
            id=_identity("status", name), tenant=tenant, text=json.dumps(status), needs_reply=False
        )
    for echo in _mappings(value, "message_echoes"):
        name = echo.get("id") or _digest([tenant, echo])
        yield Event(
            id=_identity("echo", name), tenant=tenant, text=json.dumps(echo), needs_reply=False
        )


def _is_by(tenant: str, author: Mapping[str, Any]) -> bool:
    """Whether the page itself did it: to answer that would make a loop."""
    return bool(tenant) and str(author.get("id", "")) == tenant


def _identity(kind: str, name: object) -> str:
    """The name that Meta gave it; its digest where a store might not take that."""
    text = str(name)
    is_plain = text.isascii() and text.isprintable() and len(text) <= _LONGEST_NAME
    return f"{kind}:{text if is_plain else _digest(text)}"


def _mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def _mappings(holder: Any, key: str) -> list[Mapping[str, Any]]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _digest(item: object) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
