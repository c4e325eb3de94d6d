"""A check in one line: any coroutine function that raises when something is wrong."""

import time
from collections.abc import Awaitable, Callable

from keepwell.health.check import Check
from keepwell.health.reading import Criticality, Scope


def function(
    name: str,
    ask: Callable[[], Awaitable[object]],
    *,
    criticality: Criticality = Criticality.FAIL,
    scope: Scope = Scope.SHARED,
) -> Check:
    """A check that calls `ask`; what it returns counts for nothing, what it raises is a failure.

    `function("model", model.ping)`. A RoundTripError names its class itself.
    """
    return _Function(name, ask, criticality=criticality, scope=scope)


class _Function(Check):
    def __init__(
        self,
        name: str,
        ask: Callable[[], Awaitable[object]],
        *,
        criticality: Criticality,
        scope: Scope,
    ) -> None:
        super().__init__(name, criticality=criticality, scope=scope)
        self._ask = ask

    async def round_trip_ms(self) -> float:
        started_s = time.perf_counter()
        await self._ask()
        return (time.perf_counter() - started_s) * 1000
