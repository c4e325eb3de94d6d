"""What the clients of all vendors share. It knows no vendor."""

from keepwell.clients.base.answer import Answer
from keepwell.clients.base.api import Api, segment
from keepwell.clients.base.authorities import prepare_authorities
from keepwell.clients.base.failure import CallError
from keepwell.clients.base.paging import at_once, cursor_rows, linked_rows
from keepwell.clients.base.resolving import resolved
from keepwell.clients.base.terms import Limit, Terms
from keepwell.clients.base.vetting import is_loopback

__all__ = [
    "Answer",
    "Api",
    "CallError",
    "Limit",
    "Terms",
    "at_once",
    "cursor_rows",
    "is_loopback",
    "linked_rows",
    "prepare_authorities",
    "resolved",
    "segment",
]
