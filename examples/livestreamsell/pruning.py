"""Removes rows that nobody can ask for any more, a batch at a time, beside all else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from examples.livestreamsell.appending import REMEMBERED_S
from examples.livestreamsell.database import DatabaseErrors
from examples.livestreamsell.stopping import stops_within

WEBHOOK_KEPT_S = REMEMBERED_S
REPLY_KEPT_S = REMEMBERED_S + 24 * 3600
"""Longer: a webhook that the mirror still holds must find its reply when it is replayed."""

BATCH = 500

_log = logging.getLogger(__name__)


async def keep_pruned(
    prune: Callable[[], Awaitable[int]], *, every_s: float, stopping: asyncio.Event
) -> None:
    """Prunes until `stopping` is set; `prune` removes a batch and says how many rows it held."""
    while not await stops_within(stopping, every_s):
        try:
            while await prune() == BATCH and not stopping.is_set():
                pass
        except DatabaseErrors as error:
            _log.warning("nothing is pruned: %s", type(error).__name__)
