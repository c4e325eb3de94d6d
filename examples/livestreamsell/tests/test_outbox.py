"""The outbox on a real Postgres: its times are those at which something happened."""

import asyncio
from datetime import datetime, timedelta

import asyncpg

from examples.livestreamsell.database import open_database
from examples.livestreamsell.outbox import Outbox, Reply
from keepwell.rehearsal.servers import start_postgres

TAKEN, REFUSED = (
    Reply(event_id=name, entry="1-0", tenant="page", text="hello") for name in ("taken", "refused")
)


async def send(dsn: str) -> tuple[datetime, dict[str, asyncpg.Record], bool]:
    """When the receiver had both replies, the rows after it, and whether there is more to send."""
    database = await open_database(dsn, table="reply_outbox")
    outbox, moments = Outbox(database), []
    for reply in (TAKEN, REFUSED):
        await outbox.put(reply)

    async def receive(reply: Reply) -> bool:
        moments.append(await (await database.pool()).fetchval("SELECT clock_timestamp()"))
        return reply == TAKEN

    assert await outbox.send_due(receive)
    has_more = await outbox.send_due(receive)
    rows = await (await database.pool()).fetch("SELECT * FROM reply_outbox")
    await database.close()
    return max(moments), {row["event_id"]: row for row in rows}, has_more


def test_what_was_sent_or_failed_is_noted_at_its_own_time() -> None:
    with start_postgres() as postgres:
        had_at, rows, has_more = asyncio.run(send(postgres.dsn))
    taken, refused = rows["taken"], rows["refused"]
    assert not has_more
    assert taken["created_at"] <= had_at <= taken["sent_at"]
    assert (refused["sent_at"], refused["failures"]) == (None, 1)
    assert refused["next_try_at"] >= had_at + timedelta(seconds=1)
