"""`python -m keepwell.health`, in a process of its own, before real servers."""

import subprocess
import sys

import pytest

from keepwell.rehearsal.servers.server import free_port
from tests.health.serving import Served, serve, wait_until

MODULE = ("-m", "keepwell.health")


@pytest.fixture
def environ(postgres_server, redis_server) -> dict[str, str]:
    return {
        "DATABASE_URL": postgres_server.dsn,
        "REDIS_URL": redis_server.url,
        "HEALTH_TOKEN": "t0ken",
    }


@pytest.fixture
def sidecar(environ):
    port = free_port()
    with serve((*MODULE, "--port", str(port), "--drain-s", "1"), port=port, environ=environ) as it:
        yield it


def is_failing(served: Served) -> bool:
    return served.get("/health")[0] == 503


def test_it_answers_from_real_round_trips(sidecar, redis_server):
    assert sidecar.get("/health") == (200, b'{"status":"pass"}')
    assert b"redis:responseTime" in sidecar.get("/readyz", token="t0ken")[1]
    assert sidecar.get("/elsewhere")[0] == 404
    redis_server.kill()
    try:
        wait_until(lambda: is_failing(sidecar))
        assert sidecar.get("/readyz") == (200, b'{"status":"warn"}')
        assert sidecar.get("/livez")[0] == 200
    finally:
        redis_server.start()
    wait_until(lambda: not is_failing(sidecar))


def test_sigterm_is_told_before_it_ends(sidecar):
    assert sidecar.get("/health")[0] == 200
    sidecar.terminate()
    wait_until(lambda: is_failing(sidecar))
    assert sidecar.get("/readyz") == (503, b'{"status":"fail","notes":["stopping"]}')
    assert sidecar.get("/livez")[0] == 200
    assert sidecar.wait() == 0


def test_a_variable_that_is_missing_is_an_error_without_a_traceback(environ):
    ran = subprocess.run(
        [sys.executable, *MODULE],
        env=environ | {"REDIS_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr == "error: /health needs the variables DATABASE_URL and REDIS_URL\n"


def test_a_port_that_is_taken_is_an_error_without_a_traceback(environ, postgres_server):
    command = [sys.executable, *MODULE, "--port", str(postgres_server.port)]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr
