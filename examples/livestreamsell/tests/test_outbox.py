"""The outbox on a real Postgres: its times are those at which something happened."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from examples.livestreamsell.database import open_database
from examples.livestreamsell.outbox import Outbox, Reply
from keepwell.rehearsal.servers import start_postgres

REPLY = Reply(event_id="event", entry="1-0", tenant="page", text="hello")


async def send(dsn: str, *, is_taken: bool) -> tuple[datetime, asyncpg.Record]:
    """When the receiver had the reply, and the row after it."""
    database = await open_database(dsn, table="reply_outbox")
    outbox, moments = Outbox(database), []
    await outbox.put(REPLY)

    async def receive(_: Reply) -> bool:
        moments.append(await (await database.pool()).fetchval("SELECT clock_timestamp()"))
        return is_taken

    assert await outbox.send_next(receive)
    row = await (await database.pool()).fetchrow("SELECT * FROM reply_outbox")
    await database.close()
    return moments[0], row


@pytest.mark.parametrize("is_taken", [True, False])
def test_what_was_sent_or_failed_is_noted_at_its_own_time(*, is_taken: bool) -> None:
    with start_postgres() as postgres:
        had_at, row = asyncio.run(send(postgres.dsn, is_taken=is_taken))
    assert row["created_at"] <= had_at
    if is_taken:
        assert row["sent_at"] >= had_at
    else:
        assert row["sent_at"] is None
        assert row["next_try_at"] >= had_at + timedelta(seconds=1)
