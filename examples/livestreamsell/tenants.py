"""Keeps one busy tenant from taking every lane: so many calls at a time each, and in all."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Tenants:
    """The turns at the model."""

    def __init__(self, *, at_once: int, each: int) -> None:
        self._lanes = asyncio.Semaphore(at_once)
        self._own: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(each)
        )
        self._here: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[None]:
        """Waits for the tenant's own turn, then for a lane: who waits holds none."""
        self._here[tenant] += 1
        try:
            async with self._own[tenant], self._lanes:
                yield
        finally:
            self._here[tenant] -= 1
            if not self._here[tenant]:
                del self._here[tenant], self._own[tenant]
