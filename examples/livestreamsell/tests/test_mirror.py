"""The mirror in a real Postgres: no 200 without it, and each body once."""

import asyncio
import hashlib
import hmac

import httpx
import pytest

from examples.livestreamsell.app import create_app
from examples.livestreamsell.intake import PATH
from examples.livestreamsell.replay import main, replay
from examples.livestreamsell.settings import WebSettings
from examples.livestreamsell.tests.doubles import GatedModel, length_is, on, rows, run
from examples.livestreamsell.tests.doubles import settings as worker_settings
from keepwell.health import Health
from keepwell.health import Redis as RedisCheck
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis

BODY = b'{"entry": []}'


def web_settings(redis: Redis, postgres: Postgres) -> WebSettings:
    return WebSettings(
        redis_url=redis.url, app_secrets=("s",), verify_token="v", mirror_url=postgres.dsn
    )


async def deliver(redis: Redis, postgres: Postgres, *, times: int) -> list[int]:
    app = create_app(
        web_settings(redis, postgres), health=Health([RedisCheck(redis.url, instance_id="one")])
    )
    headers = {"x-hub-signature-256": f"sha256={hmac.new(b's', BODY, hashlib.sha256).hexdigest()}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client,
    ):
        answers = [await client.post(PATH, content=BODY, headers=headers) for _ in range(times)]
    return [answer.status_code for answer in answers]


@pytest.mark.slow
def test_what_redis_lost_is_appended_from_the_mirror_and_answered_once() -> None:
    with start_redis() as redis, start_postgres() as postgres:
        asyncio.run(deliver(redis, postgres, times=1))
        run([worker_settings(redis, postgres)], until=length_is("webhooks:replies", 1))
        lost = web_settings(redis, postgres)
        assert asyncio.run(replay(lost, seconds=3600)) == 0  # it is remembered
        on(redis, lambda queue: queue.flushall())
        assert asyncio.run(replay(lost, seconds=0)) == 0
        assert asyncio.run(replay(lost, seconds=3600)) == 1
        model = GatedModel()
        run([worker_settings(redis, postgres)], models=[model], until=length_is("webhooks", 0))
        assert model.calls == 0  # the outbox knows it


def test_a_webhook_is_answered_when_both_have_it() -> None:
    with start_redis() as redis, start_postgres() as postgres:
        assert asyncio.run(deliver(redis, postgres, times=2)) == [200, 200]
        assert rows(postgres, "SELECT body FROM webhook_inbox") == [(BODY,)]
        postgres.kill()
        on(redis, lambda queue: queue.flushall())
        assert asyncio.run(deliver(redis, postgres, times=1)) == [503]
        assert on(redis, lambda queue: queue.xlen("webhooks")) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required: seconds"),
        (["a day"], "invalid float value: 'a day'"),
        (["3600"], "set REDIS_URL, META_APP_SECRET, META_VERIFY_TOKEN"),
    ],
)
def test_a_replay_says_what_it_was_not_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, {})
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
