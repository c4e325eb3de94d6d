"""A deep health endpoint for a user's own service: /livez, /readyz, /health, in pure ASGI.

    from keepwell.health import Health

    health = Health.from_environment()
    app.mount("/", health)  # in any ASGI framework, at any prefix; or served on its own

/livez answers from memory. /health answers 200 only after real round trips to every dependency.
/readyz is for Render's healthCheckPath: strict until the first pass, then it fails only for what
is wrong with this instance.
It imports nothing else of keepwell; asyncpg and redis come with `pip install keepwell[health]` and
are imported when a check that needs them is made.
"""

from keepwell.health.asgi import Health
from keepwell.health.check import Check, RoundTripError
from keepwell.health.disk import DiskFree
from keepwell.health.eviction import NoEviction
from keepwell.health.function import function
from keepwell.health.heartbeats import Heartbeats
from keepwell.health.http import Http
from keepwell.health.loop_lag import EventLoopLag
from keepwell.health.migrations import Migrations
from keepwell.health.pool import PoolFree
from keepwell.health.postgres import Postgres
from keepwell.health.queue import Limits, Queue
from keepwell.health.reading import Criticality, ErrorClass, Scope
from keepwell.health.redis import Redis
from keepwell.health.reply import Reply
from keepwell.health.settings import Settings
from keepwell.health.tcp import Tcp
from keepwell.health.wsgi import WsgiHealth

__all__ = [
    "Check",
    "Criticality",
    "DiskFree",
    "ErrorClass",
    "EventLoopLag",
    "Health",
    "Heartbeats",
    "Http",
    "Limits",
    "Migrations",
    "NoEviction",
    "PoolFree",
    "Postgres",
    "Queue",
    "Redis",
    "Reply",
    "RoundTripError",
    "Scope",
    "Settings",
    "Tcp",
    "WsgiHealth",
    "function",
]
