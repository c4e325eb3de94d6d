"""fastapi-health as its README mounts it: two conditions, over a pool and a client of their own."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import redis.asyncio
from fastapi import FastAPI
from fastapi_health import health

_client = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])


@asynccontextmanager
async def _lifespan(application: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1) as pool:
        application.state.pool = pool
        yield


async def postgres_answers() -> bool:
    """Whether Postgres answers."""
    return bool(await app.state.pool.fetchval("select 1"))


async def redis_answers() -> bool:
    """Whether Redis answers."""
    return bool(await _client.ping())


app = FastAPI(lifespan=_lifespan)
app.add_api_route("/health", health([postgres_answers, redis_answers]))
