"""Connects to Redis. A call that fails says so soon: whoever made it knows what to do then.

redis-py itself would try ten times, over many seconds. The one more try here is for a pooled
connection that was closed while it was idle; every call of this service may be made twice.
Source: https://redis.readthedocs.io/en/stable/retry.html
"""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

_MORE_TRIES = 1


def open_queue(url: str, *, timeout_s: float) -> Redis:
    """A client that has not connected yet and gives up on a silent socket after `timeout_s`."""
    return Redis.from_url(
        url,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), _MORE_TRIES),
    )
