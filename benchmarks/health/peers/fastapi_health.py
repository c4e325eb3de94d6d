"""fastapi-health: its conditions are the user's own, so over a pool, which suits it best."""

import os

import asyncpg
from fastapi import FastAPI
from fastapi_health import health
from redis.asyncio import Redis

_redis = Redis.from_url(os.environ["REDIS_URL"])
_pools = []


async def postgres() -> bool:
    if not _pools:
        _pools.append(await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1))
    return await _pools[0].fetchval("select 1") == 1


async def redis() -> bool:
    return await _redis.ping()


app = FastAPI()
app.add_api_route("/health", health([postgres, redis]))
