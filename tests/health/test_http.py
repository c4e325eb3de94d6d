import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme

from keepwell.health import ErrorClass, Http
from keepwell.rehearsal.servers.server import free_port
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def server(answer: bytes, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[list[bytes]]:
    """Answers every request with the same bytes; yields the port's URL first, then what was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as listening:
        port = listening.sockets[0].getsockname()[1]
        asked.append(b"%d" % port)
        yield asked


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", None),
        (b"HTTP/1.1 204 No Content\r\n\r\n", None),
        (b"HTTP/1.0 302 Found\r\nlocation: /login\r\n\r\n", None),
        (b"HTTP/1.1 200\r\n\r\n", None),  # a reason is not needed
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", ErrorClass.AUTH),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", ErrorClass.AUTH),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", ErrorClass.ERROR),
        (b"HTTP/1.1 429 Too Many Requests\r\n\r\n", ErrorClass.SATURATED),
        (b"HTTP/1.1 500 Internal Server Error\r\n\r\n", ErrorClass.ERROR),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", ErrorClass.ERROR),
        (b"HTTP/1.1 100 Continue\r\n\r\n", ErrorClass.ERROR),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ErrorClass.ERROR),
        (b"HTTP/1.1 twohundred\r\n", ErrorClass.ERROR),
        (b"\r\n", ErrorClass.ERROR),
        (b"", ErrorClass.UNREACHABLE),
    ],
)
async def test_the_first_line_tells(answer, expected):
    async with server(answer) as asked:
        check = Http(f"http://127.0.0.1:{asked[0].decode()}/", name="api")
        assert await outcome(check) is expected


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("http://127.0.0.1:{}", b"GET / HTTP/1.1"),
        ("http://127.0.0.1:{}/a/b?c=d&e", b"GET /a/b?c=d&e HTTP/1.1"),
        ("http://user:pw@127.0.0.1:{}/x#part", b"GET /x HTTP/1.1"),
    ],
)
async def test_it_asks_for_the_path_of_the_url(url, line):
    async with server(b"HTTP/1.1 200 OK\r\n\r\n") as asked:
        port = asked[0].decode()
        assert await outcome(Http(url.format(port), name="api")) is None
        first, host, *_ = asked[1].split(b"\r\n")
    assert (first, host) == (line, b"host: 127.0.0.1:" + port.encode())


async def test_a_port_where_nobody_listens_is_refused():
    assert await outcome(Http(f"http://127.0.0.1:{free_port()}", name="a")) is ErrorClass.REFUSED


async def test_over_tls_the_certificate_counts():
    authority = trustme.CA()
    identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(identity)
    known = ssl.create_default_context()
    authority.configure_trust(known)
    async with server(b"HTTP/1.1 200 OK\r\n\r\n", tls=identity) as asked:
        url = f"https://127.0.0.1:{asked[0].decode()}"
        assert await outcome(Http(url, name="api", tls=known)) is None
        assert await outcome(Http(url, name="api")) is ErrorClass.TLS


@pytest.mark.parametrize("url", ["", "example.com", "ftp://example.com", "http://", "/health"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ValueError, match="api needs a URL"):
        Http(url, name="api")
