"""Where each secret belongs, and what an observation tells of it there.

A place is a resource whose desired fields refer to the secret. No value comes near: an observation
holds the reference where vendor and wanted value agree, and something else where they do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import names_in

PUSHED = frozenset({"env-var", "env-group-var", "edge-secret", "vault-secret"})
"""Kinds whose whole value is a secret. In rules and jobs it is a part; apply brings it there."""


class State(StrEnum):
    """What is known of a secret at a place."""

    PRESENT = "present"
    MISSING = "missing"
    DIFFERS = "differs"
    UNCOMPARED = "not compared"
    UNASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One secret at one resource; `id` is the vendor's own of what stands there."""

    secret: str
    resource: Resource
    state: State
    id: str = ""

    @property
    def title(self) -> str:
        """Names the place for people."""
        resource = self.resource
        holder, _, key = resource.key.partition("/")
        alias = f" as {key}" if key != self.secret else ""
        titles = {
            "env-var": f"render {holder}{alias}",
            "env-group-var": f"render group {holder}{alias}",
            "edge-secret": "edge functions",
            "vault-secret": "vault",
        }
        return titles.get(resource.kind, resource.address)

    @property
    def is_pushed(self) -> bool:
        """Whether a push brings the secret there."""
        return self.resource.kind in PUSHED


def places(desired: Sequence[Resource], observations: Sequence[Observation]) -> tuple[Place, ...]:
    """Every place of every secret, by the secret's name, then in the order of `desired`."""
    by_vendor = {seen.vendor: seen for seen in observations}
    found = [
        _place(name, resource, by_vendor.get(resource.vendor))
        for resource in desired
        for name in names_in(dict(resource.fields))
    ]
    return tuple(sorted(found, key=lambda place: place.secret))


def _place(name: str, wanted: Resource, seen: Observation | None) -> Place:
    if seen is None:
        return Place(secret=name, resource=wanted, state=State.UNASKED)
    held = next((each for each in seen.resources if each.address == wanted.address), None)
    if held is None:
        state = State.UNCOMPARED if wanted.address in seen.fixed else State.MISSING
        return Place(secret=name, resource=wanted, state=state)
    if _differs(name, wanted.fields, held.fields):
        state = State.DIFFERS
    else:
        state = State.UNCOMPARED if name in seen.uncompared else State.PRESENT
    return Place(secret=name, resource=wanted, state=state, id=held.id)


def _differs(name: str, wanted: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Whether any text that refers to the secret is another one at the vendor."""
    there = dict(_texts(dict(held)))
    return any(
        there.get(path) != text for path, text in _texts(dict(wanted)) if name in names_in(text)
    )


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a JSON value, with where it stands in it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, (*path, name))
    elif isinstance(value, list | tuple):
        for position, each in enumerate(value):
            yield from _texts(each, (*path, str(position)))
