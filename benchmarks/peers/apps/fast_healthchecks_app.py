"""fast-healthchecks as its documentation mounts it: a router with one probe of both checks."""

import os

from fast_healthchecks.checks.postgresql.asyncpg import PostgreSQLAsyncPGHealthCheck
from fast_healthchecks.checks.redis import RedisHealthCheck
from fast_healthchecks.integrations.base import Probe
from fast_healthchecks.integrations.fastapi import HealthcheckRouter
from fastapi import FastAPI

app = FastAPI()
app.include_router(
    HealthcheckRouter(
        Probe(
            name="readiness",
            checks=[
                PostgreSQLAsyncPGHealthCheck.from_dsn(os.environ["DATABASE_URL"]),
                RedisHealthCheck.from_dsn(os.environ["REDIS_URL"]),
            ],
        )
    )
)
