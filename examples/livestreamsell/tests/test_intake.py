"""The intake on a real Redis: who is let in, what is kept, and what if nothing can be kept."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis as Client
from starlette.applications import Starlette

from examples.livestreamsell.appending import Appending
from examples.livestreamsell.intake import MAX_BODY_BYTES, PATH, Intake
from examples.livestreamsell.settings import WebSettings
from keepwell.rehearsal.servers import Redis, start_redis

SECRET, FORMER_SECRET, VERIFY_TOKEN = "app-secret", "former-secret", "verify-token"
BODY = b'{"object":"page","entry":[{"text":"\\u00e4"}]}'

Headers = httpx.Headers | dict[str, str]
Send = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with start_redis() as server:
        yield server


def signature(body: bytes, *, secret: str = SECRET) -> Headers:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}"}


def exchange(redis: Redis, send: Send) -> tuple[httpx.Response, list[bytes]]:
    """What the intake answered, and what stands in the queue after it."""

    async def run() -> tuple[httpx.Response, list[bytes]]:
        async with Client.from_url(redis.url, socket_timeout=0.3, retry=None) as queue:
            settings = WebSettings(
                redis_url=redis.url,
                app_secrets=(SECRET, FORMER_SECRET),
                verify_token=VERIFY_TOKEN,
            )
            intake = Intake(Appending(queue, stream="webhooks"), settings=settings)
            transport = httpx.ASGITransport(Starlette(routes=intake.routes()))
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                answer = await send(client)
            if not redis.is_running or not redis.is_ready():
                return answer, []
            entries: Any = await queue.xrange("webhooks")
            await queue.flushdb()
            return answer, [fields[b"body"] for _, fields in entries]

    return asyncio.run(run())


def post(body: bytes, headers: Headers) -> Send:
    return lambda client: client.post(PATH, content=body, headers=headers)


class TestHandshake:
    def test_echoes_the_challenge_as_plain_text(self, redis: Redis) -> None:
        asked = {
            "hub.mode": "subscribe",
            "hub.challenge": "<b>1158201444</b>",
            "hub.verify_token": VERIFY_TOKEN,
        }
        answer, _ = exchange(redis, lambda client: client.get(PATH, params=asked))
        assert (answer.status_code, answer.text) == (200, "<b>1158201444</b>")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize(
        "asked",
        [
            {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "wrong"},
            {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "ünïcode"},
            {"hub.mode": "subscribe", "hub.challenge": "1"},
            {"hub.mode": "unsubscribe", "hub.challenge": "1", "hub.verify_token": VERIFY_TOKEN},
            {},
        ],
    )
    def test_refuses_anything_else_without_the_challenge(
        self, redis: Redis, asked: dict[str, str]
    ) -> None:
        answer, _ = exchange(redis, lambda client: client.get(PATH, params=asked))
        assert (answer.status_code, answer.text) == (403, "the verify token is wrong")


class TestDelivery:
    @pytest.mark.parametrize("secret", [SECRET, FORMER_SECRET])
    @pytest.mark.parametrize("body", [BODY, b"", b"\xff\x00 no JSON", b"x" * MAX_BODY_BYTES])
    def test_appends_the_very_bytes_that_were_signed(
        self, redis: Redis, body: bytes, secret: str
    ) -> None:
        answer, queued = exchange(redis, post(body, signature(body, secret=secret)))
        assert answer.status_code == 200
        assert queued == [body]

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"x-hub-signature-256": ""},
            {"x-hub-signature-256": "sha256="},
            httpx.Headers({"x-hub-signature-256": "sha256=é"}, encoding="utf-8"),
            {"x-hub-signature-256": hmac.new(SECRET.encode(), BODY, "sha256").hexdigest()},
            signature(BODY + b"\n"),
            signature(BODY, secret="guessed"),
            signature(BODY.decode("unicode_escape").encode()),
        ],
    )
    def test_keeps_nothing_that_is_not_signed(self, redis: Redis, headers: Headers) -> None:
        answer, queued = exchange(redis, post(BODY, headers))
        assert (answer.status_code, queued) == (403, [])

    def test_refuses_a_body_that_says_it_is_too_large(self, redis: Redis) -> None:
        body = b"x" * (MAX_BODY_BYTES + 1)
        answer, queued = exchange(redis, post(body, signature(body)))
        assert (answer.status_code, queued) == (413, [])

    def test_stops_reading_a_body_that_grows_too_large(self, redis: Redis) -> None:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < 4 * MAX_BODY_BYTES:
                sent += 65_536
                yield b"x" * 65_536

        answer, queued = exchange(redis, lambda client: client.post(PATH, content=endless()))
        assert (answer.status_code, queued) == (413, [])
        assert sent < 2 * MAX_BODY_BYTES


class TestTwice:
    def test_what_came_before_is_answered_and_not_queued_again(self, redis: Redis) -> None:
        async def twice(client: httpx.AsyncClient) -> httpx.Response:
            await client.post(PATH, content=BODY, headers=signature(BODY))
            return await client.post(PATH, content=BODY, headers=signature(BODY))

        answer, queued = exchange(redis, twice)
        assert (answer.status_code, answer.text, queued) == (200, "known", [BODY])


class TestQueueThatTakesNothing:
    """Meta sends again whatever was answered with 503."""

    def test_killed(self, redis: Redis) -> None:
        redis.kill()
        try:
            answer, _ = exchange(redis, post(BODY, signature(BODY)))
        finally:
            redis.start()
        assert answer.status_code == 503

    def test_frozen(self) -> None:
        with start_redis() as redis:

            async def freeze_and_post(client: httpx.AsyncClient) -> httpx.Response:
                redis.freeze()
                try:
                    return await client.post(PATH, content=BODY, headers=signature(BODY))
                finally:
                    redis.thaw()

            answer, _ = exchange(redis, freeze_and_post)
        assert answer.status_code == 503

    def test_full(self) -> None:
        with start_redis() as redis:

            async def fill_and_post(client: httpx.AsyncClient) -> httpx.Response:
                async with Client.from_url(redis.url) as admin:
                    await admin.config_set("maxmemory", "1")
                return await client.post(PATH, content=BODY, headers=signature(BODY))

            answer, queued = exchange(redis, fill_and_post)
        assert (answer.status_code, queued) == (503, [])
