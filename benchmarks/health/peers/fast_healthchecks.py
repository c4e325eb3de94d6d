"""fast-healthchecks: its own checks of Postgres and Redis."""

import os

from fast_healthchecks.checks.postgresql.asyncpg import PostgreSQLAsyncPGHealthCheck
from fast_healthchecks.checks.redis import RedisHealthCheck
from fast_healthchecks.integrations.base import Probe, build_probe_route_options
from fast_healthchecks.integrations.fastapi import HealthcheckRouter
from fastapi import FastAPI

_CHECKS = [
    PostgreSQLAsyncPGHealthCheck.from_dsn(os.environ["DATABASE_URL"]),
    RedisHealthCheck.from_dsn(os.environ["REDIS_URL"]),
]
app = FastAPI()
app.include_router(
    HealthcheckRouter(
        Probe(name="health", checks=_CHECKS), options=build_probe_route_options(prefix="")
    )
)
