"""The seam to the language model, and a stand-in that can be slow, hang, refuse and fail.

A real model's client goes behind `LanguageModel`; deadline, retries and limits stand outside it.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol, cast, get_args

Fault = Literal["", "hang", "429", "500"]


class ModelError(Exception):
    """The model gave no reply. `reason` is a class of causes, never the model's own words."""

    def __init__(self, reason: str = "model-error", *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class LanguageModel(Protocol):
    """What the worker asks of a model."""

    async def reply(self, webhook: str) -> str:
        """The reply to one event. It must bear being cancelled at any time.

        Raises:
            ModelError: there is none.
        """
        ...


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """How the stand-in behaves; may be changed while it runs.

    `faulty_calls` is how many of its next calls have the fault; None means all of them.
    """

    delay_s: float = 1.0
    fault: Fault = ""
    faulty_calls: int | None = None
    retry_after_s: float = 1.0
    calls: int = 0

    def next_fault(self) -> Fault:
        """The fault of this call, which it counts."""
        self.calls += 1
        if self.faulty_calls is None:
            return self.fault
        self.faulty_calls -= 1
        return self.fault if self.faulty_calls >= 0 else ""


def fault_named(name: str) -> Fault:
    """The fault of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in get_args(Fault):
        raise ValueError(f"LLM_FAULT is one of {', '.join(get_args(Fault)[1:])}")
    return cast("Fault", name)


class StandInModel:
    """Takes as long as a model would and says how much it was given."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    async def reply(self, webhook: str) -> str:
        """A reply that shows that the webhook arrived."""
        fault = self._behaviour.next_fault()
        if fault == "hang":
            await asyncio.Event().wait()
        await asyncio.sleep(self._behaviour.delay_s)
        if fault == "429":
            raise ModelError("rate-limited", retry_after_s=self._behaviour.retry_after_s)
        if fault == "500":
            raise ModelError("server-error")
        return f"read {len(webhook)} characters"
