"""Whether the newest migration of the database is the one that this release was built with.

It warns by default: while a release rolls out, one of two versions is always ahead. What
`supabase db push` writes is read. Source: https://supabase.com/docs/reference/cli/supabase-db-push
(read 2026-11)
"""

import re
from pathlib import Path

from keepwell.health.check import Check
from keepwell.health.postgres import TIME_LIMIT, Postgres
from keepwell.health.postgres_errors import WRONG_MIGRATION
from keepwell.health.reading import Criticality, ErrorClass

_QUESTION = """
do $$ begin
  if (select max(version) from supabase_migrations.schema_migrations) is distinct from '{}' then
    raise sqlstate '{}';
  end if;
end $$;
"""
_FILE = re.compile(r"(\d+)_.*\.sql")


class Migrations(Check):
    """The migrations of a checked Postgres, asked over its connection.

    `newest` is the version built in, such as 20261124120000; `newest_in` finds it in a folder.
    """

    component_type = "datastore"

    def __init__(
        self,
        postgres: Postgres,
        *,
        newest: str,
        name: str = "migrations",
        criticality: Criticality = Criticality.WARN,
    ) -> None:
        super().__init__(name, criticality=criticality)
        if not newest.isascii() or not newest.isdigit():
            raise ValueError(f"a version is a number such as 20261124120000, not {newest!r}")
        self._postgres = postgres
        self._question = TIME_LIMIT + _QUESTION.format(newest, WRONG_MIGRATION)

    async def round_trip_ms(self) -> float:
        """Milliseconds of one round trip; raises what the driver raises."""
        return await self._postgres.line.ask(self._question)

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        return self._postgres.classify(error)


def newest_in(folder: Path) -> str:
    """The version of the newest migration in `supabase/migrations`, for the image that is built.

    Raises:
        ValueError: there is none.
    """
    found = [match[1] for path in folder.iterdir() if (match := _FILE.fullmatch(path.name))]
    if not found:
        raise ValueError(f"{folder} holds no migration")
    return max(found)
