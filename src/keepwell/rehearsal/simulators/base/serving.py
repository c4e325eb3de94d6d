"""Serves an ASGI application on loopback, in a thread of its own, for as long as a block lasts.

It exists beside uvicorn because a stand-in must be able to cut a connection in the middle, which
ASGI has no word for: the application raises Cut.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import h11

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_READ_BYTES = 65536


class Cut(Exception):  # noqa: N818 - an order, not a fault
    """Ends the connection at once, whatever was sent so far."""


@contextmanager
def serve(app: App) -> Iterator[str]:
    """The base URL of the application, `http://127.0.0.1:PORT`, while the block lasts.

    Raises, at the end of the block, what the application itself first failed with: a stand-in that
    breaks down is no answer of a vendor's.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator", daemon=True)
    thread.start()
    service = _Service(app)
    try:
        port = asyncio.run_coroutine_threadsafe(service.start(), loop).result()
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(service.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
    if service.broke_on is not None:
        raise service.broke_on


class _Service:
    def __init__(self, app: App) -> None:
        self._app = app
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.broke_on: Exception | None = None

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._open.add(task)
        try:
            await _Connection(self._app, reader, writer).run()
        except (ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass
        except Cut:
            writer.transport.abort()
        except Exception as error:  # noqa: BLE001 - raised again where the block ends
            self.broke_on = self.broke_on or error
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()


class _Connection:
    """One connection: requests in, answers out, one after the other."""

    def __init__(
        self, app: App, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._app = app
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)

    async def run(self) -> None:
        while isinstance(request := await self._next(), h11.Request):
            body = await self._body()
            await self._answer(request, body)
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def _next(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_READ_BYTES))
        return event

    async def _body(self) -> bytes:
        body = b""
        while isinstance(event := await self._next(), h11.Data):
            body += bytes(event.data)
        return body

    async def _answer(self, request: h11.Request, body: bytes) -> None:
        unread = [body]

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            while await self._reader.read(_READ_BYTES):
                pass
            return {"type": "http.disconnect"}

        await self._app(_scope(request), receive, self._send)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            self._write(h11.Response(status_code=message["status"], headers=headers))
            return
        if message.get("body"):
            self._write(h11.Data(data=message["body"]))
        if not message.get("more_body"):
            self._write(h11.EndOfMessage())
        await self._writer.drain()

    def _write(self, event: Any) -> None:
        self._writer.write(self._http.send(event) or b"")


def _scope(request: h11.Request) -> dict[str, Any]:
    path, _, query = request.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method.decode(),
        "scheme": "http",
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name, value) for name, value in request.headers],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
