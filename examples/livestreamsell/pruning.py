"""Removes rows that nobody can ask for any more, a batch at a time, beside all else."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from examples.livestreamsell.appending import REMEMBERED_S
from examples.livestreamsell.database import DatabaseErrors

WEBHOOK_KEPT_S = REMEMBERED_S
REPLY_KEPT_S = REMEMBERED_S + 24 * 3600
"""Longer: a webhook that the mirror still holds must find its reply when it is replayed."""

BATCH = 500

_log = logging.getLogger(__name__)


@asynccontextmanager
async def pruned(prune: Callable[[], Awaitable[int]], *, every_s: float) -> AsyncIterator[None]:
    """Prunes until it is left; `prune` removes a batch and says how many rows it held."""
    pruning = asyncio.create_task(_prune_on(prune, every_s=every_s))
    try:
        yield
    finally:
        pruning.cancel()  # and not awaited: the database may not answer


async def _prune_on(prune: Callable[[], Awaitable[int]], *, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            while await prune() == BATCH:
                pass
        except DatabaseErrors as error:
            _log.warning("nothing is pruned: %s", type(error).__name__)
