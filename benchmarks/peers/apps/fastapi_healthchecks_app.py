"""fastapi-healthchecks as its documentation mounts it: a router with one probe of both checks."""

import os
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi_healthchecks.api.router import HealthcheckRouter, Probe
from fastapi_healthchecks.checks.postgres import PostgreSqlCheck
from fastapi_healthchecks.checks.redis import RedisCheck

_REDIS = urlsplit(os.environ["REDIS_URL"])

app = FastAPI()
app.include_router(
    HealthcheckRouter(
        Probe(
            name="health",
            checks=[
                PostgreSqlCheck.from_url(os.environ["DATABASE_URL"]),
                RedisCheck(host=_REDIS.hostname, port=_REDIS.port),  # its from_url cannot be called
            ],
        )
    )
)
