"""The service of stack.yaml on loopback: behind the edge stand-in, at the address of production."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from keepwell.rehearsal.edge import start_edge
from keepwell.stackfile import load
from tests.actions.hostile import ROOT

HOST = "api.livestreamsell.example"
REVISION = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
HEALTH = {
    "status": "pass",
    "releaseId": REVISION,
    "checks": {
        "postgres:responseTime": [{"status": "pass", "observedValue": 1.5, "observedUnit": "ms"}],
        "redis:responseTime": [{"status": "pass", "observedValue": 0.4, "observedUnit": "ms"}],
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service. `seen` holds the headers of each request that reached it."""

    resolve: str
    ca_file: Path
    seen: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def running_service() -> Iterator[Service]:
    """A healthy service at its public name, gone when the block ends."""
    tls = load(ROOT / "stack.yaml").stack.cloudflare.tls
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as origin:
        origin.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=origin.serve_forever, args=(0.05,))
        thread.start()
        try:
            with start_edge(tls, hosts=[HOST], origin_port=origin.server_port) as edge:
                yield Service(
                    resolve=f"{HOST}={edge.address}",
                    ca_file=edge.ca_file,
                    seen=origin.seen,  # type: ignore[attr-defined]
                )
        finally:
            origin.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(headers)  # type: ignore[attr-defined]
        body = json.dumps(HEALTH).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/health+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: `seen` holds what tests ask about."""
