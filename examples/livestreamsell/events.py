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
    for entry in _mappings(document, "entry"):
        tenant = str(entry.get("id", ""))
        for message in _mappings(entry, "messaging"):
            yield _messaging(message, tenant=tenant)
        for change in _mappings(entry, "changes"):
            yield from _change(change, tenant=tenant, time=entry.get("time"))


def _messaging(item: Mapping[str, Any], *, tenant: str) -> Event:
    """Of Messenger and Instagram."""
    inner = _mapping(item, "message") or _mapping(item, "postback")
    needs_reply = not inner.get("is_echo") and not any(kind in item for kind in _NO_REPLY)
    identity = inner.get("mid") or _digest([tenant, item])
    return Event(
        id=f"messaging:{identity}",
        tenant=tenant,
        text=str(inner.get("text") or json.dumps(item)),
        needs_reply=needs_reply,
    )


def _change(change: Mapping[str, Any], *, tenant: str, time: object) -> Iterator[Event]:
    """Of WhatsApp: messages and their states; of pages: comments and the like."""
    value = _mapping(change, "value")
    messages, statuses = _mappings(value, "messages"), _mappings(value, "statuses")
    for message in messages:
        identity = message.get("id") or _digest([tenant, message])
        text = str(_mapping(message, "text").get("body") or json.dumps(message))
        yield Event(id=f"message:{identity}", tenant=tenant, text=text, needs_reply=True)
    for status in statuses:
        identity = f"status:{status.get('id')}:{status.get('status')}"
        yield Event(id=identity, tenant=tenant, text=json.dumps(status), needs_reply=False)
    if not messages and not statuses:
        identity = f"change:{_digest([tenant, time, change])}"
        yield Event(id=identity, tenant=tenant, text=json.dumps(change), needs_reply=True)


def _mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def _mappings(holder: Any, key: str) -> list[Mapping[str, Any]]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _digest(item: object) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
