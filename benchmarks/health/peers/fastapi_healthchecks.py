"""fastapi-healthchecks: its own checks of Postgres and Redis."""

import os

from fastapi import FastAPI
from fastapi_healthchecks.api.router import HealthcheckRouter, Probe
from fastapi_healthchecks.checks.postgres import PostgreSqlCheck
from fastapi_healthchecks.checks.redis import RedisCheck

_CHECKS = [
    PostgreSqlCheck.from_url(os.environ["DATABASE_URL"]),
    RedisCheck.from_url(url=os.environ["REDIS_URL"]),
]
app = FastAPI()
app.include_router(HealthcheckRouter(Probe(name="health", checks=_CHECKS)))
