"""Lists in pages, each vendor's way, and calls that are made at once."""

import threading
from typing import Any

import httpx
import pytest

from keepwell.clients.base import (
    Api,
    Terms,
    at_once,
    cursor_rows,
    linked_rows,
    segment,
)
from keepwell.clients.base.terms import matches
from keepwell.clock import ManualClock
from tests.worlds import NOON

TERMS = Terms(vendor="acme", base_url="https://a.example", token_name="T", token_url="", see="")


def paged(*pages: httpx.Response) -> tuple[Api, list[dict[str, str]]]:
    """An Api that gives these pages in turn, and the parameters that it was asked with."""
    asked: list[dict[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        return pages[len(asked) - 1]

    transport = httpx.MockTransport(handle)
    return Api(TERMS, token="t", clock=ManualClock(NOON), transport=transport), asked


def page(rows: Any, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=rows, headers=headers)


def rows(*names: str) -> list[dict[str, str]]:
    return [{"cursor": f"after-{name}", "thing": name} for name in names]


def test_a_cursor_leads_to_the_next_page_until_one_is_not_full():
    api, asked = paged(page(rows("a", "b")), page(rows("c")))
    found = list(cursor_rows(api, "/things", name="thing", params={"q": "1"}, limit=2))
    assert found == ["a", "b", "c"]
    assert asked == [{"q": "1", "limit": "2"}, {"q": "1", "limit": "2", "cursor": "after-b"}]


def test_an_empty_page_ends_a_list():
    api, asked = paged(page(rows("a", "b")), page([]))
    assert list(cursor_rows(api, "/things", name="thing", limit=2)) == ["a", "b"]
    assert len(asked) == 2


def test_a_link_leads_to_the_next_page_and_never_to_another_host():
    link = '<https://evil.example/things?page=2&per_page=100>; rel="next"'
    api, asked = paged(page(["a"], link=link), page(["b"]))
    assert list(linked_rows(api, "/things")) == ["a", "b"]
    assert asked == [{"per_page": "100"}, {"page": "2", "per_page": "100"}]


def test_calls_are_made_at_the_same_time_and_answer_in_order():
    together = threading.Barrier(3, timeout=10)

    def call(name: str) -> str:
        together.wait()
        return name

    assert at_once(lambda: call("a"), lambda: call("b"), lambda: call("c")) == ["a", "b", "c"]


def test_the_first_error_is_raised_when_all_have_ended():
    ended = []

    def well() -> None:
        ended.append("well")

    def ill() -> None:
        raise ValueError("ill")

    with pytest.raises(ValueError, match="ill"):
        at_once(ill, well)
    assert ended == ["well"]


def test_nothing_to_call_is_no_error():
    assert at_once() == []


@pytest.mark.parametrize(
    ("text", "expected"), [("a b", "a%20b"), ("a/../b", "a%2F..%2Fb"), ("ä?", "%C3%A4%3F")]
)
def test_a_segment_stays_one(text: str, expected: str):
    assert segment(text) == expected


@pytest.mark.parametrize(
    ("pattern", "call", "expected"),
    [
        ("PATCH /services/*", "PATCH /services/a", True),
        ("PATCH /services/*", "PATCH /services/a/b", False),
        ("PATCH /services/*", "GET /services/a", False),
        ("* /jobs", "PUT /jobs", True),
        ("PUT /jobs", "PUT /jobs/1", False),
    ],
)
def test_a_pattern_means_some_calls(pattern: str, call: str, expected: bool):  # noqa: FBT001
    assert matches(pattern, call) is expected
