"""`pip install keepwell[health]` where nothing else is installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from keepwell.rehearsal.servers.server import free_port
from tests.actions.wheel_index import locked_wheels
from tests.health.serving import ROOT, serve

pytestmark = pytest.mark.slow

LOCK = ROOT / "examples" / "livestreamsell" / "requirements.txt"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has our wheel with its extra, resolved by pip from the locked wheels."""
    folder = tmp_path_factory.mktemp("bare")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    cache = ROOT / ".cache" / "wheels"
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index"]
    locked = locked_wheels(LOCK, cache=cache)
    subprocess.run([*install, "--find-links", str(locked), f"{wheel}[health]"], check=True)
    return python


def test_it_brings_the_two_drivers_and_nothing_of_the_command_line(python):
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        capture_output=True,
        check=True,
    )
    installed = {each["name"] for each in json.loads(listed.stdout)}
    assert {"keepwell", "asyncpg", "redis"} <= installed
    assert (
        installed - {"keepwell", "asyncpg", "redis", "async-timeout", "pip", "setuptools"} == set()
    )


def test_it_serves_there(python, postgres_server, redis_server, tmp_path):
    port = free_port()
    environ = {"DATABASE_URL": postgres_server.dsn, "REDIS_URL": redis_server.url}
    command = ("-m", "keepwell.health", "--port", str(port), "--drain-s", "0")
    with serve(command, port=port, environ=environ, folder=tmp_path, python=python) as served:
        assert served.get("/health") == (200, b'{"status":"pass"}')
        served.terminate()
        assert served.wait() == 0
