"""The edge stand-in: what a client sees of it, over real sockets."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from keepwell.clock import ManualClock
from keepwell.model.stack.edge import EdgeTls, Hsts
from keepwell.rehearsal.edge import Edge, start_edge

HOST = "api.shop.example"
TLS = EdgeTls(
    mode="strict",
    automatic_mode="custom",
    always_https=True,
    minimum_version="1.2",
    hsts=Hsts(max_age_s=600, include_subdomains=True, preload=True),
)
UNUSED_PORT = 1


class Echo(BaseHTTPRequestHandler):
    """An origin that answers what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
        }
        self.send_response(418)
        self.send_header("x-origin", "echo")
        self.send_header("strict-transport-security", "max-age=1")
        self.end_headers()
        self.wfile.write(json.dumps(asked).encode())

    do_GET = do_HEAD = do_POST  # noqa: N815 - named by http.server

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin_port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def edge(origin_port: int, clock: ManualClock) -> Iterator[Edge]:
    with start_edge(TLS, hosts=[HOST], origin_port=origin_port, clock=clock) as running:
        yield running


def connect(edge: Edge, **versions: ssl.TLSVersion) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(edge.ca_file))
    for name, version in versions.items():
        setattr(context, name, version)
    return context.wrap_socket(
        socket.create_connection(("127.0.0.1", edge.port), timeout=10), server_hostname=HOST
    )


def ask(
    edge: Edge, method: str = "GET", path: str = "/health", **request: Any
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(HOST)
    connection.sock = connect(edge)
    with closing(connection):
        connection.request(method, path, **request)
        response = connection.getresponse()
        return response, response.read()


def test_a_request_reaches_the_origin_and_its_answer_comes_back(edge: Edge) -> None:
    response, body = ask(edge, "POST", "/webhooks/meta?a=b", body="{}", headers={"x-kept": "1"})
    asked = json.loads(body)
    assert (response.status, response.getheader("x-origin")) == (418, "echo")
    assert (asked["method"], asked["path"], asked["body"]) == ("POST", "/webhooks/meta?a=b", "{}")
    assert (asked["headers"]["x-kept"], asked["headers"]["host"]) == ("1", HOST)


def test_the_origin_hears_from_the_edge_who_asks_and_not_from_the_visitor(edge: Edge) -> None:
    forged = {"CF-Connecting-IP": "203.0.113.7", "X-Forwarded-For": "203.0.113.7"}
    _, body = ask(edge, headers=forged)
    headers = json.loads(body)["headers"]
    assert headers["cf-connecting-ip"] == headers["x-forwarded-for"] == "127.0.0.1"
    assert (headers["x-forwarded-proto"], headers["cdn-loop"]) == ("https", "cloudflare")


def test_the_answer_carries_what_the_edge_adds_in_place_of_what_the_origin_said(edge: Edge) -> None:
    response, _ = ask(edge)
    assert response.headers.get_all("strict-transport-security") == [
        "max-age=600; includeSubDomains; preload"
    ]
    assert response.headers.get_all("server") == ["cloudflare"]
    assert response.getheader("cf-ray", "").endswith("-IAD")
    assert response.getheader("cf-mitigated") is None


def test_head_has_no_body(edge: Edge) -> None:
    response, body = ask(edge, "HEAD")
    assert (response.status, body) == (418, b"")


def test_plain_http_is_sent_to_https_on_the_same_port(edge: Edge) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10)) as connection:
        connection.request("GET", "/health?x=1", headers={"host": f"{HOST}:80"})
        response = connection.getresponse()
        response.read()
    assert (response.status, response.getheader("location")) == (301, f"https://{HOST}/health?x=1")
    assert response.getheader("strict-transport-security") is None


def test_without_always_https_plain_http_is_served(origin_port: int) -> None:
    lax = TLS.model_copy(update={"always_https": False})
    with (
        start_edge(lax, hosts=[HOST], origin_port=origin_port) as edge,
        closing(http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10)) as connection,
    ):
        connection.request("GET", "/")
        assert json.loads(connection.getresponse().read())["headers"]["x-forwarded-proto"] == "http"


def test_tls_below_the_stacks_minimum_is_refused(edge: Edge) -> None:
    with connect(edge, maximum_version=ssl.TLSVersion.TLSv1_2) as secure:
        assert secure.version() == "TLSv1.2"
    strict = TLS.model_copy(update={"minimum_version": "1.3"})
    with (
        start_edge(strict, hosts=[HOST], origin_port=UNUSED_PORT) as tls_1_3,
        pytest.raises(OSError),
    ):
        connect(tls_1_3, maximum_version=ssl.TLSVersion.TLSv1_2)


def test_a_host_outside_the_stack_has_no_certificate(edge: Edge) -> None:
    context = ssl.create_default_context(cafile=str(edge.ca_file))
    with (
        socket.create_connection(("127.0.0.1", edge.port), timeout=10) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname="other.example")


def test_a_challenge_is_marked_as_cloudflare_marks_it(edge: Edge) -> None:
    edge.is_challenging = True
    response, body = ask(edge)
    assert (response.status, response.getheader("cf-mitigated")) == (403, "challenge")
    assert b"Just a moment" in body
    edge.is_challenging = False
    assert ask(edge)[0].status == 418


def test_an_origin_that_sleeps_is_told_by_renders_header_until_it_has_woken(
    edge: Edge, clock: ManualClock
) -> None:
    edge.put_to_sleep(wakes_after_s=25)
    clock.sleep(100)
    response, body = ask(edge)
    assert (response.status, body) == (503, b"")
    assert response.getheader("x-render-routing") == "hibernate-wake-error"
    clock.sleep(24)
    assert ask(edge)[0].status == 503
    clock.sleep(2)
    assert ask(edge)[0].status == 418
    assert ask(edge)[0].status == 418


def test_an_origin_that_sleeps_may_hold_the_request_until_it_has_woken(
    edge: Edge, clock: ManualClock
) -> None:
    edge.put_to_sleep(wakes_after_s=25, holds=True)
    assert ask(edge)[0].status == 418
    assert clock.monotonic_s() == 25
    assert ask(edge)[0].status == 418
    assert clock.monotonic_s() == 25


def test_an_origin_that_does_not_listen_is_a_bad_gateway(edge: Edge) -> None:
    edge.origin_port = UNUSED_PORT
    assert ask(edge)[0].status == 502


def test_a_client_that_goes_away_disturbs_nobody(
    edge: Edge, capfd: pytest.CaptureFixture[str]
) -> None:
    for beginning in (b"", b"\x16\x03\x01 nonsense", b"GET / HT"):
        with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as client:
            client.sendall(beginning)
    assert ask(edge)[0].status == 418
    assert capfd.readouterr().err == ""


def test_after_the_block_nothing_listens_and_the_authority_is_gone(origin_port: int) -> None:
    with start_edge(TLS, hosts=[HOST], origin_port=origin_port) as edge:
        assert edge.ca_file.exists()
    assert not edge.ca_file.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", edge.port), timeout=10)
