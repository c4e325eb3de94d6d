"""The client of the Vault, on a real Postgres with the stand-in of Supabase's schema."""

import asyncio
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from keepwell.clients.vault import VaultVendor
from keepwell.clock import ManualClock
from keepwell.decisions.desired_supabase import desired_vault, sql_digest
from keepwell.decisions.diff import diff
from keepwell.errors import ApiError, Refused, UsageError
from keepwell.model.document import Document
from keepwell.model.plan import Action, Batch, Change
from keepwell.rehearsal.servers import Postgres, start_postgres
from tests.databases import execute as run
from tests.databases import fetch
from tests.decisions.changes import change
from tests.worlds import NOON

ROOT = Path(__file__).parents[2]
STAND_IN = (ROOT / "examples" / "livestreamsell" / "vault_stand_in.sql").read_text()
SQL = (ROOT / "generated" / "supabase" / "vault.sql").read_text()
DESIRED = desired_vault([Document(path="supabase/vault.sql", text=SQL)])


def nothing(name: str) -> str | None:
    return None


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        run(server.dsn, STAND_IN)
        yield server


@pytest.fixture
def fresh(postgres: Postgres) -> Postgres:
    """Without what `vault.sql` installs, and without secrets."""
    run(
        postgres.dsn,
        "DROP SCHEMA IF EXISTS keepwell CASCADE",
        "DROP SCHEMA IF EXISTS customer_keys CASCADE",
        "DROP ROLE IF EXISTS customer_keys",
        "DELETE FROM vault.secrets",
    )
    return postgres


def vault(postgres: Postgres, **values: str) -> VaultVendor:
    return VaultVendor(
        postgres.dsn,
        clock=ManualClock(NOON),
        lookup=values.get,
        sql=SQL,
        version=sql_digest(SQL),
    )


def changes(vendor: VaultVendor) -> list[Change]:
    return list(diff(DESIRED, [vendor.observe(DESIRED)]).changes)


def apply_all(vendor: VaultVendor) -> None:
    for each in changes(vendor):
        vendor.apply(Batch(vendor="vault", kind=each.resource.kind, changes=[each]))


def test_a_bare_database_gets_everything_and_then_nothing(fresh: Postgres):
    vendor = vault(fresh, LLM_API_KEY="s3cret")
    assert [each.action for each in changes(vendor)] == [Action.CREATE] * 2
    apply_all(vendor)
    assert changes(vendor) == []
    assert vendor.calls == 5


def test_another_value_differs_and_is_stored(fresh: Postgres):
    apply_all(vault(fresh, LLM_API_KEY="old"))
    vendor = vault(fresh, LLM_API_KEY="new")
    (differing,) = changes(vendor)
    assert differing.before == {"value": "hidden://"}
    apply_all(vendor)
    assert changes(vendor) == []
    stored = fetch(fresh.dsn, "SELECT decrypted_secret FROM vault.decrypted_secrets")
    assert stored == "new"


def test_a_value_that_is_not_at_hand_is_not_compared(fresh: Postgres):
    apply_all(vault(fresh, LLM_API_KEY="old"))
    seen = vault(fresh).observe(DESIRED)
    assert list(seen.uncompared) == ["LLM_API_KEY"]
    assert diff(DESIRED, [seen]).changes == []


def test_another_version_of_the_file_is_installed_again(fresh: Postgres):
    apply_all(vault(fresh, LLM_API_KEY="x"))
    run(fresh.dsn, "COMMENT ON SCHEMA keepwell IS 'sha256:old'")
    vendor = vault(fresh, LLM_API_KEY="x")
    assert [each.address for each in changes(vendor)] == ["vault vault schema"]
    apply_all(vendor)
    assert changes(vendor) == []


def test_a_secret_that_is_not_at_hand_is_named_and_nothing_is_sent(fresh: Postgres):
    vendor = vault(fresh)
    made = change("vault vault-secret A", Action.CREATE, value="secret://A")
    with pytest.raises(UsageError, match="variable A"):
        vendor.apply(Batch(vendor="vault", kind="vault-secret", changes=[made]))
    assert vendor.calls == 0


@pytest.mark.parametrize("value", ["", "'; DROP TABLE vault.secrets; --", "ä🙂\n", "x" * 20_000])
def test_a_value_is_kept_as_it_is(fresh: Postgres, value: str):
    vendor = vault(fresh, LLM_API_KEY="y")
    apply_all(vendor)
    vendor.put("ODD", value)
    query = "SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'ODD'"
    assert fetch(fresh.dsn, query) == value


def test_two_writers_of_a_new_name_make_one_secret(fresh: Postgres):
    apply_all(vault(fresh, LLM_API_KEY="x"))
    with ThreadPoolExecutor(6) as pool:
        writing = [pool.submit(vault(fresh).put, "RACE", f"value-{n}") for n in range(6)]
        outcomes = [each.exception() for each in writing]
    assert outcomes == [None] * 6
    assert fetch(fresh.dsn, "SELECT count(*) FROM vault.secrets WHERE name = 'RACE'") == 1


def test_neither_files_nor_logs_nor_errors_ever_hold_a_value(fresh: Postgres):
    canary = f"canary-{secrets.token_hex(32)}"
    apply_all(vault(fresh, LLM_API_KEY=canary))
    run(fresh.dsn, "DROP FUNCTION keepwell.put_secret(text, text) CASCADE")
    vendor = vault(fresh, LLM_API_KEY=canary)
    with pytest.raises(ApiError) as caught:
        vendor.put("LLM_API_KEY", canary)
    run(fresh.dsn, "CHECKPOINT")
    assert canary not in f"{caught.value}{caught.value.hint}{vendor!r}{caught.value.__context__!r}"
    holding = [
        path
        for path in Path(str(fetch(fresh.dsn, "SHOW data_directory"))).rglob("*")
        if path.is_file() and canary.encode() in path.read_bytes()
    ]
    assert holding == []


def test_a_role_logs_in_with_its_new_password_only(fresh: Postgres):
    apply_all(vault(fresh, LLM_API_KEY="x"))
    vendor = vault(fresh)
    vendor.set_password("customer_keys", "first-password")
    vendor.set_password("customer_keys", "second-password")
    stored = fetch(fresh.dsn, "SELECT rolpassword FROM pg_authid WHERE rolname = 'customer_keys'")
    assert str(stored).startswith("SCRAM-SHA-256$4096:")
    vendor.allow_login("customer_keys", allowed=False)
    query = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'customer_keys'"
    assert fetch(fresh.dsn, query) is False


def test_open_sessions_of_a_role_are_counted(fresh: Postgres):
    apply_all(vault(fresh, LLM_API_KEY="x"))
    vendor = vault(fresh)
    vendor.set_password("customer_keys", "a-password")
    dsn = f"postgresql://customer_keys:a-password@{fresh.dsn.partition('@')[2]}"
    before = vendor.sessions_of("customer_keys")

    async def during() -> int:
        connection = await asyncpg.connect(dsn)
        try:
            return await asyncio.to_thread(vendor.sessions_of, "customer_keys")
        finally:
            await connection.close()

    assert (before, asyncio.run(during())) == (0, 1)


def test_a_password_that_needs_normalising_is_refused(fresh: Postgres):
    with pytest.raises(UsageError, match="printable ASCII"):
        vault(fresh).set_password("customer_keys", "pässwort")


def test_a_role_that_is_not_there_is_named(fresh: Postgres):
    for alter in (
        lambda: vault(fresh).set_password('no"body', "password"),
        lambda: vault(fresh).allow_login('no"body', allowed=False),
    ):
        with pytest.raises(Refused, match='Postgres has no role no"body'):
            alter()


def test_who_installs_at_once_waits_for_each_other(fresh: Postgres):
    with ThreadPoolExecutor(6) as pool:
        for _ in range(3):
            run(fresh.dsn, "DROP SCHEMA IF EXISTS keepwell CASCADE")
            list(pool.map(lambda _: apply_all(vault(fresh, LLM_API_KEY="value")), range(6)))
    assert not changes(vault(fresh, LLM_API_KEY="value"))


def test_a_database_without_a_vault_refuses_to_install(fresh: Postgres):
    run(fresh.dsn, "CREATE DATABASE bare")
    dsn = f"{fresh.dsn.rpartition('/')[0]}/bare"
    vendor = VaultVendor(
        dsn, clock=ManualClock(NOON), lookup=nothing, sql=SQL, version=sql_digest(SQL)
    )
    assert len(vendor.observe(DESIRED).resources) == 0
    with pytest.raises(ApiError, match="Postgres refused") as caught:
        vendor.apply(Batch(vendor="vault", kind="vault", changes=changes(vendor)[:1]))
    assert "supabase_vault" in caught.value.hint


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("postgresql://postgres:p@db.example.com/postgres", "certificate verified"),
        ("postgresql://postgres:p@db.example.com/postgres?sslmode=require", "certificate verified"),
        (
            "postgresql://p:p@db.example.com/x?sslmode=verify-full&sslmode=disable",
            "certificate verified",
        ),
        ("postgresql://postgres:pa/ss:p@db.example.com/x", "no address of a Postgres"),
        ("postgresql://postgres:p[a:p@db.example.com/x", "no address of a Postgres"),
        ("mysql://127.0.0.1/x", "no address of a Postgres"),
        ("p", "no address of a Postgres"),
    ],
)
def test_an_address_that_could_be_listened_to_is_refused(dsn: str, said: str):
    with pytest.raises(UsageError, match=said) as caught:
        VaultVendor(dsn, clock=ManualClock(NOON), lookup=nothing)
    assert ":p@" not in str(caught.value)


def test_a_server_that_is_not_there_cannot_be_reached():
    vendor = VaultVendor(
        "postgresql://postgres@127.0.0.1:1/postgres", clock=ManualClock(NOON), lookup=nothing
    )
    with pytest.raises(ApiError, match="cannot be reached"):
        vendor.observe(DESIRED)


def test_migrations_are_compared_by_their_head(fresh: Postgres):
    table = "supabase_migrations.schema_migrations"
    run(
        fresh.dsn,
        "CREATE SCHEMA supabase_migrations",
        f"CREATE TABLE {table} (version text PRIMARY KEY)",
        f"INSERT INTO {table} VALUES ('20260101000000'), ('20260201000000')",
    )
    try:
        for newest, told in (("20260201000000", 0), ("20260301000000", 1)):
            vendor = VaultVendor(
                fresh.dsn, clock=ManualClock(NOON), lookup=nothing, newest_migration=newest
            )
            found = vendor.observe(DESIRED).findings
            assert [each.rule for each in found] == ["migrations"] * told
    finally:
        run(fresh.dsn, "DROP SCHEMA supabase_migrations CASCADE")
