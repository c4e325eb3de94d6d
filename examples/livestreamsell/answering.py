"""Asks the model for one reply: with a total deadline, again after a failure, but not for ever."""

import asyncio
import logging
import random
from dataclasses import dataclass

from examples.livestreamsell.events import Event
from examples.livestreamsell.llm import LanguageModel, ModelError
from examples.livestreamsell.settings import WorkerSettings
from examples.livestreamsell.stopping import stops_within
from examples.livestreamsell.tenants import Tenants

_LONGEST_WAIT_S = 60.0
_MOST_DOUBLINGS = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an event got no reply: `reason` is a class of causes."""

    event_id: str
    reason: str
    attempts: int


class Answering:
    """The model as the worker sees it."""

    def __init__(self, model: LanguageModel, *, settings: WorkerSettings) -> None:
        self._model = model
        self._settings = settings
        self._tenants = Tenants(at_once=settings.lanes, each=settings.lanes_per_tenant)

    async def answer(self, event: Event, *, stopping: asyncio.Event) -> str | Failure | None:
        """The text, or why there is none; None when it stops before it knows."""
        for attempt in range(1, self._settings.max_attempts + 1):
            try:
                async with self._tenants.turn(event.tenant):
                    return await self._ask(event)
            except ModelError as error:
                _log.warning("no reply to %s: %s", event.id, error.reason)
                failure = Failure(event_id=event.id, reason=error.reason, attempts=attempt)
                if attempt == self._settings.max_attempts:
                    return failure
                seconds = wait_s(
                    attempt,
                    backoff_s=self._settings.backoff_s,
                    retry_after_s=error.retry_after_s,
                    jitter=0.5 + random.random(),  # noqa: S311 - no secret
                )
                if await stops_within(stopping, seconds):
                    return None
        return None

    async def _ask(self, event: Event) -> str:
        try:
            async with asyncio.timeout(self._settings.deadline_s):
                return await self._model.reply(event.text)
        except TimeoutError:
            raise ModelError("timeout") from None


def wait_s(attempt: int, *, backoff_s: float, retry_after_s: float, jitter: float) -> float:
    """Seconds until the next attempt: what the model asks for, and more with each attempt.

    `jitter`, around 1, keeps those that failed together apart.
    """
    more_s = backoff_s * (1 << min(attempt - 1, _MOST_DOUBLINGS))
    return retry_after_s + min(more_s, _LONGEST_WAIT_S) * jitter
