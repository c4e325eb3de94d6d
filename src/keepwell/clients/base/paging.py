"""Lists that come in pages, and calls that wait for each other only as long as they must."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx

from keepwell.clients.base.api import Api
from keepwell.clients.base.failure import CallError, silence

T = TypeVar("T")


def cursor_rows(
    api: Api, path: str, *, name: str, params: Mapping[str, Any] | None = None, limit: int = 100
) -> Iterator[Any]:
    """The `name` of every row of a list that pages by cursor, as Render's do.

    A page that is not full is the last.
    Source: https://api-docs.render.com/reference/pagination (read 2026-11).
    """
    asked = {**(params or {}), "limit": str(limit)}
    while True:
        rows = _list(api, path, api.get(path, params=asked).json)
        if not all(isinstance(row, dict) and {name, "cursor"} <= row.keys() for row in rows):
            raise _no_list(api, path)
        yield from (row[name] for row in rows)
        if len(rows) < limit:
            return
        asked["cursor"] = rows[-1]["cursor"]


def linked_rows(api: Api, path: str, *, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Every row of a list whose answers name the next page in a Link header, as GitHub's do.

    Only the query of that link is taken: a token follows no address that an answer names.
    Source: https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
    (read 2026-11).
    """
    asked: Any = {"per_page": "100", **(params or {})}
    while asked is not None:
        answer = api.get(path, params=asked)
        yield from _list(api, path, answer.json)
        asked = _next(answer.headers.get("link", ""))


def at_once(*calls: Callable[[], T]) -> list[T]:
    """The results of all calls, in their order, made at the same time.

    The first error is raised when all have ended.
    """
    if not calls:
        return []
    with ThreadPoolExecutor(len(calls)) as pool:
        pending = [pool.submit(call) for call in calls]
    return [each.result() for each in pending]


def _list(api: Api, path: str, rows: Any) -> list[Any]:
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise _no_list(api, path)
    return rows


def _no_list(api: Api, path: str) -> CallError:
    return silence(api.terms, f"GET {path}", what="what came is no page of a list")


def _next(header: str) -> list[tuple[str, str]] | None:
    response = httpx.Response(200, headers={"link": header} if header else {})
    url = response.links.get("next", {}).get("url", "")
    return parse_qsl(urlsplit(url).query) if url else None
