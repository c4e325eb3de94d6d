"""The tree of a stack file: values with their places. `place` is where the value begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keepwell.model.verdict import Place
from keepwell.stackfile.scalars import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """One value; `text` is how it is written, without quotes."""

    place: Place
    value: Value
    text: str
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list. `size` counts all nodes in it, aliases expanded."""

    place: Place
    items: Sequence["YamlNode"]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key's place and its value."""

    key_place: Place
    value: "YamlNode"

    @property
    def place(self) -> Place:
        """Where a reader looks: the value if one stands beside its key, else the key."""
        is_empty = isinstance(self.value, ScalarNode) and not self.value.text
        is_beside = self.value.place.line == self.key_place.line
        return self.value.place if is_beside and not is_empty else self.key_place


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """A mapping; keys are text. `size` counts all nodes in it, aliases expanded.

    `removed` are keys that an overlay took away, with the place where it did.
    """

    place: Place
    entries: Mapping[str, Entry]
    size: int
    removed: Mapping[str, Place] = field(default_factory=dict)


YamlNode = ScalarNode | ListNode | MapNode
Path = tuple[str | int, ...]


def plain(node: YamlNode, *, path: Path = ()) -> object:
    """The tree as dicts, lists and scalars; values of environment variables as they are written."""
    if isinstance(node, MapNode):
        return {key: plain(entry.value, path=(*path, key)) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item, path=(*path, index)) for index, item in enumerate(node.items)]
    is_number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
    return node.text if is_number and _is_environment_variable(path) else node.value


def _is_environment_variable(path: Path) -> bool:
    # The environment of a process is text: 3.10 must not become 3.1, nor 010 ten.
    match path:
        case ("render", "services", _, "env", _, *_) | ("render", "env_groups", _, _, *_):
            return True
    return False


def places(root: MapNode) -> dict[str, Place]:
    """The place of every node by its dotted path; items of lists by their number."""
    found: dict[str, Place] = {}
    pending: list[tuple[str, YamlNode]] = [("", root)]
    while pending:
        prefix, node = pending.pop()
        if isinstance(node, MapNode):
            for key, entry in node.entries.items():
                found[prefix + key] = entry.place
                pending.append((f"{prefix}{key}.", entry.value))
        elif isinstance(node, ListNode):
            for index, item in enumerate(node.items):
                found[f"{prefix}{index}"] = item.place
                pending.append((f"{prefix}{index}.", item))
    return found
