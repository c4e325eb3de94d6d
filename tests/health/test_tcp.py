import asyncio

import pytest

from keepwell.health import ErrorClass, Tcp
from keepwell.rehearsal.servers.server import free_port
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


async def test_a_port_that_accepts_is_well():
    def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await outcome(Tcp("127.0.0.1", port, name="mail")) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", ErrorClass.REFUSED), ("no such host", ErrorClass.UNREACHABLE)],
)
async def test_a_port_that_does_not_is_refused(host, expected):
    assert await outcome(Tcp(host, free_port(), name="mail")) is expected
