"""Supabase Vault, by Postgres: what `vault.sql` installs, and the secrets that it keeps.

Values go as parameters that the server binds, never in the text of a statement: a statement that
fails is written to the server's log, with every literal in it. They are compared by their SHA-256,
and neither value nor digest leaves here.
Source: https://github.com/supabase/vault (read 2026-11).
"""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg

from keepwell.clients.base import is_loopback, resolved
from keepwell.clock import Clock
from keepwell.decisions.migrations import judge_migrations
from keepwell.decisions.scram import SALT_BYTES, scram_verifier
from keepwell.errors import ApiError, Refused, UsageError
from keepwell.model.plan import Batch
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import HIDDEN, Lookup, names_in

T = TypeVar("T")

_VARIABLE = "SUPABASE_DB_URL"
_TIMEOUT_S = 15.0
_MARK = "SELECT pg_catalog.obj_description(pg_catalog.to_regnamespace('keepwell'), 'pg_namespace')"
_DIGESTS = """
SELECT name, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
  decrypted_secret, 'UTF8')), 'hex') AS digest
FROM vault.decrypted_secrets WHERE name = ANY($1::text[])
"""
_PUT = "SELECT keepwell.put_secret($1, $2)"
_SESSIONS = "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE usename = $1"
_HAS_MIGRATIONS = (
    "SELECT pg_catalog.to_regclass('supabase_migrations.schema_migrations') IS NOT NULL"
)
_HEAD = "SELECT max(version) FROM supabase_migrations.schema_migrations"
_TURN = "SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended('keepwell', 0))"
_HAS_VAULT = "SELECT pg_catalog.to_regclass('vault.decrypted_secrets') IS NOT NULL"


class VaultVendor:
    """The vault of one project.

    Args:
        dsn: a `postgresql://` address, of the role `postgres`; TLS is verified.
        clock: for the time of an observation.
        lookup: gives the values of secrets.
        sql: the text of `vault.sql`.
        version: names that text; it is kept as the comment of the schema `keepwell`.
        newest_migration: the version of the newest file of migrations; empty where there are none.

    Raises:
        UsageError: the address would let the connection be listened to.
    """

    name = "vault"

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        dsn: str,
        *,
        clock: Clock,
        lookup: Lookup,
        sql: str = "",
        version: str = "",
        newest_migration: str = "",
    ) -> None:
        self._dsn = _vetted(dsn)
        self._clock = clock
        self._lookup = lookup
        self._sql = sql
        self._version = version
        self._newest_migration = newest_migration
        self.calls = 0

    def __repr__(self) -> str:
        return f"VaultVendor({urlsplit(self._dsn).hostname})"

    def close(self) -> None:
        """Nothing is held between two calls."""

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """Which version is installed, and which of the desired secrets are there and equal.

        Raises:
            ApiError: Postgres gave no answer that can be used.
        """
        before, taken_at = self.calls, self._clock.now()
        wanted = {each.key: each for each in desired if each.kind == "vault-secret"}
        found = self._run(lambda connection: _read(connection, names=list(wanted)))
        installed, digests, head = found
        resources = [
            *([_schema(installed)] if installed else []),
            *(self._seen(wanted[name], digest) for name, digest in digests.items()),
        ]
        return Observation(
            vendor=self.name,
            resources=resources,
            uncompared=[
                name
                for each in wanted.values()
                for name in names_in(dict(each.fields))
                if each.key in digests and self._lookup(name) is None
            ],
            findings=tuple(judge_migrations(head, newest=self._newest_migration)),
            calls=self.calls - before,
            taken_at=taken_at,
        )

    def apply(self, batch: Batch) -> None:
        """Installs `vault.sql`, or stores secrets, each read back and compared.

        Raises:
            UsageError: a secret is not at hand; nothing was sent.
            ApiError: Postgres refused.
        """
        if batch.kind == "vault":
            self._run(lambda connection: _install(connection, self._sql, self._version))
            return
        values = {
            change.resource.key: resolved(
                change, change.resource.fields["value"], lookup=self._lookup
            )
            for change in batch.changes
        }
        for name, value in values.items():
            self.put(name, value)

    def put(self, name: str, value: str) -> None:
        """Stores a secret, new or not.

        Raises:
            ApiError: Postgres refused, or gave something else back.
        """
        given = self._run(lambda connection: connection.fetchval(_PUT, name, value))
        if given != _sha256(value):
            raise ApiError(
                f"the vault gave another value back for {name} than was stored",
                hint="look at the vault's root key, then store it again",
            )

    def set_password(self, role: str, password: str) -> None:
        """Gives a role a password. Only the verifier (SCRAM-SHA-256) reaches the statement.

        Raises:
            UsageError: the password is not of printable ASCII.
            Refused: there is no such role.
            ApiError: Postgres refused otherwise.
        """
        try:
            verifier = scram_verifier(password, salt=secrets.token_bytes(SALT_BYTES))
        except ValueError as error:
            raise UsageError(f"the password of {role} cannot be used: {error}") from None
        self._run(lambda connection: _alter(connection, role, f"PASSWORD '{verifier}'"))

    def allow_login(self, role: str, *, allowed: bool) -> None:
        """Lets a role log in, or not.

        Raises:
            Refused: there is no such role.
            ApiError: Postgres refused otherwise.
        """
        word = "LOGIN" if allowed else "NOLOGIN"
        self._run(lambda connection: _alter(connection, role, word))

    def sessions_of(self, role: str) -> int:
        """How many sessions of a role are open.

        Raises:
            ApiError: Postgres refused.
        """
        return int(self._run(lambda connection: connection.fetchval(_SESSIONS, role)))

    def _seen(self, wanted: Resource, digest: str) -> Resource:
        reference = wanted.fields["value"]
        (name,) = names_in(reference)
        value = self._lookup(name)
        is_equal = value is None or digest == _sha256(value)
        return Resource(
            vendor=self.name,
            kind="vault-secret",
            key=wanted.key,
            fields={"value": reference if is_equal else HIDDEN},
            is_ours=False,
        )

    def _run(self, use: Callable[[Any], Awaitable[T]]) -> T:
        async def once() -> T:
            connection = await asyncpg.connect(
                self._dsn, timeout=_TIMEOUT_S, command_timeout=_TIMEOUT_S, statement_cache_size=0
            )
            try:
                return await use(connection)
            finally:
                with contextlib.suppress(OSError, asyncpg.PostgresError, TimeoutError):
                    await connection.close(timeout=1)

        self.calls += 1
        with _explained():
            return asyncio.run(once())


async def _read(
    connection: Any, *, names: Sequence[str]
) -> tuple[str | None, Mapping[str, str], str]:
    """The version that is installed, the digests of secrets that are there, the last migration."""
    installed = await connection.fetchval(_MARK)
    head = await connection.fetchval(_HEAD) if await connection.fetchval(_HAS_MIGRATIONS) else None
    if not names or not await connection.fetchval(_HAS_VAULT):
        return installed, {}, head or ""
    rows = await connection.fetch(_DIGESTS, list(names))
    return installed, {row["name"]: row["digest"] for row in rows}, head or ""


async def _alter(connection: Any, role: str, clause: str) -> None:
    try:
        await connection.execute(f"ALTER ROLE {_quoted(role)} {clause}")
    except asyncpg.UndefinedObjectError:
        raise Refused(
            f"Postgres has no role {role}; nothing was changed",
            hint=f"make {role} in a migration, with the grants of the role it takes turns with",
        ) from None


async def _install(connection: Any, sql: str, version: str) -> None:
    """Runs the file, then says which one it was: a kill in between lets it run again.

    What a killed apply sent goes on in Postgres; the next one waits for its end.
    """
    await connection.execute(_TURN)
    await connection.execute(sql)
    await connection.execute(f"COMMENT ON SCHEMA keepwell IS '{version}'")


def _schema(installed: str) -> Resource:
    return Resource(vendor="vault", kind="vault", key="schema", fields={"sql": installed})


@contextmanager
def _explained() -> Iterator[None]:
    """Errors of Postgres without their detail, which may quote what was sent."""
    try:
        yield
    except asyncpg.InvalidPasswordError:
        raise ApiError(
            "Postgres refused the password", hint=f"{_VARIABLE} is wrong or was rotated"
        ) from None
    except asyncpg.PostgresError as error:
        raise ApiError(
            f"Postgres refused: {type(error).__name__} ({error.sqlstate})",
            hint=f"{_VARIABLE} must be of the role postgres, and supabase_vault be enabled",
        ) from None
    except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
        raise ApiError(
            f"Postgres cannot be reached: {type(error).__name__}",
            hint=f"{_VARIABLE} must name the session pooler, which speaks IPv4, with "
            "sslmode=verify-full and sslrootcert",
        ) from None


def _vetted(dsn: str) -> str:
    try:
        parts = urlsplit(dsn)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.scheme not in ("postgresql", "postgres"):
        raise UsageError(
            f"{_VARIABLE} is no address of a Postgres server",
            hint="copy the session pooler's from the project's page, with the password filled in;"
            " signs such as / @ [ in it are written as %2F %40 %5B",
        ) from None
    mode = parse_qs(parts.query).get("sslmode", [""])[-1]
    if mode not in ("verify-full", "verify-ca") and not is_loopback(host):
        raise UsageError(
            f"{_VARIABLE} does not have the server's certificate verified",
            hint="add ?sslmode=verify-full&sslrootcert=FILE, with the project's certificate",
            see="https://supabase.com/docs/guides/platform/ssl-enforcement",
        )
    return dsn


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
