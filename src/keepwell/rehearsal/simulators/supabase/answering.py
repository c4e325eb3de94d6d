"""What every call of the Management API has in common: bodies, and the one way to say no.

Source: https://api.supabase.com/api/v1 (read 2026-11). It describes no body of a refusal; that one
has a `message` is what its command line shows.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

Handler = Callable[[Request], Any]


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer that says no: a status and a message."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more}


async def object_of(request: Request, types: Mapping[str, type | tuple[type, ...]]) -> Any:
    """The JSON object that was sent, whose known fields have these types."""
    body = await _parsed(request)
    if not isinstance(body, dict):
        raise Refusal(400, "the body must be an object")
    for name, kind in types.items():
        if name in body and not is_a(body[name], kind):
            raise Refusal(400, f"{name} has the wrong type")
    return body


async def list_of(request: Request, kind: type) -> Any:
    """The JSON list that was sent, of such items."""
    body = await _parsed(request)
    if not isinstance(body, list) or not all(is_a(each, kind) for each in body):
        raise Refusal(400, "the body must be a list")
    return body


def is_a(value: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether a value has a JSON type: true is no number."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


async def _parsed(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        raise Refusal(400, "the body is no JSON") from None
