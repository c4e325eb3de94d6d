"""py-healthcheck with its defaults: a pass counts for 27 s. In the main thread, as it needs."""

import os

import psycopg
import redis
from healthcheck import HealthCheck
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_postgres = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
_redis = redis.Redis.from_url(os.environ["REDIS_URL"])


def check_postgres() -> tuple[bool, str]:
    _postgres.execute("select 1")
    return True, "ok"


def check_redis() -> tuple[bool, str]:
    return _redis.ping(), "ok"


_health = HealthCheck(checkers=[check_postgres, check_redis])


async def health(_request: Request) -> Response:
    message, status, headers = _health.run()
    return Response(message, status, headers)


app = Starlette(routes=[Route("/health", health)])
