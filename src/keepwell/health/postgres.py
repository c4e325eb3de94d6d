"""Whether Postgres answers and would accept a write, over one connection of its own.

It writes nothing unless told to: a standby, and Supabase's read-only mode when a disk is full, show
in two settings. The server ends a question that takes too long, should this end be gone by then.
"""

import re

from keepwell.health.budget import QUERY_S
from keepwell.health.check import Check
from keepwell.health.clock import Clock, SystemClock
from keepwell.health.postgres_drivers import driver_named
from keepwell.health.postgres_errors import classify_postgres
from keepwell.health.postgres_line import Line
from keepwell.health.reading import ErrorClass

TIME_LIMIT = f"set local statement_timeout = {round(QUERY_S * 1000)};\n"
_QUESTION = f"""{TIME_LIMIT}
do $$ begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::bool then
    raise sqlstate '25006';
  end if;
end $$;
"""
_WRITE = """
insert into {} (id, at) values (1, now()) on conflict (id) do update set at = excluded.at;
"""
_TABLE = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


class Postgres(Check):
    """A Postgres, by the DSN that the service itself uses (`sslmode` and all).

    `driver` is asyncpg or psycopg. With `require_tls` a DSN that would settle for plain text is
    refused, and a connection without TLS fails. `write_table` names a table that holds one row, as
    of `create table NAME (id smallint primary key, at timestamptz not null)`: it is written at
    first and then by each `write_every`th question.
    """

    component_type = "datastore"

    def __init__(  # noqa: PLR0913 - one for each thing that a service may know of its database
        self,
        dsn: str,
        *,
        name: str = "postgres",
        driver: str = "asyncpg",
        require_tls: bool = False,
        write_table: str = "",
        write_every: int = 10,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name)
        if write_table and not _TABLE.fullmatch(write_table):
            raise ValueError(f"{write_table!r} is no plain name of a table")
        self.line = Line(
            driver_named(driver), dsn, require_tls=require_tls, clock=clock or SystemClock()
        )
        self._write = _WRITE.format(write_table) if write_table else ""
        self._write_every = write_every
        self._asked = 0

    async def round_trip_ms(self) -> float:
        """Milliseconds of one round trip on an open connection; connecting is not counted.

        Raises whatever the driver raises, which `classify` knows.
        """
        writes = self._asked % self._write_every == 0
        self._asked += 1
        return await self.line.ask(_QUESTION + (self._write if writes else ""))

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        return classify_postgres(error)

    async def close(self) -> None:
        """Closes the connection."""
        await self.line.close()
