"""Takes Meta's webhooks: proves who sent them, appends them to the queue, answers at once.

It waits for no model: 200 means that each event stands in the queue once, and 503 that this is not
known, so that Meta sends the webhook again.
"""

import asyncio
import hashlib
import hmac
import logging

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from examples.livestreamsell.appending import Appending
from examples.livestreamsell.database import DatabaseErrors
from examples.livestreamsell.events import read_events
from examples.livestreamsell.inbox import Inbox
from examples.livestreamsell.settings import WebSettings

PATH = "/webhooks/meta"

# Source: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks (read 2026-11):
# payloads can be up to 3 MB.
MAX_BODY_BYTES = 3 * 1024 * 1024

_MIRROR_TIMEOUT_S = 2.0

_log = logging.getLogger(__name__)


class Intake:
    """The webhook endpoint. With an `inbox` the body stands there too before the 200."""

    def __init__(
        self, appending: Appending, *, settings: WebSettings, inbox: Inbox | None = None
    ) -> None:
        self._appending = appending
        self._settings = settings
        self._inbox = inbox

    def routes(self) -> list[Route]:
        """The handshake and the deliveries, on one path."""
        return [
            Route(PATH, self._shake_hands, methods=["GET"]),
            Route(PATH, self._take, methods=["POST"]),
        ]

    async def _shake_hands(self, request: Request) -> Response:
        """Echoes the challenge to whoever knows the token.

        Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
        (read 2026-11)
        """
        asked = request.query_params
        knows_token = _equal(asked.get("hub.verify_token", ""), self._settings.verify_token)
        if asked.get("hub.mode") != "subscribe" or not knows_token:
            return _answer("the verify token is wrong", status=403)
        return _answer(asked.get("hub.challenge", ""), status=200)

    async def _take(self, request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return _answer("the body is too large", status=413)
        if not is_signed(
            body,
            signature=request.headers.get("x-hub-signature-256", ""),
            app_secrets=self._settings.app_secrets,
        ):
            return _answer("the signature is wrong", status=403)
        try:
            is_new = await self._keep(body)
        except (RedisError, *DatabaseErrors) as error:
            _log.warning("nothing was taken: %s", type(error).__name__)
            return _answer("nothing was taken", status=503)
        return _answer("taken" if is_new else "known", status=200)

    async def _keep(self, body: bytes) -> bool:
        """The mirror first: what stands in the stream is known the next time, so it ends here."""
        if self._inbox:
            async with asyncio.timeout(_MIRROR_TIMEOUT_S):
                await self._inbox.put(body)
        ids = [event.id for event in read_events(body)]
        return await self._appending.append(body, ids=ids) is not None


def is_signed(body: bytes, *, signature: str, app_secrets: tuple[str, ...]) -> bool:
    """Whether one of the secrets signed these very bytes.

    Parsed and written anew they would differ: Meta escapes characters in its own way.
    Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started (read 2026-11)
    """
    digests = [hmac.new(each.encode(), body, hashlib.sha256).hexdigest() for each in app_secrets]
    return any([_equal(signature, f"sha256={digest}") for digest in digests])  # noqa: C419 - all, always


async def _read(request: Request) -> bytes | None:
    """The body as it came; None as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _answer(text: str, *, status: int) -> Response:
    # The challenge comes from outside: no browser may take it for a page.
    return PlainTextResponse(text, status, {"x-content-type-options": "nosniff"})
