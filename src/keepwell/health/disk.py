"""Whether the disk of this instance has room, such as a Render disk that uploads fill up."""

import asyncio
import shutil
import time

from keepwell.health.check import Check, RoundTripError
from keepwell.health.reading import Criticality, ErrorClass, Scope


class DiskFree(Check):
    """The disk that holds `path`; at least `free_share` of it must be free."""

    component_type = "system"

    def __init__(
        self,
        path: str = "/",
        *,
        free_share: float = 0.05,
        name: str = "disk",
        criticality: Criticality = Criticality.FAIL,
    ) -> None:
        super().__init__(name, criticality=criticality, scope=Scope.LOCAL)
        self._path = path
        self._free_share = free_share

    async def round_trip_ms(self) -> float:
        """Milliseconds that the system took to tell; a disk that is far away may hang.

        Raises:
            RoundTripError: it is too full.
            OSError: there is no such path.
        """
        started_s = time.perf_counter()
        usage = await asyncio.to_thread(shutil.disk_usage, self._path)
        if usage.free < usage.total * self._free_share:
            raise RoundTripError(ErrorClass.DISK_FULL)
        return (time.perf_counter() - started_s) * 1000
