"""Asks all dependencies at once, each within its deadline and all within theirs."""

import asyncio
from collections.abc import Sequence

from keepwell.health.backoff import Backoff
from keepwell.health.check import Check
from keepwell.health.clock import Clock
from keepwell.health.reading import ErrorClass, Reading
from keepwell.health.settings import Settings


class Survey:
    """The checks of one service; one survey is taken at a time (`single_flight`)."""

    def __init__(self, checks: Sequence[Check], *, settings: Settings, clock: Clock) -> None:
        self._checks = tuple(checks)
        self._settings = settings
        self._clock = clock
        self._asked: dict[str, asyncio.Task[Reading]] = {}
        self._backoffs = {check.name: Backoff(clock=clock) for check in self._checks}

    async def take(self) -> tuple[Reading, ...]:
        """A reading for each check, in their order; a failure is a reading, never an exception."""
        for check in self._checks:
            asked = self._asked.get(check.name)
            # One that clings to an earlier question is not asked another on top of it.
            if asked is None or asked.done():
                self._asked[check.name] = asyncio.create_task(self._read(check))
        await asyncio.wait(self._asked.values(), timeout=self._settings.total_timeout_s)
        return tuple(self._result(check) for check in self._checks)

    async def close(self) -> None:
        """Ends what is still being asked, and closes the checks."""
        for task in self._asked.values():
            task.cancel()
        for check in self._checks:
            await check.close()

    async def _read(self, check: Check) -> Reading:
        backoff = self._backoffs[check.name]
        if (refusal := backoff.standing()) is not None:
            return refusal
        round_trip_ms, error = None, None
        try:
            async with asyncio.timeout(self._settings.check_timeout_s):
                round_trip_ms = await check.round_trip_ms()
        except Exception as failure:  # noqa: BLE001 - whatever a dependency does is a reading
            error = check.classify(failure)
        reading = self._reading(check, round_trip_ms=round_trip_ms, error=error)
        backoff.note(reading)
        return reading

    def _result(self, check: Check) -> Reading:
        task = self._asked[check.name]
        if task.done() and not task.cancelled():
            return task.result()
        return self._reading(check, error=ErrorClass.TIMEOUT)

    def _reading(
        self, check: Check, *, round_trip_ms: float | None = None, error: ErrorClass | None = None
    ) -> Reading:
        return Reading(
            component=check.name,
            component_type=check.component_type,
            at=self._clock.now(),
            round_trip_ms=round_trip_ms,
            error=error,
            criticality=check.criticality,
            scope=check.scope,
        )
