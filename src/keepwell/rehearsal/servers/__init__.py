"""Real Postgres and Redis for rehearsals and tests: on loopback, ready at once, never left behind.

    with start_postgres() as postgres, start_redis() as redis:
        ...  # postgres.dsn, redis.url; freeze(), thaw(), kill(), start()

Simulators of vendors stand elsewhere: what runs here is the real thing.
"""

from keepwell.rehearsal.servers.postgres import Postgres, start_postgres
from keepwell.rehearsal.servers.redis import Redis, start_redis

__all__ = ["Postgres", "Redis", "start_postgres", "start_redis"]
