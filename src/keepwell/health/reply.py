"""Answers in bytes, made once and sent many times. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keepwell.health.document import MEDIA_TYPE, encode
from keepwell.health.metrics import CONTENT_TYPE


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: names of headers are in lower case."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


def reply_with(document: Mapping[str, Any], *, more: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """The document with the code that its status asks for: a failure is 503, a warning is 200."""
    body = encode(document)
    headers = ((b"content-type", MEDIA_TYPE.encode()), *_empty_headers(len(body)), *more)
    return Reply(503 if document["status"] == "fail" else 200, headers, body)


def metrics_reply(page: bytes) -> Reply:
    """A page of metrics: it could be made, whatever it says."""
    return Reply(200, ((b"content-type", CONTENT_TYPE), *_empty_headers(len(page))), page)


def _empty_headers(length: int = 0) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-length", b"%d" % length), (b"cache-control", b"no-store"))


NOT_FOUND = Reply(404, _empty_headers())
METHOD_NOT_ALLOWED = Reply(405, (*_empty_headers(), (b"allow", b"GET, HEAD")))
