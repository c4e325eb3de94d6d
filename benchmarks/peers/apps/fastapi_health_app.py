"""fastapi-health as its documentation mounts it; it has no checks, so these keep pools of ours."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI
from fastapi_health import health
from redis.asyncio import Redis

_redis = Redis.from_url(os.environ["REDIS_URL"])
_pools: list[Any] = []


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    _pools.append(await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=1))
    yield


async def postgres_answers() -> bool:
    """SELECT 1 over a pooled connection."""
    try:
        return bool(await _pools[0].fetchval("SELECT 1") == 1)
    except Exception:  # noqa: BLE001 - its documentation leaves failures to the condition
        return False


async def redis_answers() -> bool:
    """PING."""
    try:
        return bool(await _redis.ping())
    except Exception:  # noqa: BLE001 - its documentation leaves failures to the condition
        return False


app = FastAPI(lifespan=_lifespan)
app.add_api_route("/health", health([postgres_answers, redis_answers]))
