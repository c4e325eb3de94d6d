"""Exchanges made by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call and its answer, as a simulator would have kept them."""

    method: str = "GET"
    path: str
    query: str = ""
    request_headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    request_body: bytes = b""
    status: int = 200
    answer_headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    answer_body: bytes = b""


def made(call: str, *, sent: Any = None, status: int = 200, answered: Any = None) -> Made:
    """From "PUT /things/1?deep=true" and JSON values; None is an empty body."""
    method, _, target = call.partition(" ")
    path, _, query = target.partition("?")
    return Made(
        method=method,
        path=path,
        query=query,
        request_body=b"" if sent is None else json.dumps(sent).encode(),
        status=status,
        answer_body=b"" if answered is None else json.dumps(answered).encode(),
    )
