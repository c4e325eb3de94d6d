"""Whether the database has had the newest migration. Migrations are neither run nor undone here.

Source: https://supabase.com/docs/guides/deployment/database-migrations (read 2026-11): `supabase db
push` runs `supabase/migrations/VERSION_NAME.sql` in order, and keeps each version in
`supabase_migrations.schema_migrations`.
"""

from collections.abc import Iterable, Iterator

from keepwell.model.verdict import Finding, Status

_SUFFIX = ".sql"


def newest_version(files: Iterable[str]) -> str:
    """The version of the newest file ("20261126120000" of "20261126120000_keys.sql"), or none."""
    versions = [
        name.partition("_")[0] for name in files if name.endswith(_SUFFIX) and name[:1].isdigit()
    ]
    return max(versions, default="")


def judge_migrations(head: str, *, newest: str) -> Iterator[Finding]:
    """What differs between the database's last migration and the newest file, by their versions."""
    if head == newest:
        return
    where = f"the database is at {head or 'no migration'}"
    files = f"the newest file is {newest}" if newest else "there are no files"
    yield Finding(
        rule="migrations",
        status=Status.WARN,
        message=f"{where}, and {files}",
        why="what is deployed may expect another schema",
        hint="run `supabase db push`" if newest > head else "bring the file of that migration here",
    )
