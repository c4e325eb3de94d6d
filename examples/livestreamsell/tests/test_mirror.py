"""The mirror in a real Postgres: no 200 without it, and each body once."""

import asyncio
import hashlib
import hmac

import httpx

from examples.livestreamsell.app import create_app
from examples.livestreamsell.intake import PATH
from examples.livestreamsell.settings import WebSettings
from examples.livestreamsell.tests.doubles import on, rows
from keepwell.health import Health
from keepwell.health import Redis as RedisCheck
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis

BODY = b'{"entry": []}'


async def deliver(redis: Redis, postgres: Postgres, *, times: int) -> list[int]:
    settings = WebSettings(
        redis_url=redis.url, app_secrets=("s",), verify_token="v", mirror_url=postgres.dsn
    )
    app = create_app(settings, health=Health([RedisCheck(redis.url, instance_id="one")]))
    headers = {"x-hub-signature-256": f"sha256={hmac.new(b's', BODY, hashlib.sha256).hexdigest()}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client,
    ):
        answers = [await client.post(PATH, content=BODY, headers=headers) for _ in range(times)]
    return [answer.status_code for answer in answers]


def test_a_webhook_is_answered_when_both_have_it() -> None:
    with start_redis() as redis, start_postgres() as postgres:
        assert asyncio.run(deliver(redis, postgres, times=2)) == [200, 200]
        assert rows(postgres, "SELECT body FROM webhook_inbox") == [(BODY,)]
        postgres.kill()
        on(redis, lambda queue: queue.flushall())
        assert asyncio.run(deliver(redis, postgres, times=1)) == [503]
        assert on(redis, lambda queue: queue.xlen("webhooks")) == 0
