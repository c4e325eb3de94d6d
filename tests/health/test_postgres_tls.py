"""TLS as this end sees it, against a real Postgres with a certificate."""

import os
from pathlib import Path

import asyncpg
import pytest
import trustme

from keepwell.health import ErrorClass, Postgres
from keepwell.health.postgres_line import sslmodes
from keepwell.rehearsal.servers import start_postgres
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio

BOTH = pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server():
    with start_postgres() as server:
        yield server


@pytest.fixture
async def encrypted(server, authority, tmp_path):
    """The DSN without sslmode of a server that speaks TLS as `localhost`, and its CA's file."""
    identity = authority.issue_cert("localhost")
    key = server.data_dir / "server.key"
    identity.private_key_pem.write_to_path(key)
    certificate = server.data_dir / "server.crt"
    certificate.write_bytes(b"".join(pem.bytes() for pem in identity.cert_chain_pems))
    owner = server.data_dir.stat()
    for path in (key, certificate):
        path.chmod(0o600)
        os.chown(path, owner.st_uid, owner.st_gid)
    admin = await asyncpg.connect(server.dsn, ssl=False)
    await admin.execute("alter system set ssl = on")
    await admin.execute("select pg_reload_conf()")
    await admin.close()
    if not await speaks_tls(server.dsn):
        pytest.skip("this Postgres was built without OpenSSL")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return server.dsn.replace("127.0.0.1", "localhost"), tmp_path / "ca.pem"


async def speaks_tls(dsn: str) -> bool:
    """Whether it does by now; a reload takes a moment."""
    for _ in range(100):
        try:
            connection = await asyncpg.connect(f"{dsn}?sslmode=require")
        except ConnectionError:
            continue
        await connection.close()
        return True
    return False


def with_mode(dsn: str, mode: str, ca: Path) -> str:
    return f"{dsn}?sslmode={mode}&sslrootcert={ca}"


@BOTH
@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
async def test_an_encrypted_connection_passes(encrypted, driver, mode):
    dsn, ca = encrypted
    check = Postgres(with_mode(dsn, mode, ca), driver=driver, require_tls=True)
    assert await outcome(check) is None
    assert check.line._connection
    assert check.line._connection.is_encrypted()
    await check.close()


@BOTH
async def test_a_certificate_of_another_authority_is_tls(encrypted, driver, tmp_path):
    dsn, _ = encrypted
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    check = Postgres(with_mode(dsn, "verify-full", tmp_path / "other.pem"), driver=driver)
    assert await outcome(check) is ErrorClass.TLS


@BOTH
async def test_a_certificate_for_another_name_is_tls(encrypted, driver):
    dsn, ca = encrypted
    elsewhere = with_mode(dsn.replace("localhost", "127.0.0.1"), "verify-full", ca)
    assert await outcome(Postgres(elsewhere, driver=driver)) is ErrorClass.TLS


@BOTH
async def test_it_sees_that_it_is_not_encrypted(encrypted, driver):
    dsn, _ = encrypted
    check = Postgres(f"{dsn}?sslmode=disable", driver=driver)
    assert await outcome(check) is None
    assert check.line._connection
    assert not check.line._connection.is_encrypted()
    check.line._require_tls = True
    check.line._drop()
    assert await outcome(check) is ErrorClass.TLS


@pytest.mark.parametrize(
    ("dsn", "modes"),
    [
        ("postgresql://u:p@h/x?sslmode=verify-full", ["verify-full"]),
        ("postgresql://u:p@h/x?sslmode=require&application_name=y", ["require"]),
        ("postgresql://u:p@h/x?sslmode=verify-full&sslmode=disable", ["verify-full", "disable"]),
        ("postgresql://u:p@h/x", []),
        ("host=h sslmode=verify-full dbname=x", ["verify-full"]),
        ("sslmode = 'prefer' host=h", ["prefer"]),
        ("host=h", []),
    ],
)
def test_the_modes_of_a_dsn_are_read(dsn, modes):
    assert sslmodes(dsn) == modes


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sslmode=disable",
        "sslmode=allow",
        "sslmode=prefer",
        "sslmode=",
        "sslmode=require&sslmode=disable",
    ],
)
@BOTH
def test_a_dsn_that_would_settle_for_plain_text_is_refused(driver, query):
    dsn = f"postgresql://u:p4ss@h/x?{query}"
    Postgres(dsn, driver=driver)
    with pytest.raises(ValueError, match="sslmode is require or stricter") as refused:
        Postgres(dsn, driver=driver, require_tls=True)
    assert "p4ss" not in str(refused.value)
