"""The server of the sidecar, over real sockets."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from keepwell.health import Health, Settings
from keepwell.health.server import BadRequestError, Server, parse
from tests.health.asking import OwnCheck

pytestmark = pytest.mark.anyio


@pytest.fixture
async def port() -> AsyncIterator[int]:
    health = Health([OwnCheck()], settings=Settings(health_token="t0ken"))
    server = Server(health, host="127.0.0.1", port=0)
    yield await server.start()
    await server.stop()


async def exchange(port: int, sent: bytes, *, ends: bool = True) -> bytes:
    """All that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    if ends:
        writer.write_eof()
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def get(path: str = "/livez", *more: str, version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join([f"GET {path} {version}", "host: x", *more, "", ""]).encode()


async def test_an_answer_is_http(port):
    answer = await exchange(port, get("/health", "connection: close"), ends=False)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 OK",
        b"content-type: application/health+json",
        b"content-length: 17",
        b"cache-control: no-store",
        b"connection: close",
    ]
    assert body == b'{"status":"pass"}'


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /health HTTP/1.1", b"200 OK"),
        (b"GET /health?x=y HTTP/1.1", b"200 OK"),
        (b"HEAD /readyz HTTP/1.1", b"200 OK"),
        (b"GET /nothing HTTP/1.1", b"404 Not Found"),
        (b"POST /health HTTP/1.1", b"405 Method Not Allowed"),
        (b"GET /health HTTP/2.0", b"400 Bad Request"),
        (b"GET /health", b"400 Bad Request"),
        (b"GET  /health HTTP/1.1", b"400 Bad Request"),
        (b"\x16\x03\x01", b"400 Bad Request"),  # TLS, where none is spoken
    ],
)
async def test_the_request_line_decides(port, request_line, status):
    answer = await exchange(port, request_line + b"\r\nhost: x\r\n\r\n")
    assert answer.split(b"\r\n")[0] == b"HTTP/1.1 " + status


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (get() + get(), 2),  # without waiting for the first
        (get() + get("/health", "connection: close") + get(), 2),
        (get(version="HTTP/1.0") + get(), 1),
        (get("/livez", "Connection: Keep-Alive", version="HTTP/1.0") + get(), 2),
        (b"nonsense\r\n\r\n" + get(), 1),
        (get("/livez", "content-length: 5") + b"hello" + get(), 1),
        (get("/livez", "transfer-encoding: chunked") + get(), 1),
        (get("/livez", "content-length: 0") + get(), 2),
        (get("/livez", "no colon") + get(), 1),
        (get("/livez", "name : value") + get(), 1),
        (b"GET /livez HTTP/1.1\r\nx: " + b"y" * 70_000, 1),
        (b"GET /livez HT", 0),
        (b"", 0),
    ],
)
async def test_a_connection_stays_as_long_as_it_is_understood(port, sent, answers):
    assert (await exchange(port, sent)).count(b"HTTP/1.1 ") == answers


async def test_the_token_opens_the_details(port):
    asked = get("/health", "Authorization: Bearer t0ken", "connection: close")
    assert b'"checks"' in await exchange(port, asked)


async def test_a_client_that_goes_away_takes_nobody_with_it(port):
    for _ in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get())
        writer.transport.abort()
    assert b"200 OK" in await exchange(port, get("/health", "connection: close"))


async def test_stopping_ends_connections_that_are_open():
    check = OwnCheck()
    server = Server(Health([check], settings=Settings()), host="127.0.0.1", port=0)
    reader, writer = await asyncio.open_connection("127.0.0.1", await server.start())
    writer.write(get())
    await reader.readuntil(b"}")
    async with asyncio.timeout(5):
        await server.stop()
        assert await reader.read() == b""
    writer.close()
    assert check.is_closed


def test_names_of_headers_are_in_lower_case_and_values_bare():
    _, _, headers, _ = parse(b"GET / HTTP/1.1\r\nAuthorization:  Bearer x \r\n\r\n")
    assert headers == [(b"authorization", b"Bearer x")]


def test_a_header_without_a_name_is_refused():
    with pytest.raises(BadRequestError):
        parse(b"GET / HTTP/1.1\r\n: x\r\n\r\n")
