"""A package index on loopback, so that installs are real and need no network.

Source: https://peps.python.org/pep-0503/ (read 2026-11)
"""

import hashlib
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A running index. `requested` lists the paths asked for, in order."""

    url: str
    requested: list[str] = field(default_factory=list)

    @property
    def hostile_url(self) -> str:
        """Where a configuration of the workspace points to; a request there is a break-in."""
        return self.url.replace("/simple", "/hostile")


def locked_wheels(requirements: Path, *, cache: Path) -> Path:
    """The folder of the wheels that `requirements` locks for this Python, downloaded once."""
    key = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = cache / f"{key}-{sys.implementation.cache_tag}"
    if folder.is_dir():
        return folder
    pip = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    flags = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(requirements)]
    with tempfile.TemporaryDirectory(dir=cache) as fresh:
        subprocess.run([*pip, *flags, "--dest", f"{fresh}/wheels"], check=True)
        with suppress(OSError):  # another worker was first
            Path(fresh, "wheels").rename(folder)
    return folder


@contextmanager
def serving(wheels: Path) -> Iterator[Index]:
    """Serves the wheels in a folder until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        index = Index(url=f"http://127.0.0.1:{server.server_port}/simple")
        server.wheels, server.index = wheels, index  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.index.requested.append(self.path)  # type: ignore[attr-defined]
        wheels: Path = self.server.wheels  # type: ignore[attr-defined]
        kind, _, name = self.path.strip("/").partition("/")
        if kind == "wheels" and (wheels / name).is_file():
            self._answer((wheels / name).read_bytes(), kind="application/octet-stream")
        elif kind == "simple" and (links := _links(wheels, project=name)):
            self._answer(
                f"<!DOCTYPE html><html><body>{links}</body></html>".encode(), kind="text/html"
            )
        else:
            self.send_error(404)

    def _answer(self, body: bytes, *, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: `requested` holds what tests ask about."""


def _links(wheels: Path, *, project: str) -> str:
    return "".join(
        f'<a href="/wheels/{wheel.name}">{wheel.name}</a>'
        for wheel in sorted(wheels.glob("*.whl"))
        if re.sub(r"[-_.]+", "-", wheel.name.split("-")[0]).lower() == project
    )
