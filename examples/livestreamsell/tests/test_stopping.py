"""Waiting that a stop ends."""

import asyncio

import pytest

from examples.livestreamsell.stopping import done_or_stopped, stops_within


def test_a_wait_ends_with_its_time_or_with_the_stop() -> None:
    async def run() -> tuple[bool, bool]:
        stopping = asyncio.Event()
        before = await stops_within(stopping, 0)
        stopping.set()
        return before, await stops_within(stopping, 3600)

    assert asyncio.run(run()) == (False, True)


@pytest.mark.parametrize("ends", ["task", "stop"])
def test_whichever_comes_first_ends_the_wait(ends: str) -> None:
    async def run() -> bool:
        stopping, working = asyncio.Event(), asyncio.Event()

        async def task() -> None:
            await working.wait()

        never = asyncio.create_task(task())
        waiting = asyncio.create_task(done_or_stopped([never], stopping=stopping))
        await asyncio.sleep(0)
        assert not waiting.done()
        (working if ends == "task" else stopping).set()
        async with asyncio.timeout(5):
            await waiting
        is_done = never.done()
        never.cancel()
        return is_done

    assert asyncio.run(run()) is (ends == "task")
