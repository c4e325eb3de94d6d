"""The door on a real socket: where calls go, and what they carry."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from keepwell.clients.dns import Dns
from keepwell.clock import ManualClock
from keepwell.errors import ApiError
from tests.clients.dns.zone_double import MARK, TOKEN, ZONE
from tests.worlds import NOON

EMPTY = {"success": True, "result": [], "result_info": {"count": 0, "per_page": 50}}


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """Knows no zone, and remembers what it was asked."""
    asked: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["authorization"]))
            body = json.dumps(EMPTY).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as made:
        made.asked = asked  # type: ignore[attr-defined]
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def client(port: int) -> Dns:
    url = f"http://127.0.0.1:{port}/client/v4"
    return Dns(zone=ZONE, token=TOKEN, clock=ManualClock(NOON), marker=MARK, base_url=url)


def test_calls_go_to_the_stand_in_with_the_token(server: HTTPServer):
    dns = client(server.server_port)
    with pytest.raises(ApiError, match="shows this token no zone"):
        dns.observe([])
    dns.close()
    assert server.asked == [  # type: ignore[attr-defined]
        (f"/client/v4/zones?name={ZONE}&page=1&per_page=50", f"Bearer {TOKEN}")
    ]


def test_a_netrc_does_not_take_the_tokens_place(
    server: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine")
    monkeypatch.setenv("NETRC", str(netrc))
    dns = client(server.server_port)
    with pytest.raises(ApiError):
        dns.observe([])
    dns.close()
    assert [token for _, token in server.asked] == [f"Bearer {TOKEN}"]  # type: ignore[attr-defined]


def test_nobody_there_is_told_after_four_tries(server: HTTPServer):
    server.server_close()
    dns = client(server.server_port)
    with pytest.raises(ApiError) as raised:
        dns.observe([])
    assert raised.value.message == "cloudflare gave no answer to GET /zones: ConnectionError"
    assert dns.calls == 4
