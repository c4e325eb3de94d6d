"""Cuts what a client of Postgres sends into steps: what it sends before it waits for an answer.

How many reads bring a step is chance; how many steps there are is not.
Source: https://www.postgresql.org/docs/17/protocol-message-formats.html (read 2026-11).
"""

import sys
from collections.abc import Callable, Iterator

GOODBYE = b"X"
"""What a Terminate is: nobody answers it, and nobody waits."""

_ENDS = (b"Q", b"S", b"H", b"p", GOODBYE)
"""Query, Sync, Flush, a password, Terminate."""

_TLS_REQUEST = (80877103).to_bytes(4)


def steps(read: Callable[[], bytes]) -> Iterator[bytes]:
    """The steps that `read` brings, until it brings nothing."""
    rest = step = b""
    has_begun = False
    while data := read():
        rest += data
        while len(rest) >= (size := _size(rest, has_begun=has_begun)):
            message, rest = rest[:size], rest[size:]
            step += message
            if not has_begun or message[:1] in _ENDS:
                yield step
                step = b""
            has_begun = has_begun or message[4:8] != _TLS_REQUEST


def _size(text: bytes, *, has_begun: bool) -> int:
    """How long the message is with which a text begins: only those that begin a session lack a type."""
    start = 1 if has_begun else 0
    end = start + 4
    return start + int.from_bytes(text[start:end]) if len(text) >= end else sys.maxsize
