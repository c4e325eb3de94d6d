"""What every call of Cloudflare's API has in common: the envelope, pages, and how it says no.

Source: https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls (read 2026-11).
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request], Any]
Row = dict[str, Any]
_SLOWER = "Please wait and consider throttling your request speed"


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer that says no: its status, and one error with its code.

    `pointer` names what is meant in the body that was sent, such as "/rules/0/expression".
    """

    def __init__(self, message: str, *, status: int = 400, code: int, pointer: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error: Row = {"code": code, "message": message}
        if pointer:
            self.error["source"] = {"pointer": pointer}


def make_id(*parts: object) -> str:
    """An id as Cloudflare's look: 32 hexadecimal digits, always the same for the same parts."""
    text = "\0".join(map(str, parts))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def moment(at: datetime) -> str:
    """A time as the API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def envelope(result: Any, *, errors: Sequence[Row] = (), info: Row | None = None) -> Row:
    """What every answer is wrapped in; `result_info` stands there only for lists in pages."""
    shape = {"result": result, "success": not errors, "errors": list(errors), "messages": []}
    return shape if info is None else {**shape, "result_info": info}


def answered(result: Any, *, status: int = 200) -> Response:
    """An answer that says yes."""
    return JSONResponse(envelope(result), status_code=status)


async def refused(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """The answer that a Refusal is."""
    assert isinstance(error, Refusal)
    return JSONResponse(envelope(None, errors=[error.error]), status_code=error.status)


def worded(status: int, message: str) -> tuple[bytes, Mapping[str, str]]:
    """How the API refuses before it looks at a call: body and headers."""
    codes = {401: (10000, "Authentication error"), 429: (971, _SLOWER)}
    code, text = codes.get(status, (10000 if status == 403 else 1000 + status, message))
    body = envelope(None, errors=[{"code": code, "message": text}])
    return json.dumps(body).encode(), {"content-type": "application/json"}


async def body_of(request: Request) -> Row:
    """The JSON object that was sent."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refusal("could not parse the request body as JSON", code=6007) from None
    if not isinstance(body, dict):
        raise Refusal("the request body is no object", code=6007)
    return body


def page(request: Request, rows: Sequence[Row], *, default: int, most: int) -> Response:
    """A page of rows, counted from 1."""
    number, size = _number(request, "page", 1), _number(request, "per_page", default)
    if number < 1 or not 1 <= size <= most:
        raise Refusal(f"page is from 1, per_page from 1 to {most}", code=1004)
    shown = list(rows[(number - 1) * size : number * size])
    info = {
        "page": number,
        "per_page": size,
        "count": len(shown),
        "total_count": len(rows),
        "total_pages": -(-len(rows) // size),
    }
    return JSONResponse(envelope(shown, info=info))


def _number(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        raise Refusal(f"{name} is no number", code=1004) from None
