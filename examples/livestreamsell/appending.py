"""Puts webhooks into the stream: each event once, however often Meta sends it.

What is remembered and what is appended change in one script, so a crash leaves both or neither.
"""

import json
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

# Meta sends again for up to 7 days.
# Source: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks (read 2026-11)
REMEMBERED_S = 7 * 24 * 3600 + 3600

# KEYS: the stream, then one key for each event. ARGV: seconds, body, then the ids of the events.
# The entry is written first: a full Redis refuses it, and nothing is remembered.
_APPEND = """
local fresh, keys = {}, {}
for at = 2, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 0 then
    fresh[#fresh + 1] = ARGV[at + 1]
    keys[#keys + 1] = KEYS[at]
  end
end
if #fresh == 0 then return false end
local entry = redis.call('XADD', KEYS[1], '*', 'body', ARGV[2], 'events', cjson.encode(fresh))
for _, key in ipairs(keys) do redis.call('SET', key, entry, 'EX', ARGV[1]) end
return entry
"""


class Appending:
    """The writing end of the stream."""

    def __init__(self, queue: Redis, *, stream: str) -> None:
        self._stream = stream
        self._append: Any = queue.register_script(_APPEND)

    async def append(self, body: bytes, *, ids: Sequence[str]) -> str | None:
        """The id of the new entry, which names the events that are new; None when none is.

        Raises:
            RedisError: it is not known to stand in the stream; doing it again is harmless.
        """
        keys = [self._stream, *(f"{self._stream}:seen:{each}" for each in ids)]
        entry: bytes | None = await self._append(keys=keys, args=[REMEMBERED_S, body, *ids])
        return entry.decode() if entry else None


def new_events(field: bytes | None) -> frozenset[str] | None:
    """The ids that `append` wrote into the entry; None when it names none, which means all."""
    return frozenset(json.loads(field)) if field else None
