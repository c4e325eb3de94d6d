"""Runs a server in a process of its own and asks it as a monitor would."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keepwell.clock import SystemClock

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """The server; `get` gives status and body, or status 0 where nobody listens."""

    process: subprocess.Popen[bytes]
    port: int

    def get(self, path: str, *, token: str = "") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        return self.process.wait(20)


@contextmanager
def serve(
    command: Sequence[str],
    *,
    port: int,
    environ: Mapping[str, str],
    folder: Path = ROOT,
    python: Path = Path(sys.executable),
) -> Iterator[Served]:
    """Starts it with our interpreter, unless told which, and waits until it answers."""
    with subprocess.Popen(
        [str(python), *command], env=os.environ | dict(environ), cwd=folder
    ) as process:
        served = Served(process, port)
        try:
            wait_until(lambda: served.get("/livez")[0] != 0 or process.poll() is not None)
            yield served
        finally:
            process.kill()


def wait_until(is_so) -> None:
    """Asks again and again, for 20 s at most."""
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + 20
    while not is_so():
        assert clock.monotonic_s() < give_up_s, "it never came to be"
        clock.sleep(0.05)
