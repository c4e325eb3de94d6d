"""SIGTERM under a real server: /health says so at once, and the service goes on for a while."""

import signal
import subprocess
import sys

import pytest

from keepwell.rehearsal.servers.server import free_port
from tests.health.serving import serve, wait_until

APP = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from keepwell.health import Health

health = Health.from_environment()
hello = Route("/", lambda request: PlainTextResponse("hello"))
app = Starlette(lifespan=health.lifespan, routes=[hello, Mount("/", health)])
"""


@pytest.fixture
def environ(postgres_server, redis_server) -> dict[str, str]:
    return {"DATABASE_URL": postgres_server.dsn, "REDIS_URL": redis_server.url}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "service.py").write_text(APP)
    return tmp_path


def uvicorn(port: int, *, app: str = "service:app") -> tuple[str, ...]:
    return ("-m", "uvicorn", app, "--port", str(port), "--log-level", "warning")


@pytest.mark.parametrize("app", ["service:app", "service:health"])
def test_it_serves_on_while_health_says_stopping(environ, folder, app):
    port = free_port()
    environ["HEALTH_DRAIN_S"] = "1.5"
    with serve(uvicorn(port, app=app), port=port, environ=environ, folder=folder) as served:
        assert served.get("/readyz")[0] == 200
        served.terminate()
        wait_until(lambda: served.get("/readyz")[0] == 503)
        assert served.get("/health") == (503, b'{"status":"fail","notes":["stopping"]}')
        assert served.get("/")[0] == (200 if app == "service:app" else 404)
        assert served.wait() in {0, -signal.SIGTERM}
        assert served.get("/health")[0] == 0


def test_without_a_delay_the_server_stops_as_it_always_does(environ, folder):
    port = free_port()
    with serve(uvicorn(port), port=port, environ=environ, folder=folder) as served:
        assert served.get("/health")[0] == 200
        served.terminate()
        assert served.wait() in {0, -signal.SIGTERM}


PROGRAM = """
import asyncio, os, signal
from keepwell.health.draining import drain_at_sigterm

async def main():
    {}
    drain_at_sigterm(lambda: print("drains", flush=True), stops_after_s=0.1)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(5)
    print("lives")

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("before", "printed", "code"),
    [
        ("pass", "drains\n", -signal.SIGTERM),  # as without any handler
        (
            "signal.signal(signal.SIGTERM, lambda *_: (print('stops', flush=True), os._exit(7)))",
            "drains\nstops\n",
            7,
        ),
    ],
)
def test_what_was_there_before_hears_of_it_later(before, printed, code):
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(before)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (code, printed)
