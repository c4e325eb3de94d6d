"""The classes of what Postgres, its poolers and its two drivers raise. Pure.

By SQLSTATE where there is one. libpq, and with it psycopg, gives none to what fails while it
connects, and poolers put all of theirs under XX000: those are told by their words.
"""

import re

from keepwell.health.check import causes, classify
from keepwell.health.reading import ErrorClass

WRONG_MIGRATION = "KW001"
"""The state that our own question about migrations raises."""

# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html (read 2026-11)
_BY_STATE = {
    "25006": ErrorClass.READONLY,
    "3F000": ErrorClass.STALE_SCHEMA,  # no such schema
    "42703": ErrorClass.STALE_SCHEMA,  # no such column
    "42P01": ErrorClass.STALE_SCHEMA,  # no such table
    "53100": ErrorClass.DISK_FULL,
    "53200": ErrorClass.OOM,
    "53300": ErrorClass.REFUSED,  # too many connections
    "57014": ErrorClass.TIMEOUT,  # a statement_timeout of the server's own
    "57P01": ErrorClass.UNREACHABLE,  # shut down in the middle
    "57P03": ErrorClass.REFUSED,  # starting up or shutting down
    WRONG_MIGRATION: ErrorClass.STALE_SCHEMA,
}
_BY_CLASS = {"08": ErrorClass.UNREACHABLE, "28": ErrorClass.AUTH}

# The first that fits counts. Source: https://github.com/orgs/supabase/discussions/45688
# (read 2026-11) for the breaker; for the rest the words of libpq 18.
_BY_WORDS = tuple(
    (re.compile(words, re.IGNORECASE), error_class)
    for words, error_class in (
        (r"ECIRCUITBREAKER|too many authentication failures", ErrorClass.BREAKER),
        (r"tenant or user not found", ErrorClass.AUTH),
        (r"password authentication failed|no password supplied|no pg_hba\.conf", ErrorClass.AUTH),
        (r"rejected SSL upgrade|during TLS handshake", ErrorClass.TLS),
        (r"does not support SSL|certificate|SSL error|sslmode value", ErrorClass.TLS),
        (r"connection refused|starting up|shutting down|not yet accept", ErrorClass.REFUSED),
        (r"too many (clients|connections)|connection slots", ErrorClass.REFUSED),
        (r"timeout expired", ErrorClass.TIMEOUT),
        (r"server closed|connection is (lost|closed)|SSL SYSCALL", ErrorClass.UNREACHABLE),
        (r"could not receive|reset by peer|broken pipe", ErrorClass.UNREACHABLE),
        (r"resolve host|could not translate|unreachable|no route", ErrorClass.UNREACHABLE),
    )
)


def classify_postgres(error: Exception) -> ErrorClass:
    """The class of what a round trip to Postgres raised."""
    for link in causes(error):
        state = getattr(link, "sqlstate", None) or ""
        found = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
        if found:
            return found
        if type(link).__name__ == "InternalClientError":  # asyncpg's, cut off while it was idle
            return ErrorClass.UNREACHABLE
        if (found := _by_words(link, state=state)) is not None:
            return found
    return classify(error)


def _by_words(error: BaseException, *, state: str) -> ErrorClass | None:
    """The class of a pooler's error, or of one of connecting; None for any other."""
    is_libpq = type(error).__name__ == "OperationalError" and not state
    if not (is_libpq or state == "XX000" or type(error) is ConnectionError):
        return None
    text = str(error)
    return next((found for words, found in _BY_WORDS if words.search(text)), None)
