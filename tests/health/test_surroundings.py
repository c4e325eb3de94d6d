"""What a library must live through: forks, another event loop, clocks that jump, cancellation."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
import uvloop

from keepwell.health import Health, Postgres, Redis, Settings
from keepwell.rehearsal.servers.server import free_port
from tests.health.asking import ManualClock, OwnCheck, ask
from tests.health.serving import serve, wait_until


@pytest.fixture
def environ(postgres_server, redis_server) -> dict[str, str]:
    return {
        "DATABASE_URL": postgres_server.dsn,
        "REDIS_URL": redis_server.url,
        "HEALTH_TOKEN": "t0ken",
    }


# gunicorn loads the application, forks, and each worker must come to connections of its own.
PRELOADED = """
import os
from keepwell.health import WsgiHealth

def pid(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [str(os.getpid()).encode()]

app = WsgiHealth(pid)
if os.environ.get("ASK_BEFORE_FORK"):
    environ = {"PATH_INFO": "/health", "REQUEST_METHOD": "GET"}
    print(b"".join(app(environ, lambda *_: None)), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("asks_before", ["", "1"])
def test_workers_that_gunicorn_forks_have_connections_of_their_own(
    environ, redis_server, tmp_path, asks_before
):
    (tmp_path / "service.py").write_text(PRELOADED)
    port = free_port()
    command = [
        *("-m", "gunicorn", "--preload", "--workers", "3", "--log-level", "warning"),
        *("--bind", f"127.0.0.1:{port}", "service:app"),
    ]
    environ |= {"ASK_BEFORE_FORK": asks_before}
    with serve(command, port=port, environ=environ, folder=tmp_path) as served:
        workers = set()

        def all_were_met() -> bool:
            assert served.get("/health")[0] == 200
            workers.add(served.get("/")[1])
            return len(workers) == 3

        wait_until(all_were_met)
        for _ in range(30):
            assert served.get("/health")[0] == 200
        redis_server.kill()
        try:
            wait_until(lambda: served.get("/health")[0] == 503)
        finally:
            redis_server.start()
        wait_until(lambda: all(served.get("/health")[0] == 200 for _ in range(10)))
        served.terminate()
        assert served.wait() == 0


FORKS = """
import asyncio, os, sys
from keepwell.health import Health

health = Health.from_environment()  # as an import does

def serve():
    async def main():
        reply = await health.respond(path="/health", method="GET")
        await health.close()
        return reply.status
    return asyncio.run(main())

child = os.fork()
status = serve()
if child == 0:
    os._exit(0 if status == 200 else 1)
_, code = os.waitpid(child, 0)
print(status, os.waitstatus_to_exitcode(code))
"""


def test_an_application_that_is_forked_before_it_serves_works_on_both_sides(environ):
    ran = subprocess.run(
        [sys.executable, "-c", FORKS], env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "200 0\n"


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_on_uvloop_it_passes_times_out_and_recovers(postgres_server, redis_server, driver):
    async def main() -> list[int]:
        clock = ManualClock()
        checks = (
            Postgres(postgres_server.dsn, driver=driver),
            Redis(redis_server.url, instance_id="x"),
        )
        health = Health(checks, settings=Settings(), clock=clock)
        seen = [(await ask(health)).status]
        postgres_server.freeze()
        try:
            clock.passed_s += 10
            async with asyncio.timeout(2):
                seen.append((await ask(health)).status)
        finally:
            postgres_server.thaw()
        clock.passed_s += 10
        seen.append((await ask(health)).status)
        await health.close()
        return seen

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(main()) == [200, 503, 200]


@pytest.mark.anyio
@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400), timedelta(seconds=-1)])
async def test_a_clock_that_is_set_changes_nothing_but_what_it_shows(jump):
    clock, check = ManualClock(), OwnCheck()
    app = Health([check], settings=Settings(health_token="t0ken"), clock=clock)
    await ask(app)
    clock.start += jump
    document = (await ask(app, authorization=b"Bearer t0ken")).document
    assert (check.asked, document["uptime_s"]) == (1, 0.0)
    clock.passed_s += 1
    document = (await ask(app, authorization=b"Bearer t0ken")).document
    assert (check.asked, document["uptime_s"]) == (2, 1.0)
    shown = document["checks"]["queue:responseTime"][0]["time"]
    assert shown == clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.anyio
@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
async def test_a_hundred_callers_that_leave_break_nothing(postgres_server, redis_server, driver):
    checks = (
        Postgres(postgres_server.dsn, driver=driver),
        Redis(redis_server.url, instance_id="x"),
    )
    health = Health(checks, settings=Settings(ttl_s=0.0))
    for turn in range(100):
        caller = asyncio.create_task(ask(health))
        await asyncio.sleep(turn % 10 / 5000)
        caller.cancel()
    assert (await ask(health)).status == 200
    await health.close()
