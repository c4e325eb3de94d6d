"""Says that this worker lives: a key that vanishes 15 s after the last beat."""

import asyncio
import logging

from redis.asyncio import Redis
from redis.exceptions import RedisError

from examples.livestreamsell.stopping import stops_within

_KEPT_S = 15
_EVERY_S = 5.0

_log = logging.getLogger(__name__)


async def beat(queue: Redis, *, name: str, stopping: asyncio.Event) -> None:
    """Beats `worker:NAME` until the stop, and takes the key away then."""
    key = f"worker:{name}"
    await _beat_once(queue, key)
    while not await stops_within(stopping, _EVERY_S):
        await _beat_once(queue, key)
    try:
        await queue.delete(key)
    except RedisError:
        _log.warning("%s is left to vanish", key)


async def _beat_once(queue: Redis, key: str) -> None:
    try:
        await queue.set(key, "alive", ex=_KEPT_S)
    except RedisError as error:
        _log.warning("no heartbeat: %s", type(error).__name__)
