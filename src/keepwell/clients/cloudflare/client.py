"""Cloudflare as a vendor of keepwell's: observes a zone, and changes what is to be changed.

Rules, settings and bot management only: records are `clients.dns`'s. What keepwell did not make is
sent back as it was. Nothing is remembered but what this instance observed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from keepwell.clients.base import Api, at_once, segment
from keepwell.clients.cloudflare.bots import Bots
from keepwell.clients.cloudflare.objection import result
from keepwell.clients.cloudflare.phase import Phase, Rule
from keepwell.clients.cloudflare.rulesets import Rulesets
from keepwell.clients.cloudflare.settings import Settings
from keepwell.clients.cloudflare.sight import Sight, Wanted, observation, sorted_by_kind
from keepwell.clients.cloudflare.writing import Writer
from keepwell.clients.cloudflare.zone import Zone, fetch_zone
from keepwell.model.plan import Batch, Change
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import Lookup
from keepwell.model.verdict import Finding


class Cloudflare:
    """One zone."""

    name = "cloudflare"

    def __init__(self, api: Api, *, zone: str, lookup: Lookup) -> None:
        self._api = api
        self._zone_name = zone
        self._given = lookup
        self._zone: Zone | None = None
        self._phases: dict[str, Phase] = {}
        self._order: dict[str, dict[str, int]] = {}

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._api.calls

    def close(self) -> None:
        """Closes the connections."""
        self._api.close()

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """What stands in the zone: two round trips, a third for settings that the list lacks.

        Every phase of PHASES is read, also where no rule is desired in it.

        Raises:
            ApiError: the zone is not visible, a permission is missing, or a call failed.
        """
        wanted, calls = sorted_by_kind(desired), self.calls
        sight = self._look(wanted)
        self._phases = dict(sight.phases)
        self._order = {phase: wanted.order(phase) for phase in wanted.phases}
        return observation(
            sight,
            wanted,
            lookup=self._lookup,
            calls=self.calls - calls,
            taken_at=self._api.clock.now(),
        )

    def apply(self, batch: Batch) -> None:
        """Makes the changes of a batch: a phase's rules by one PUT, else call by call.

        Rules are only written onto what this instance observed.

        Raises:
            UsageError: a secret is not at hand; nothing was sent.
            Refused: somebody else changed the phase since it was observed.
            ApiError: Cloudflare refuses the change, or did not answer.
        """
        if batch.kind == "rule":
            for phase, changes in _by_phase(batch.changes).items():
                seen = self._phases[phase]
                self._phases[phase] = self._writer().write(seen, changes)
            return
        for change in batch.changes:
            self._change(change)

    def check(self, changes: Sequence[Change]) -> tuple[Finding, ...]:
        """What Cloudflare would say to the rules among these changes; nothing is changed.

        One finding for each phase, after `observe`. Another kind of change cannot be tried.

        Raises:
            ApiError: a call failed otherwise than by a refusal.
        """
        pending = _by_phase([each for each in changes if each.resource.kind == "rule"])
        writer = self._writer()
        asking = (
            partial(writer.check, self._phases[phase], of_phase)
            for phase, of_phase in pending.items()
        )
        return tuple(at_once(*asking))

    def versions(self, phase: str) -> tuple[Mapping[str, Any], ...]:
        """The versions that a phase has had, as Cloudflare lists them: the way back."""
        return self._rulesets().fetch_versions(phase)

    def rules_at(self, phase: str, version: str) -> tuple[Rule, ...]:
        """The rules of a phase at that version, as they stood. They may hold secrets."""
        return tuple(self._rulesets().fetch_version(phase, version).rules)

    def lists(self) -> tuple[Mapping[str, Any], ...]:
        """The lists of the zone's account, which rules may refer to: id, name, kind and more."""
        path = f"/accounts/{segment(self._found().account_id)}/rules/lists"
        return tuple(result(self._api.get(path).json, "to show the lists") or ())

    def _lookup(self, name: str) -> str | None:
        """An empty secret is none: a rule must not let pass whoever sends nothing."""
        return self._given(name) or None

    def _change(self, change: Change) -> None:
        if change.resource.kind == "setting":
            Settings(self._api, zone=self._found()).change(change)
        else:
            Bots(self._api, zone=self._found()).change(change)

    def _look(self, wanted: Wanted) -> Sight:
        zone, rulesets = self._found(), self._rulesets()
        names = [each.key for each in wanted.settings]
        calls: tuple[Callable[[], Any], ...] = (
            partial(Settings(self._api, zone=zone).fetch, names),
            Bots(self._api, zone=zone).fetch if wanted.bots else dict,
            *(partial(rulesets.fetch, phase) for phase in wanted.phases),
        )
        listed, keys, *phases = at_once(*calls)
        found = {phase.name: phase for phase in phases}
        return Sight(zone=zone, phases=found, settings=listed, bots=keys)

    def _found(self) -> Zone:
        if self._zone is None:
            self._zone = fetch_zone(self._api, name=self._zone_name)
        return self._zone

    def _rulesets(self) -> Rulesets:
        return Rulesets(self._api, zone=self._found())

    def _writer(self) -> Writer:
        return Writer(self._rulesets(), order=self._order, lookup=self._lookup)


def _by_phase(changes: Sequence[Change]) -> dict[str, list[Change]]:
    pending: dict[str, list[Change]] = {}
    for change in changes:
        pending.setdefault(change.resource.key.partition("/")[0], []).append(change)
    return pending
