"""Serves one application in a uvicorn process, and loads it from another."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from keepwell.clock import SystemClock
from keepwell.rehearsal.servers.server import free_port

FOLDER = Path(__file__).parent


@contextmanager
def serve(
    app: str, environ: Mapping[str, str], *options: str, python: Path | None = None
) -> Iterator[int]:
    """One process, of our interpreter where no other is named; the port at which it answers.

    uvicorn serves it, unless the options are those of gunicorn.
    """
    port = free_port()
    command = [
        *("uvicorn", app, "--app-dir", str(FOLDER), "--port", str(port), "--loop", "asyncio"),
        *("--http", "httptools", "--no-access-log", "--log-level", "warning", *options),
    ]
    if "gunicorn" in options:
        command = [*options, "--chdir", str(FOLDER), "--bind", f"127.0.0.1:{port}", app]
    command = [str(python or sys.executable), "-m", *command]
    with subprocess.Popen(command, env=os.environ | dict(environ)) as server:
        try:
            wait_until_open(port)
            yield port
        finally:
            server.terminate()


def wait_until_open(port: int) -> None:
    """Returns when something listens on the port; after 10 s the load will find that out."""
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + 10
    while clock.monotonic_s() < give_up_s:
        try:
            asyncio.run(asyncio.open_connection("127.0.0.1", port))
        except OSError:
            clock.sleep(0.05)
        else:
            return


def load(*ports: int, seconds: float) -> list[str]:
    """The command that keeps 32 connections busy; for each port it prints RATE:P99_MS."""
    return [sys.executable, str(FOLDER / "load.py"), str(seconds), *map(str, ports)]
