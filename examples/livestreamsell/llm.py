"""The seam to the language model, and a stand-in that only waits.

A real model's client goes behind `LanguageModel`; the worker sets the total deadline.
"""

import asyncio
from typing import Protocol


class ModelError(Exception):
    """The model gave no reply; the entry is tried again later."""


class LanguageModel(Protocol):
    """What the worker asks of a model."""

    async def reply(self, webhook: str) -> str:
        """The reply to one webhook.

        Raises:
            ModelError: there is none.
        """
        ...


class StandInModel:
    """Takes as long as a model would and says how much it was given."""

    def __init__(self, *, delay_s: float) -> None:
        self._delay_s = delay_s

    async def reply(self, webhook: str) -> str:
        """A reply that shows that the webhook arrived."""
        await asyncio.sleep(self._delay_s)
        return f"read {len(webhook)} characters"
