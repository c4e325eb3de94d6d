"""Asking the model again: how long it waits, and what a stop does to that."""

import asyncio

import pytest

from examples.livestreamsell.answering import Answering, Failure, wait_s
from examples.livestreamsell.events import Event
from examples.livestreamsell.llm import ModelError
from examples.livestreamsell.settings import WorkerSettings

EVENT = Event(id="event", tenant="page", text="hello", needs_reply=True)


@pytest.mark.parametrize(
    ("attempt", "retry_after_s", "jitter", "expected"),
    [
        (1, 0.0, 1.0, 2.0),
        (2, 0.0, 1.0, 4.0),
        (3, 0.0, 1.0, 8.0),
        (3, 0.0, 0.5, 4.0),
        (1, 30.0, 1.0, 32.0),
        (20, 0.0, 1.0, 60.0),
        (9_999, 0.0, 1.0, 60.0),
    ],
)
def test_each_wait_is_twice_the_last_and_not_shorter_than_the_model_asks_for(
    attempt: int, retry_after_s: float, jitter: float, expected: float
) -> None:
    found = wait_s(attempt, backoff_s=2.0, retry_after_s=retry_after_s, jitter=jitter)
    assert found == expected


class FailingModel:
    """Fails, and lets the test stop the worker at that moment."""

    def __init__(self, *, stopping: asyncio.Event | None = None) -> None:
        self.asked: list[str] = []
        self._stopping = stopping

    async def reply(self, webhook: str) -> str:
        self.asked.append(webhook)
        if self._stopping:
            self._stopping.set()
        raise ModelError("server-error")


def ask(*, backoff_s: float, is_stopped: bool) -> tuple[str | Failure | None, int]:
    """The answer to an event of which every call fails, and how many there were."""

    async def run() -> tuple[str | Failure | None, int]:
        settings = WorkerSettings(
            redis_url="", database_url="", backoff_s=backoff_s, max_attempts=3
        )
        stopping = asyncio.Event()
        model = FailingModel(stopping=stopping if is_stopped else None)
        answer = await Answering(model, settings=settings).answer(EVENT, stopping=stopping)
        return answer, len(model.asked)

    return asyncio.run(run())


def test_a_stop_ends_the_wait_for_the_next_attempt() -> None:
    assert ask(backoff_s=3600, is_stopped=True) == (None, 1)


def test_the_last_attempt_gives_the_reason() -> None:
    failure = Failure(event_id="event", reason="server-error", attempts=3)
    assert ask(backoff_s=0, is_stopped=False) == (failure, 3)
