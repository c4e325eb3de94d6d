"""Measures what `actions/run` costs a job, each time against a peer in the same round.

Required: with dependencies present, `actions/run keep-alive` sends its first request within 2 times
of what `python -c "import httpx; httpx.get(URL)"` takes to send its own; on a machine with nothing
installed and empty caches, the launcher takes at most 2 times as long as uv takes to install httpx
alone. Exits 1 when it misses one. Medians of 7 rounds of whole processes, servers on loopback, the
cold installs from the index that this machine uses.
"""

import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import trustme

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / "actions" / "run"
UV = Path(sys.executable).with_name("uv")
HOST = "api.livestreamsell.example"
ROUNDS = 7
REQUIRED_RATIO = 2.0
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement: seconds of each round, ours and the peer's."""

    name: str
    ours_s: Sequence[float]
    peer_s: Sequence[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours_s) / statistics.median(self.peer_s)

    def __str__(self) -> str:
        ours_ms, peer_ms = (1000 * statistics.median(each) for each in (self.ours_s, self.peer_s))
        verdict = "ok" if self.ratio <= REQUIRED_RATIO else "MISSED"
        times = f"{ours_ms:8.0f} ms {peer_ms:8.0f} ms {self.ratio:6.2f}"
        return f"{self.name:<44} {times} {REQUIRED_RATIO:6.1f}  {verdict}"


class Server(ThreadingHTTPServer):
    """Notes when requests arrive."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.arrived_s: list[float] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.arrived_s.append(time.perf_counter())
        body = b'{"status":"pass"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/health+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server() as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A fresh machine in a folder: a Python with nothing installed, uv, and a checkout."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> "Machine":
        venv, tools = folder / "venv", folder / "bin"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        tools.mkdir()
        (tools / "uv").symlink_to(UV)
        shutil.copy(ROOT / "stack.yaml", folder)
        # A runner writes bytecode; that it is switched off where this is developed says nothing.
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        paths = {"RUNNER_TEMP": str(folder / "temp"), "UV_CACHE_DIR": str(folder / "uv-cache")}
        path = f"{venv / 'bin'}:{tools}:{SYSTEM_PATH}"
        machine = cls(folder=folder, environ={**kept, **paths, "PATH": path})
        machine.forget()
        return machine

    @property
    def dependencies(self) -> Path:
        (folder,) = (self.folder / "temp" / "keepwell").iterdir()
        return folder

    def forget(self) -> None:
        """Back to the state in which nothing was ever installed."""
        for name in ("temp", "uv-cache", "target"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / "temp").mkdir()

    def time(self, *command: str | Path, **environ: str) -> tuple[float, float]:
        """When the process was started, and the seconds until it had ended."""
        began_s = time.perf_counter()
        subprocess.run(
            command,
            cwd=self.folder,
            env=self.environ | environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return began_s, time.perf_counter() - began_s


def measure_cold(machine: Machine) -> Row:
    """From nothing installed to a keepwell that has started and ended."""
    python = machine.folder / "venv" / "bin" / "python"
    install = ["uv", "--no-config", "pip", "install", "--quiet", "--python", str(python)]

    def cold(*command: str | Path) -> float:
        machine.forget()
        return machine.time(*command)[1]

    return _interleaved(
        "cold: install and start",
        ours=lambda: cold(LAUNCHER, "--version"),
        peer=lambda: cold(*install, "--target", "target", "httpx"),
    )


def measure_warm(machine: Machine) -> Row:
    """From the start of the process to the arrival of its first request."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(machine.folder / "ca.pem")
    with serving() as plain, serving(context) as secure:
        online = f"1.1.1.1=127.0.0.1:{plain.server_port}"
        resolve = f"{HOST}=127.0.0.1:{secure.server_port},{online}"
        get = f"import httpx; httpx.get('http://127.0.0.1:{plain.server_port}/')"
        options = ["--resolve", resolve, "--ca", "ca.pem"]
        path = {"PYTHONPATH": str(machine.dependencies)}
        return _interleaved(
            "warm: to the first request of keep-alive",
            ours=lambda: _first_request_s(machine, secure, [LAUNCHER, "keep-alive", *options]),
            peer=lambda: _first_request_s(machine, plain, ["python3", "-c", get], **path),
        )


def _first_request_s(
    machine: Machine, server: Server, command: Sequence[str | Path], **environ: str
) -> float:
    server.arrived_s.clear()
    began_s, _ = machine.time(*command, **environ)
    return server.arrived_s[0] - began_s


def _interleaved(name: str, *, ours: Callable[[], float], peer: Callable[[], float]) -> Row:
    """Alternates the two, after one round that is not counted: it writes the bytecode."""
    rounds = [(ours(), peer()) for _ in range(ROUNDS + 1)][1:]
    ours_s, peer_s = zip(*rounds, strict=True)
    return Row(name=name, ours_s=ours_s, peer_s=peer_s)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-") as folder:
        machine = Machine.make(Path(folder))
        rows = [measure_cold(machine)]
        machine.time(LAUNCHER, "--version")
        rows.append(measure_warm(machine))
    print(f"{'median of ' + str(ROUNDS):<44} {'ours':>11} {'peer':>11} {'ratio':>6} {'limit':>6}")
    print(*rows, sep="\n")
    return int(any(row.ratio > REQUIRED_RATIO for row in rows))


if __name__ == "__main__":
    sys.exit(main())
