"""What a webhook holds: one row for each form that Meta sends."""

import json
from typing import Any

import pytest

from examples.livestreamsell.events import read_events


def messaging(**item: Any) -> dict[str, Any]:
    return {"entry": [{"id": "page", "messaging": [item]}]}


def change(**value: Any) -> dict[str, Any]:
    return {"entry": [{"id": "account", "time": 1, "changes": [{"value": value}]}]}


@pytest.mark.parametrize(
    ("document", "identity", "needs_reply"),
    [
        (messaging(message={"mid": "m1", "text": "hi"}), "messaging:m1", True),
        (messaging(postback={"mid": "m2"}), "messaging:m2", True),
        (messaging(message={"mid": "m3", "is_echo": True}), "messaging:m3", False),
        (messaging(read={"watermark": 1}), "messaging:", False),
        (change(messages=[{"id": "w1", "text": {"body": "hi"}}]), "message:w1", True),
        (change(statuses=[{"id": "w1", "status": "read"}]), "status:w1:read", False),
        (messaging(sender={"id": "page"}, message={"mid": "m4"}), "messaging:m4", False),
        (messaging(sender={"id": "somebody"}, message={"mid": "m5"}), "messaging:m5", True),
        (messaging(message={"mid": "m\0"}), "messaging:", True),
        (change(message_echoes=[{"id": "w2", "text": {"body": "hi"}}]), "echo:w2", False),
        (change(item="comment"), "change:", True),
        (change(item="comment", **{"from": {"id": "somebody"}}), "change:", True),
        (change(item="comment", **{"from": {"id": "account"}}), "change:", False),
        ({"entry": [{"id": "page", "standby": [{}]}]}, "entry:", True),
        ({"entry": []}, "body:", True),
        ({"entry": "none", "x": [1]}, "body:", True),
        ([], "body:", True),
    ],
)
def test_each_form_has_its_identity(document: Any, identity: str, *, needs_reply: bool) -> None:
    [event] = read_events(json.dumps(document).encode())
    assert event.id.startswith(identity)
    assert event.needs_reply is needs_reply


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 200_000, b"null", b'{"entry": [[]]}'])
def test_bytes_of_any_kind_are_one_event(body: bytes) -> None:
    [event] = read_events(body)
    assert event.id.startswith("body:")


def test_a_batch_keeps_its_order_and_names_each_event_once() -> None:
    entries = [messaging(message={"mid": mid, "text": mid})["entry"][0] for mid in ("b", "a", "b")]
    events = read_events(json.dumps({"entry": entries}).encode())
    assert [(event.text, event.tenant) for event in events] == [("b", "page"), ("a", "page")]


def test_an_entry_that_holds_nothing_known_is_an_event_beside_the_others() -> None:
    entries = [messaging(message={"mid": "m1"})["entry"][0], {"id": "page", "standby": []}]
    events = read_events(json.dumps({"entry": entries}).encode())
    assert [event.id.partition(":")[0] for event in events] == ["messaging", "entry"]


@pytest.mark.parametrize("name", ["\ud800", "m\0", "m\n", "ä", "m" * 3000])
def test_a_name_that_no_store_takes_is_known_by_its_digest(name: str) -> None:
    body = json.dumps(messaging(message={"mid": name})).encode()
    [event] = read_events(body)
    kind, _, digest = event.id.partition(":")
    assert (kind, len(digest), event) == ("messaging", 64, read_events(body)[0])
