"""The only ways in which this service waits: each ends early at a stop."""

import asyncio
from collections.abc import Iterable


async def stops_within(stopping: asyncio.Event, seconds: float) -> bool:
    """Waits so long, or until the stop; whether that came."""
    try:
        async with asyncio.timeout(seconds):
            return await stopping.wait()
    except TimeoutError:
        return False


async def done_or_stopped(tasks: Iterable[asyncio.Task[None]], *, stopping: asyncio.Event) -> None:
    """Waits until one of the tasks is done, or until the stop."""
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
