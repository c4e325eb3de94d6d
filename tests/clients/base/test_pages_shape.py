"""An answer that should be a page of a list and is none is the vendor's fault, not a bug."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from keepwell.clients.base import Api, CallError, cursor_rows, linked_rows
from tests.clients.base.acme import acme, terms


def by_cursor(api: Api) -> Iterator[Any]:
    return cursor_rows(api, "/things", name="thing")


def by_link(api: Api) -> Iterator[Any]:
    return linked_rows(api, "/things")


@pytest.mark.parametrize(
    ("rows", "body"),
    [
        (by_cursor, {"message": "x"}),
        (by_cursor, ["x"]),
        (by_cursor, [{"cursor": "c"}]),
        (by_cursor, [{"thing": "x"}]),
        (by_link, {"message": "x"}),
    ],
)
def test_what_is_no_page_is_told(rows, body: Any):
    api, _ = acme(httpx.Response(200, json=body), of=terms())
    with pytest.raises(CallError, match="GET /things: what came is no page of a list"):
        list(rows(api))


@pytest.mark.parametrize("rows", [by_cursor, by_link])
def test_an_empty_answer_is_an_empty_list(rows):
    api, _ = acme(httpx.Response(200), of=terms())
    assert list(rows(api)) == []
