"""Lays one environment over the base: mappings merge, lists and scalars replace, null removes."""

from dataclasses import dataclass, field, replace

from keepwell.errors import Problem, StackError
from keepwell.model.verdict import Place
from keepwell.stackfile.nodes import Entry, MapNode, ScalarNode, YamlNode
from keepwell.stackfile.wording import (
    key_shown,
    listed,
    nearest,
    printable,
    problem_at,
    stack_error,
)

PRODUCTION = "production"
MOST_ENVIRONMENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """The base and the overlays of a stack file."""

    base: MapNode
    overlays: dict[str, Entry]
    file: str

    def choose(self, name: str | None) -> str:
        """The environment to load; production where none is named.

        Raises:
            StackError: there is no such environment.
        """
        chosen = PRODUCTION if name is None else name
        if chosen in self.overlays or (chosen == PRODUCTION and not self.overlays):
            return chosen
        near = nearest(chosen, self.overlays)
        names = listed(self.overlays) if self.overlays else f"only {key_shown(PRODUCTION)}"
        raise StackError(
            f"{printable(self.file)}: there is no environment {key_shown(chosen)}",
            hint=f"did you mean {key_shown(near)}?" if near else f"there is {names}",
        )


def split(root: MapNode, *, file: str) -> tuple[Environments, list[Problem]]:
    """The base without `environments:`, and the overlays.

    Raises:
        StackError: there are too many overlays to check each.
    """
    entries = dict(root.entries)
    declared = entries.pop("environments", None)
    overlays: dict[str, Entry] = {}
    problems = []
    if declared is not None and isinstance(declared.value, MapNode):
        overlays = dict(declared.value.entries)
        if len(overlays) > MOST_ENVIRONMENTS:
            message = f"environments: more than {MOST_ENVIRONMENTS}"
            problem = problem_at(declared.place, message, hint="split the file")
            raise stack_error(file, [problem])
    elif declared is not None and not _is_null(declared.value):
        problems = [problem_at(declared.place, "environments: expected a mapping of overlays")]
    base = replace(root, entries=entries)
    return Environments(base=base, overlays=overlays, file=file), problems


def lay(environments: Environments, name: str) -> tuple[MapNode, list[Problem]]:
    """The tree of one environment, and what is wrong with its overlay.

    The tree has the environment's name under `environment`, which a file may not set itself.
    """
    base, entry = environments.base, environments.overlays.get(name)
    if entry is None:
        return _without_reserved(base)
    merge = _Merge()
    if isinstance(entry.value, MapNode):
        base = merge.lay(base, entry.value, path=f"environments.{name}")
    elif not _is_null(entry.value):
        message = f"environments.{printable(name)}: expected a mapping, as at the top of the file"
        merge.problems.append(problem_at(entry.place, message))
    base, reserved = _without_reserved(base)
    return _named(base, name, at=entry.key_place), [*merge.problems, *reserved]


def _named(tree: MapNode, name: str, *, at: Place) -> MapNode:
    value = ScalarNode(place=at, value=name, text=name)
    entries = {**tree.entries, "environment": Entry(key_place=at, value=value)}
    return replace(tree, entries=entries)


_NOT_THERE = {
    "environment": "did you mean `environments`?",
    "environments": "an overlay has no overlays",
}
"""Keys that are ours or stand only at the top of the file, with a hint."""


def _without_reserved(tree: MapNode) -> tuple[MapNode, list[Problem]]:
    entries = {key: entry for key, entry in tree.entries.items() if key not in _NOT_THERE}
    problems = [
        problem_at(tree.entries[key].key_place, f"unknown key {key_shown(key)}", hint=hint)
        for key, hint in _NOT_THERE.items()
        if key in tree.entries
    ]
    return replace(tree, entries=entries), problems


def _is_null(node: YamlNode) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merge:
    problems: list[Problem] = field(default_factory=list)

    def lay(self, base: MapNode, over: MapNode, *, path: str) -> MapNode:
        entries, removed = dict(base.entries), dict[str, Place]()
        for key, entry in over.entries.items():
            below = entries.get(key)
            if _is_null(entry.value):
                self._check_removal(key, entry, entries=entries, path=path)
                entries.pop(key, None)
                removed[key] = entry.place
            elif below and isinstance(below.value, MapNode) and isinstance(entry.value, MapNode):
                value = self.lay(below.value, entry.value, path=f"{path}.{key}")
                entries[key] = replace(below, value=value)
            else:
                entries[key] = entry
        return replace(base, entries=entries, size=base.size + over.size, removed=removed)

    def _check_removal(
        self, key: str, entry: Entry, *, entries: dict[str, Entry], path: str
    ) -> None:
        if key in entries:
            return
        near = nearest(key, entries)
        hint = f"did you mean {key_shown(near)}?" if near else "remove the line"
        message = f"{printable(path)}: no {key_shown(key)} above that null could remove"
        self.problems.append(problem_at(entry.key_place, message, hint=hint))
