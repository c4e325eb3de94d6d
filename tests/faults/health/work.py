"""What a worker leaves in Redis: a group of a stream, and keys that say that it lives."""

import threading
from typing import Any, Self

STREAM, GROUP, DEAD = "webhooks", "workers", "webhooks:dead"
BEATS_EVERY_S = 0.5
VANISHES_MS = 2000


class Work:
    """Two workers that beat while the block lasts, until they are told to die."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._is_over = threading.Event()
        self._is_dead = threading.Event()
        self._thread = threading.Thread(target=self._beat)

    def __enter__(self) -> Self:
        self._client.xgroup_create(STREAM, GROUP, id="$", mkstream=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._client.close()

    def die(self) -> None:
        """Both beat no more."""
        self._is_dead.set()

    def revive(self) -> None:
        """Both beat again."""
        self._is_dead.clear()

    def grow(self, count: int) -> None:
        """Entries come in that nobody takes."""
        with self._client.pipeline(transaction=False) as pipeline:
            for number in range(count):
                pipeline.xadd(STREAM, {"body": number})
            pipeline.execute()

    def get_stuck(self) -> None:
        """A worker takes an entry, and neither finishes it nor stops beating."""
        self._client.xadd(STREAM, {"body": "long"})
        self._client.xreadgroup(GROUP, "1", {STREAM: ">"}, count=1)

    def bury(self) -> None:
        """An entry is given up."""
        self._client.xadd(DEAD, {"body": "bad"})

    def dig_up(self) -> None:
        """Somebody has looked at what was given up."""
        self._client.delete(DEAD)

    def finish(self) -> None:
        """All is done."""
        self._client.xgroup_destroy(STREAM, GROUP)
        self._client.xtrim(STREAM, maxlen=0)
        self._client.xgroup_create(STREAM, GROUP, id="$")

    def _beat(self) -> None:
        while not self._is_over.wait(BEATS_EVERY_S):
            if not self._is_dead.is_set():
                for name in ("1", "2"):
                    self._client.set(f"worker:{name}", "alive", px=VANISHES_MS)
