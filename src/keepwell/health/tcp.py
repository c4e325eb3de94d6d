"""Whether something accepts connections at a port."""

import asyncio
import time

from keepwell.health.budget import CONNECT_S
from keepwell.health.check import Check
from keepwell.health.reading import Criticality


class Tcp(Check):
    """A port of any service; nothing is said once the connection stands."""

    def __init__(
        self, host: str, port: int, *, name: str, criticality: Criticality = Criticality.FAIL
    ) -> None:
        super().__init__(name, criticality=criticality)
        self._host = host
        self._port = port

    async def round_trip_ms(self) -> float:
        """Milliseconds until the connection stood, the look-up of the name included.

        Raises:
            OSError: it did not.
        """
        started_s = time.perf_counter()
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(self._host, self._port)
        took_ms = (time.perf_counter() - started_s) * 1000
        writer.transport.abort()
        return took_ms
