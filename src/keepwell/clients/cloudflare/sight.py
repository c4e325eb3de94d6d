"""What was seen of a zone at once, and the observation that is made of it. No calls.

Foreign rules are counted, never told; the rules themselves stay in the Sight.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from keepwell.clients.cloudflare import bots, limits, phase, settings
from keepwell.clients.cloudflare.phase import PHASES, Phase
from keepwell.clients.cloudflare.settings import Row
from keepwell.clients.cloudflare.zone import Zone, survey_zone
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import Lookup, names_in
from keepwell.model.verdict import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The desired resources of Cloudflare, by kind."""

    rules: Mapping[str, Resource]
    settings: Sequence[Resource]
    bots: Resource | None

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases to look at: all that keepwell manages, with or without a rule."""
        return tuple(dict.fromkeys((*PHASES, *(key.partition("/")[0] for key in self.rules))))

    def order(self, phase: str) -> dict[str, int]:
        """The position of each desired rule of the phase, by its ref."""
        return {
            key.partition("/")[2]: each.fields["position"]
            for key, each in self.rules.items()
            if key.partition("/")[0] == phase
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What stands in a zone. Its rules and settings may hold secrets: they are not shown."""

    zone: Zone
    phases: Mapping[str, Phase] = field(repr=False)
    settings: Mapping[str, Row] = field(repr=False)
    bots: Mapping[str, Any] = field(repr=False)


def sorted_by_kind(desired: Sequence[Resource]) -> Wanted:
    """The desired resources, those of other vendors left out."""
    ours = [each for each in desired if each.vendor == "cloudflare"]
    return Wanted(
        rules={each.key: each for each in ours if each.kind == "rule"},
        settings=[each for each in ours if each.kind == "setting"],
        bots=next((each for each in ours if each.kind == "bots"), None),
    )


def observation(
    sight: Sight, wanted: Wanted, *, lookup: Lookup, calls: int, taken_at: datetime
) -> Observation:
    """The observation: what was seen, compared with what is wanted, without any secret."""
    names = names_in([dict(each.fields) for each in wanted.rules.values()])
    return Observation(
        vendor="cloudflare",
        resources=tuple(_resources(sight, wanted, lookup=lookup)),
        fixed=dict(settings.fixed(wanted.settings, sight.settings, plan=sight.zone.plan)),
        uncompared=sorted(name for name in names if lookup(name) is None),
        findings=tuple(_findings(sight, wanted)),
        calls=calls,
        taken_at=taken_at,
    )


def _resources(sight: Sight, wanted: Wanted, *, lookup: Lookup) -> Iterator[Resource]:
    for each in sight.phases.values():
        yield from phase.resources(each, wanted.rules, lookup=lookup)
    yield from settings.resources(wanted.settings, sight.settings, lookup=lookup)
    if wanted.bots:
        yield bots.resource(wanted.bots, sight.bots)


def _findings(sight: Sight, wanted: Wanted) -> Iterator[Finding]:
    yield from survey_zone(sight.zone)
    for each in sight.phases.values():
        count = len(wanted.order(each.name))
        yield from limits.survey(each, wanted=count, plan=sight.zone.plan)
    if wanted.bots:
        yield from bots.survey(wanted.bots, sight.bots, plan=sight.zone.plan)
