"""DNS as a vendor of keepwell's: observes a zone's records, and changes what is to be changed.

octoDNS knows the record types and Cloudflare's calls; what differs, and whether it may be changed,
is decided elsewhere, so that its own plan and its guard (which sleeps in small zones) play no part.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from keepwell.clients.dns.sight import Sight, clashes, foreign, moved
from keepwell.clients.dns.terms import TERMS
from keepwell.clock import Clock
from keepwell.errors import Refused
from keepwell.model.plan import Batch
from keepwell.model.resource import Observation, Resource

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from keepwell.clients.dns.door import Door
    from keepwell.clients.dns.octo import OctoZone


class Dns:
    """One zone.

    `marker` is the comment by which keepwell knows its records again. `base_url` moves the calls to
    a stand-in; `progress` is told of long waits; `adapter` sends in the stead of requests (tests).
    """

    name = "dns"

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        *,
        zone: str,
        token: str,
        clock: Clock,
        marker: str,
        base_url: str = "",
        progress: Callable[[str], None] = lambda _: None,
        adapter: "BaseAdapter | None" = None,
    ) -> None:
        url = base_url or TERMS.base_url

        def connect() -> "tuple[Door, OctoZone]":
            # octoDNS takes 130 ms to import: they pass while other vendors are being waited for.
            from keepwell.clients.dns.door import Door  # noqa: PLC0415
            from keepwell.clients.dns.octo import OctoZone  # noqa: PLC0415

            door = Door(adapter, clock=clock, zone=zone, token=token, url=url, progress=progress)
            return door, OctoZone(zone, token=token, url=url, door=door, marker=marker)

        self._clock = clock
        self._connect = connect
        self._connected: tuple[Door, OctoZone] | None = None

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return 0 if self._connected is None else self._connected[0].calls

    def close(self) -> None:
        """Closes the connections."""
        if self._connected is not None:
            self._connected[1].close()

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """All record sets of the zone; `desired` are checked by octoDNS first.

        Records that keepwell did not make are among them, and are counted in a finding.

        Raises:
            UsageError: octoDNS does not take a desired record.
            ApiError: the zone is not visible to the token, or a call failed.
        """
        before = self.calls
        self._zone.check(desired)
        sight = self._zone.fetch()
        return Observation(
            vendor=self.name,
            resources=tuple(sight.values()),
            fixed=clashes(desired, sight),
            findings=foreign(desired, sight),
            calls=self.calls - before,
            taken_at=self._clock.now(),
        )

    def apply(self, batch: Batch) -> None:
        """Makes the changes, after a last look at the zone; what is already so is left out.

        Cloudflare has no transaction for them: what was killed half-way is seen by `observe`.

        Raises:
            Refused: a record is no longer as it was when the plan was made; nothing was sent.
            UsageError: octoDNS does not take a record; nothing was sent.
            ApiError: Cloudflare refuses a change, or did not answer.
        """
        sight: Sight = self._zone.fetch()
        pending, surprises = moved(batch.changes, sight)
        if surprises:
            raise Refused(
                f"the zone changed since the plan was made: {', '.join(surprises)}",
                hint="plan again, and read what changed",
            )
        self._zone.write(pending)

    @property
    def _zone(self) -> "OctoZone":
        if self._connected is None:
            self._connected = self._connect()
        return self._connected[1]
