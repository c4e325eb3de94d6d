"""The health libraries that keepwell is measured beside, each in an environment of its own.

`apps/NAME_app.py` mounts a library as its documentation says, `requirements/NAME.txt` pins it.
"""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keepwell.clock import SystemClock
from keepwell.rehearsal.servers.server import free_port

FOLDER = Path(__file__).parent
_CACHE = FOLDER.parents[1] / ".cache" / "peers"
_OPENS_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A library by its name on PyPI; `is_wsgi` where it speaks no ASGI."""

    name: str
    path: str = "/health"
    is_wsgi: bool = False

    @property
    def module(self) -> str:
        """The name as files have it."""
        return self.name.replace("-", "_")

    def command(self, python: Path, *, port: int) -> Sequence[str]:
        """One process that serves the library at the port: threads where it waits in them."""
        app = f"{self.module}_app:app"
        if self.is_wsgi:
            bind = ("--bind", f"127.0.0.1:{port}", "--threads", "32", "--log-level", "error")
            return (str(python), "-m", "gunicorn", *bind, "--no-control-socket", app)
        options = ("--http", "httptools", "--loop", "asyncio", "--no-access-log")
        port_at = ("--port", str(port), "--log-level", "critical")
        return (str(python), "-m", "uvicorn", *options, *port_at, app)


PEERS = (
    Peer(name="django-health-check", path="/health?format=json"),
    Peer(name="fastapi-health"),
    Peer(name="fast-healthchecks", path="/health/readiness"),
    Peer(name="fastapi-healthchecks"),
    Peer(name="py-healthcheck", is_wsgi=True),
)


def install(peer: Peer) -> Path:
    """The interpreter of the peer's environment, which is made where the pins changed."""
    lock = FOLDER / "requirements" / f"{peer.module}.txt"
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    pins = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = _CACHE / f"{peer.module}-{minor}-{pins}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        uv = (sys.executable, "-m", "uv", "--no-config")
        venv = (*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        into = (*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python))
        subprocess.run(venv, check=True)
        subprocess.run([*into, "--require-hashes", "--no-deps", "-r", str(lock)], check=True)
        (folder / "complete").touch()
    return python


@contextmanager
def serve(peer: Peer, *, environ: Mapping[str, str]) -> Iterator[int]:
    """The peer while the block lasts; the port at which it answers.

    Raises:
        RuntimeError: it did not open its port.
    """
    port = free_port()
    command = peer.command(install(peer), port=port)
    with subprocess.Popen(
        command,
        cwd=FOLDER / "apps",
        env=os.environ | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_until_open(port, peer=peer)
            yield port
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:  # one that hangs with its dependency does not stop
                server.kill()


def _wait_until_open(port: int, *, peer: Peer) -> None:
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + _OPENS_WITHIN_S
    while clock.monotonic_s() < give_up_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            clock.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{peer.name} did not open its port within {_OPENS_WITHIN_S:.0f} s")
