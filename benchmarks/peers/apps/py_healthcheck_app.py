"""py-healthcheck as its documentation mounts it in Flask: functions, cached for its usual 27 s."""

import os
from typing import Any

import psycopg
import redis
from flask import Flask
from healthcheck import HealthCheck

_redis = redis.Redis.from_url(os.environ["REDIS_URL"])


def postgres_answers() -> tuple[bool, str]:
    """SELECT 1 over a connection of its own: it has no pools."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row: Any = connection.execute("SELECT 1").fetchone()
    return row == (1,), "postgres"


def redis_answers() -> tuple[bool, str]:
    """PING."""
    return bool(_redis.ping()), "redis"


_health = HealthCheck(checkers=[postgres_answers, redis_answers])
app = Flask(__name__)
app.add_url_rule("/health", "health", view_func=_health.run)
