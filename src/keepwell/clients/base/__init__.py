"""What the clients of all vendors share. It knows no vendor."""

from keepwell.clients.base.answer import Answer
from keepwell.clients.base.api import Api, segment
from keepwell.clients.base.authorities import prepare_authorities
from keepwell.clients.base.failure import CallError
from keepwell.clients.base.paging import at_once, cursor_rows, linked_rows, numbered_rows
from keepwell.clients.base.terms import Limit, Terms, matches

__all__ = [
    "Answer",
    "Api",
    "CallError",
    "Limit",
    "Terms",
    "at_once",
    "cursor_rows",
    "linked_rows",
    "matches",
    "numbered_rows",
    "prepare_authorities",
    "segment",
]
