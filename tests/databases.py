"""Asks a Postgres of a test, on a connection of its own each time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

Answer = TypeVar("Answer")


def execute(dsn: str, *statements: str) -> None:
    """Runs statements, one after the other."""

    async def all_of_them(connection: Any) -> None:
        for each in statements:
            await connection.execute(each)

    _on_a_connection(dsn, all_of_them)


def fetch(dsn: str, statement: str, *values: object) -> object:
    """The first value of the first row that a statement answers."""

    async def once(connection: Any) -> object:
        return await connection.fetchval(statement, *values)

    return _on_a_connection(dsn, once)


def _on_a_connection(dsn: str, use: Callable[[Any], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        connection = await asyncpg.connect(dsn)
        try:
            return await use(connection)
        finally:
            await connection.close()

    return asyncio.run(run())
