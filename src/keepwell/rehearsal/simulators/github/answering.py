"""What every call of GitHub's API has in common: bodies, pages, and how it says no.

Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api (read
2026-11).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request], Any]

_MOST_ROWS = 100


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer that says no: its status, message, and headers."""

    def __init__(
        self, status: int, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


async def refused(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """The answer that a Refusal is; 404 for a path that there is not."""
    if not isinstance(error, Refusal):
        return _said(404, "Not Found", {})
    return _said(error.status, str(error), error.headers)


def worded(status: int, message: str) -> tuple[bytes, Mapping[str, str]]:
    """How the API refuses before it looks at a call: body and headers."""
    known = {401: "Bad credentials", 429: "API rate limit exceeded"}
    body = {"message": known.get(status, message), "status": str(status)}
    return json.dumps(body).encode(), {"content-type": "application/json; charset=utf-8"}


def _said(status: int, message: str, headers: Mapping[str, str]) -> Response:
    return JSONResponse({"message": message, "status": str(status)}, status, headers=headers)


async def body_of(request: Request, types: Mapping[str, type], *, needed: str = "") -> Any:
    """The JSON object that was sent, whose known fields have these types."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "Body should be a JSON object")
    for name, kind in types.items():
        if name in body and not isinstance(body[name], kind):
            raise Refusal(422, f"Invalid request. {name} is of a wrong type.")
    for name in needed.split():
        if name not in body:
            raise Refusal(422, f'Invalid request. "{name}" wasn\'t supplied.')
    return body


def page(
    request: Request, rows: Sequence[Any], *, shape: Callable[[Any], Any] | None = None
) -> Any:
    """A page, with links to the others where there are more; at most 100 rows, as GitHub does."""
    size = min(_number(request, "per_page", 30), _MOST_ROWS)
    number = _number(request, "page", 1)
    shown = list(rows[(number - 1) * size : number * size])
    answer = JSONResponse(shape(shown) if shape else shown)
    last = -(-len(rows) // size)
    turns = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        del turns["next"], turns["last"]
    if number == 1:
        del turns["prev"], turns["first"]
    links = [
        f'<{request.url.include_query_params(page=to)}>; rel="{name}"' for name, to in turns.items()
    ]
    if links:
        answer.headers["link"] = ", ".join(links)
    return answer


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return max(1, int(text)) if text.isdecimal() else default
