"""The turns: a tenant's own limit, and the limit of all."""

import asyncio

import pytest

from examples.livestreamsell.tenants import Tenants


@pytest.mark.parametrize(
    ("wanted", "running"),
    [(["a"] * 5, ["a", "a"]), (["a"] * 5 + ["b"], ["a", "a", "b"]), (list("abcde"), list("abc"))],
)
def test_so_many_run_at_once(wanted: list[str], running: list[str]) -> None:
    async def run() -> list[str]:
        tenants, here = Tenants(at_once=3, each=2), []

        async def stay(tenant: str) -> None:
            async with tenants.turn(tenant):
                here.append(tenant)
                await asyncio.Event().wait()

        tasks = [asyncio.create_task(stay(tenant)) for tenant in wanted]
        for _ in range(20):
            await asyncio.sleep(0)
        found = list(here)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return found

    assert asyncio.run(run()) == running
