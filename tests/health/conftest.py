"""Real servers, one of each for a file of tests; whoever stops one starts it again."""

from collections.abc import Iterator

import pytest

from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def redis_server() -> Iterator[Redis]:
    with start_redis() as server:
        yield server
