"""py-healthcheck in Flask, as its own guide has it, with its defaults: a pass counts for 27 s."""

import os

import psycopg
import redis
from flask import Flask
from healthcheck import HealthCheck

_postgres = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
_redis = redis.Redis.from_url(os.environ["REDIS_URL"])


def check_postgres() -> tuple[bool, str]:
    _postgres.execute("select 1")
    return True, "ok"


def check_redis() -> tuple[bool, str]:
    return _redis.ping(), "ok"


_health = HealthCheck(checkers=[check_postgres, check_redis])


app = Flask(__name__)
app.add_url_rule("/health", "health", view_func=_health.run)
