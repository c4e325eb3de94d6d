"""A deep health endpoint for a user's own service: /livez and /health, as a pure ASGI application.

    from keepwell.health import Health

    health = Health.from_environment()
    app.mount("/", health)  # in any ASGI framework, at any prefix; or served on its own

/livez answers from memory. /health answers 200 only after real round trips to every dependency.
It imports nothing else of keepwell; asyncpg and redis come with `pip install keepwell[health]` and
are imported when a check that needs them is made.
"""

from keepwell.health.asgi import Health, Reply
from keepwell.health.check import Check
from keepwell.health.postgres import Postgres
from keepwell.health.reading import ErrorClass
from keepwell.health.redis import Redis
from keepwell.health.settings import Settings

__all__ = ["Check", "ErrorClass", "Health", "Postgres", "Redis", "Reply", "Settings"]
