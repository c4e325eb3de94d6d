"""Whether Postgres answers and would accept a write, over one connection of its own.

A connection of its own, so that an application's drained pool is not reported as a database that
is down. It writes nothing: a standby, and Supabase's read-only mode when a disk is full, show in
two settings.
"""

import re
import time
from typing import Any

from keepwell.health.check import Check, causes, classify
from keepwell.health.reading import ErrorClass

# Without arguments it travels as a simple query: one round trip, and no prepared statement, which
# a pooler in transaction mode would not know. asyncpg gives no rows of those: failing is the no.
_QUESTION = """
do $$ begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::bool then
    raise sqlstate '25006';
  end if;
end $$
"""
_SETTINGS = {"application_name": "keepwell-health"}
# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html (read 2026-11)
_BY_STATE = {
    "25006": ErrorClass.READONLY,
    "53200": ErrorClass.OOM,
    "53300": ErrorClass.REFUSED,  # too many connections
    "57014": ErrorClass.TIMEOUT,  # a statement_timeout of the server's own
    "57P01": ErrorClass.UNREACHABLE,  # shut down in the middle
    "57P03": ErrorClass.REFUSED,  # starting up or shutting down
}
_BY_CLASS = {"08": ErrorClass.UNREACHABLE, "28": ErrorClass.AUTH}
# asyncpg has no type for a server that will not speak TLS.
_NO_TLS = re.compile(r"rejected SSL upgrade|during TLS handshake")


class Postgres(Check):
    """A Postgres, by the DSN that the service itself uses (`sslmode` and all)."""

    component_type = "datastore"

    def __init__(self, dsn: str, *, name: str = "postgres") -> None:
        import asyncpg  # noqa: PLC0415 - a service that checks no Postgres does without it

        super().__init__(name)
        self._driver = asyncpg
        self._dsn = dsn
        self._connection: Any = None

    async def round_trip_ms(self) -> float:
        """Milliseconds of one round trip on an open connection; connecting is not counted.

        Raises whatever asyncpg raises, which `classify` knows.
        """
        if self._connection is not None:
            try:
                return await self._ask()
            except Exception as error:
                if self.classify(error) is not ErrorClass.UNREACHABLE:
                    raise
                # It was cut since it was last used: a new one will tell.
        return await self._ask()

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        for link in causes(error):
            state = getattr(link, "sqlstate", None) or ""
            found = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
            if found:
                return found
            if isinstance(link, ConnectionError) and _NO_TLS.search(str(link)):
                return ErrorClass.TLS
            if isinstance(link, self._driver.InternalClientError):  # cut off while it was idle
                return ErrorClass.UNREACHABLE
        return classify(error)

    async def close(self) -> None:
        """Closes the connection."""
        self._drop()

    async def _ask(self) -> float:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._driver.connect(self._dsn, server_settings=_SETTINGS)
            started_s = time.perf_counter()
            await self._connection.execute(_QUESTION)
            return (time.perf_counter() - started_s) * 1000
        except BaseException:
            self._drop()  # it may be in any state
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()  # at once: a frozen server would keep a polite close waiting
