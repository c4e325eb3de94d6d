"""Real servers: found, ready, frozen, killed, started again, and never left behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import redis

from keepwell.clock import SystemClock
from keepwell.errors import KeepwellError
from keepwell.rehearsal.servers import Postgres, start_postgres, start_redis
from keepwell.rehearsal.servers.binaries import (
    find_postgres,
    find_redis,
    postgres_wheel,
    valkey_wheel,
)
from keepwell.rehearsal.servers.watchdog import processes_of

LONG_S = 20.0


def ask(dsn: str, statement: str, *, timeout_s: float = LONG_S) -> object:
    async def answer() -> object:
        connection = await asyncpg.connect(dsn, timeout=timeout_s)
        try:
            return await connection.fetchval(statement, timeout=timeout_s)
        finally:
            connection.terminate()

    return asyncio.run(answer())


def eventually(holds: Callable[[], bool]) -> bool:
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + LONG_S
    while not holds() and clock.monotonic_s() < give_up_s:
        clock.sleep(0.02)
    return holds()


def client(url: str, *, timeout_s: float = LONG_S) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=timeout_s, retry=None, single_connection_client=False
    )


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


def system_postgres() -> list[Path]:
    return [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.is_dir()]


class TestFinding:
    def test_the_wheels_hold_programs_for_this_platform(self) -> None:
        assert (find_postgres(folders=postgres_wheel()) / "initdb").is_file()
        assert find_redis(folders=valkey_wheel()).name == "valkey-server"

    def test_the_newest_postgres_of_the_wheel_comes_first(self) -> None:
        assert [folder.parent.name for folder in postgres_wheel()] == ["pginstall18", "pginstall"]

    def test_a_folder_of_links_leads_to_where_the_programs_really_are(self, tmp_path: Path) -> None:
        real = postgres_wheel()[0]
        for program in ("postgres", "initdb"):
            (tmp_path / program).symlink_to(real / program)
        assert find_postgres(folders=[tmp_path]) == real.resolve()

    def test_a_folder_without_initdb_is_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "postgres").symlink_to(postgres_wheel()[0] / "postgres")
        found = find_postgres(folders=[tmp_path, *postgres_wheel()])
        assert found == postgres_wheel()[0].resolve()

    @pytest.mark.parametrize("find", [find_postgres, find_redis])
    def test_nothing_found_says_what_to_install(
        self, find: Callable[..., Path], tmp_path: Path
    ) -> None:
        with pytest.raises(KeepwellError) as error:
            find(folders=[tmp_path])
        assert "keepwell[rehearse]" in error.value.hint


class TestPostgres:
    def test_answers_a_query_over_tcp_on_loopback_alone(self, postgres: Postgres) -> None:
        assert ask(postgres.dsn, "SELECT 6 * 7") == 42
        assert ask(postgres.dsn, "SHOW listen_addresses") == "127.0.0.1"

    def test_refuses_a_wrong_password(self, postgres: Postgres) -> None:
        wrong = postgres.dsn.replace("postgres:", "postgres:not-", 1)
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(wrong, "SELECT 1")

    def test_frozen_it_takes_connections_but_answers_none_until_thawed(
        self, postgres: Postgres
    ) -> None:
        postgres.freeze()
        with pytest.raises(TimeoutError):
            ask(postgres.dsn, "SELECT 1", timeout_s=0.5)
        postgres.thaw()
        assert ask(postgres.dsn, "SELECT 1") == 1

    def test_freezing_stops_backends_in_groups_of_their_own(self, postgres: Postgres) -> None:
        async def query_while_frozen() -> None:
            connection = await asyncpg.connect(postgres.dsn)
            postgres.freeze()
            try:
                with pytest.raises(TimeoutError):
                    await connection.fetchval("SELECT 1", timeout=0.5)
            finally:
                postgres.thaw()
                connection.terminate()

        asyncio.run(query_while_frozen())

    def test_killed_it_refuses_and_started_again_it_has_its_data_and_port(
        self, postgres: Postgres
    ) -> None:
        ask(postgres.dsn, "CREATE TABLE kept AS SELECT 7 AS number")
        port = postgres.port
        postgres.kill()
        assert not postgres.is_running
        with pytest.raises(ConnectionRefusedError):
            ask(postgres.dsn, "SELECT 1")
        postgres.start()
        assert postgres.port == port
        assert ask(postgres.dsn, "SELECT number FROM kept") == 7

    def test_killed_while_frozen_it_is_gone_all_the_same(self, postgres: Postgres) -> None:
        postgres.freeze()
        postgres.kill()
        with pytest.raises(KeepwellError, match="is not running"):
            postgres.freeze()
        postgres.start()
        assert ask(postgres.dsn, "SELECT 1") == 1

    @pytest.mark.parametrize("binaries", postgres_wheel(), ids=lambda path: path.parent.name)
    def test_the_wheels_programs_run(self, binaries: Path) -> None:
        with start_postgres(binaries=find_postgres(folders=[binaries])) as server:
            assert ask(server.dsn, "SELECT 1") == 1

    @pytest.mark.skipif(not system_postgres(), reason="no Postgres in /usr/lib/postgresql")
    def test_the_machines_programs_run(self) -> None:
        with start_postgres(binaries=find_postgres(folders=system_postgres())) as server:
            assert ask(server.dsn, "SELECT 1") == 1

    def test_programs_in_a_folder_closed_to_others_run(self, tmp_path: Path) -> None:
        package = postgres_wheel()[0].parent.parent
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(
                folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("include")
            )
        tmp_path.chmod(0o700)
        binaries = tmp_path / package.name / "pginstall18" / "bin"
        with start_postgres(binaries=binaries) as server:
            assert ask(server.dsn, "SELECT 1") == 1

    def test_a_port_in_use_is_an_error_that_shows_the_log(self, postgres: Postgres) -> None:
        with (
            pytest.raises(KeepwellError, match="could not bind"),
            start_postgres(port=postgres.port),
        ):
            pass

    def test_after_the_block_processes_and_folder_are_gone(self) -> None:
        with start_postgres() as server:
            pid = int((server.data_dir / "postmaster.pid").read_text().split()[0])
            assert len(processes_of(pid)) > 1
            family = processes_of(pid)
        assert [each for each in family if processes_of(each)] == []
        assert not server.data_dir.parent.exists()


class TestRedis:
    def test_answers_and_evicts_nothing(self) -> None:
        with start_redis() as server, client(server.url) as connection:
            assert connection.ping()
            assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert connection.config_get("appendonly") == {"appendonly": "no"}

    def test_frozen_times_out_thawed_answers_killed_refuses_started_answers(self) -> None:
        with start_redis() as server:
            server.freeze()
            with client(server.url, timeout_s=0.3) as one, pytest.raises(redis.TimeoutError):
                one.ping()
            server.thaw()
            with client(server.url) as one:
                assert one.ping()
            server.kill()
            with client(server.url) as one, pytest.raises(redis.ConnectionError):
                one.ping()
            server.start()
            with client(server.url) as one:
                assert one.ping()

    def test_with_an_append_only_file_data_survive_a_kill(self) -> None:
        with start_redis(append_only=True) as server:
            with client(server.url) as one:
                one.set("key", "value")
            server.kill()
            server.start()
            with client(server.url) as one:
                assert one.get("key") == b"value"


STARTS_BOTH = """
import sys, time
from keepwell.rehearsal.servers import start_postgres, start_redis
with start_postgres() as postgres, start_redis() as redis:
    postgres.freeze()
    for server in (postgres, redis):
        print(server._process.pid, server._launch.guard.folder, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name
)
def test_nothing_is_left_when_the_process_that_started_them_ends_by(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_BOTH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        servers = [parent.stdout.readline().split() for _ in range(2)]
        families = [each for pid, _ in servers for each in processes_of(int(pid))]
        folders = [Path(folder) for _, folder in servers]
        assert len(families) > 2
        assert all(folder.is_dir() for folder in folders)
        os.kill(parent.pid, how)
        parent.wait(timeout=LONG_S)
    assert eventually(lambda: not any(processes_of(each) for each in families))
    assert eventually(lambda: not any(folder.exists() for folder in folders))
