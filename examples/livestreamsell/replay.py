"""Appends what stands in the mirror again, after Redis lost it: `python -m ...replay SECONDS`.

What still stands in the stream, or was taken from it, is remembered there and not appended twice;
what was answered before Redis lost all of it is known to the outbox.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence

from examples.livestreamsell.appending import Appending
from examples.livestreamsell.connecting import open_queue
from examples.livestreamsell.database import open_database
from examples.livestreamsell.events import read_events
from examples.livestreamsell.inbox import Inbox
from examples.livestreamsell.settings import MissingSettingsError, WebSettings, web_settings

_QUEUE_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


async def replay(settings: WebSettings, *, seconds: float) -> int:
    """Appends what the mirror kept in the last seconds; how many webhooks the stream had not."""
    count = 0
    database = await open_database(settings.mirror_url, table="webhook_inbox")
    async with open_queue(settings.redis_url, timeout_s=_QUEUE_TIMEOUT_S) as queue:
        appending = Appending(queue, stream=settings.stream)
        async for body in Inbox(database).since(seconds):
            ids = [event.id for event in read_events(body)]
            count += await appending.append(body, ids=ids) is not None
    await database.close()
    return count


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Runs the command; what it is not told ends it with 2."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.livestreamsell.replay",
        description="Appends webhooks that Redis lost.",
    )
    parser.add_argument("seconds", type=float, help="how far back to go in the mirror")
    seconds = parser.parse_args(arguments).seconds
    try:
        settings = web_settings({**environment, "MIRROR_TO_POSTGRES": "true"})
    except MissingSettingsError as error:
        parser.error(str(error))
    _log.info("appended %d webhooks", asyncio.run(replay(settings, seconds=seconds)))


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())  # noqa: TID251 - its border
    main(sys.argv[1:], os.environ)  # noqa: TID251 - its border
