"""py-healthcheck as its README mounts it, in Flask: two checkers, which connect each time."""

import os

import psycopg
import redis
from flask import Flask
from healthcheck import HealthCheck


def postgres_answers() -> tuple[bool, str]:
    """Whether Postgres answers."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return bool(connection.execute("select 1").fetchone()), "postgres"


def redis_answers() -> tuple[bool, str]:
    """Whether Redis answers."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        return bool(client.ping()), "redis"


app = Flask(__name__)
app.add_url_rule(
    "/health", "health", view_func=HealthCheck(checkers=[postgres_answers, redis_answers]).run
)
