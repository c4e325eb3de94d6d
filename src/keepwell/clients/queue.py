"""A Redis stream as one consumer group leaves it. Reads counts and ids, and writes nothing.

Needs Redis 7 or Valkey: older ones count neither entries added nor lag.
Source: https://redis.io/docs/latest/commands/xinfo-groups/ (read 2026-11).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from keepwell.clock import Clock
from keepwell.errors import CouldNotTell, UsageError
from keepwell.model.scaling import Look

_TIMEOUT_S = 5.0
_SEE = "README.md#scale"


class Queue:
    """The stream `stream` with its consumer group `group`, at the address `url`.

    Raises:
        UsageError: the address is none of a Redis.
    """

    def __init__(self, url: str, *, stream: str, group: str, clock: Clock) -> None:
        self._stream = stream
        self._group = group
        self._clock = clock
        self._client = _client(url)
        options = self._client.connection_pool.connection_kwargs
        self._place = f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"

    def look(self) -> Look:
        """The stream as it is now, by Redis's own time.

        Raises:
            CouldNotTell: Redis gave no answer, refused, or has no such stream or group.
        """
        with self._explained():
            return self._look()

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def _look(self) -> Look:
        with self._client.pipeline(transaction=True) as together:
            together.time()
            together.xinfo_stream(self._stream)
            together.xinfo_groups(self._stream)
            now, stream, groups = together.execute()
        group = self._own(groups)
        pending = self._client.xpending(self._stream, self._group)
        last = group["last-delivered-id"]
        untaken: Any = self._client.xrange(self._stream, min=f"({last}", count=1)
        oldest = [pending["min"], *(id_ for id_, _ in untaken)]
        ages = [now[0] + now[1] / 1e6 - _written_s(id_) for id_ in oldest if id_]
        return Look(
            at_s=self._clock.monotonic_s(),
            added=int(stream["entries-added"]),
            waiting=group["lag"] if untaken else 0,
            pending=int(group["pending"]),
            oldest_age_s=max(0.0, *ages, 0.0),
        )

    def _own(self, groups: list[Mapping[str, Any]]) -> Mapping[str, Any]:
        for each in groups:
            if each["name"] == self._group:
                return each
        raise CouldNotTell(
            f"the stream {self._stream!r} at {self._place} has no group {self._group!r}",
            hint="start the service that makes it, or correct `scale_by_queue.group`",
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what redis-py raises into words of ours: its own may quote what we sent."""
        try:
            yield
        except (redis.AuthenticationError, redis.exceptions.NoPermissionError) as error:
            raise CouldNotTell(
                f"the queue at {self._place} refused us ({type(error).__name__})",
                hint="REDIS_URL must hold a user and password that may read the stream:"
                " +multi +exec +time +xinfo +xpending +xrange",
                see=_SEE,
            ) from None
        except redis.ResponseError as error:
            raise self._refused(str(error)) from None
        except redis.RedisError as error:
            raise CouldNotTell(
                f"the queue at {self._place} gave no answer ({type(error).__name__})",
                hint="run it where that address leads to the Redis: Render's internal address"
                " is known to services of its workspace and region alone",
                see=_SEE,
            ) from None
        except KeyError as error:
            raise CouldNotTell(
                f"the queue at {self._place} does not tell {error}",
                hint="it needs Redis 7, or Valkey",
                see=_SEE,
            ) from None

    def _refused(self, text: str) -> CouldNotTell:
        if "no such key" in text:
            return CouldNotTell(
                f"there is no stream {self._stream!r} at {self._place}",
                hint="start the service that makes it, or correct `scale_by_queue.stream`",
            )
        why = "it is no stream" if "WRONGTYPE" in text else "it refused to be read"
        return CouldNotTell(
            f"{self._stream!r} at {self._place}: {why}", hint="correct `scale_by_queue.stream`"
        )


def _client(url: str) -> Any:
    """A client that tries again at once and once: a connection that lay idle may have been cut."""
    try:
        urlsplit(url).port  # noqa: B018 - raises where it is no number
        return redis.Redis.from_url(
            url,
            decode_responses=True,
            encoding_errors="replace",
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError:
        raise UsageError(
            "REDIS_URL is no address of a Redis",
            hint="write it as in rediss://USER:PASSWORD@HOST:6379",
        ) from None


def _written_s(id_: str) -> float:
    """When an entry was added, by the milliseconds in its id."""
    return int(id_.partition("-")[0]) / 1000
