"""The two applications that are compared: /health, and the floor, a handler that does nothing."""

from keepwell.health import Health
from keepwell.health.asgi import Message, Receive, Send

_BODY = b'{"status":"pass"}'
_HEADERS = (
    (b"content-type", b"application/health+json"),
    (b"content-length", b"%d" % len(_BODY)),
    (b"cache-control", b"no-store"),
)


async def floor(_scope: Message, _receive: Receive, send: Send) -> None:
    """Answers every request with the bytes that /health would send."""
    await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
    await send({"type": "http.response.body", "body": _BODY})


def health() -> Health:
    """The application as a service uses it."""
    return Health.from_environment()
