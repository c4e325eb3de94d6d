"""YAML text -> tree of nodes: PyYAML parses, we decide what is allowed and what it means.

Refused: several documents, tags beyond the core ones, the merge key, keys that are not text,
aliases that grow without bound. Duplicate keys are noted and do not stop the reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import yaml

from keepwell.errors import Problem, StackError
from keepwell.model.verdict import Place
from keepwell.stackfile.nodes import Entry, ListNode, MapNode, ScalarNode, YamlNode
from keepwell.stackfile.scalars import TAGS, Value, construct, resolve
from keepwell.stackfile.syntax import explain
from keepwell.stackfile.wording import HOW_TO_BEGIN, key_shown, printable, problem_at, stack_error

NODE_LIMIT = 30_000
DEPTH_LIMIT = 32
_PREFIX = "tag:yaml.org,2002:"

_FASTEST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Mark(Protocol):
    """Where libyaml's parser or the one in Python stands; counts from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The tree, and the duplicate keys that were met."""

    root: YamlNode
    problems: tuple[Problem, ...]


def compose(text: str, *, file: str, loader: type[yaml.SafeLoader] = _FASTEST) -> Composed:
    """The tree of the only document in the text.

    Raises:
        StackError: the text is not YAML, or not of the kind that a stack file may be.
    """
    composer = _Composer(file=file, events=yaml.parse(text, Loader=loader))
    try:
        root = composer.document()
    except yaml.MarkedYAMLError as error:
        composer.refuse(*explain(error, text=text), at=error.problem_mark or error.context_mark)
    if composer.forbidden:
        raise stack_error(file, [*composer.forbidden, *composer.duplicates])
    return Composed(root=root, problems=tuple(composer.duplicates))


@dataclass(slots=True, kw_only=True)
class _Composer:
    file: str
    events: Iterator[yaml.Event]
    size: int = 0
    anchors: dict[str, YamlNode | None] = field(default_factory=dict)  # None: still being read
    duplicates: list[Problem] = field(default_factory=list)
    forbidden: list[Problem] = field(default_factory=list)

    def document(self) -> YamlNode:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise StackError(f"{printable(self.file)}: this file is empty", hint=HOW_TO_BEGIN)
        root = self._node(next(self.events), depth=1)
        next(self.events)  # the end of the document
        behind = next(self.events)
        if not isinstance(behind, yaml.StreamEndEvent):
            self.refuse(
                "a second document begins here",
                "a stack file is one document: remove the line `---` or what follows it",
                at=behind.start_mark,
            )
        return root

    def refuse(self, message: str, hint: str = "", *, at: _Mark | None) -> NoReturn:
        """Stops the reading."""
        raise stack_error(self.file, [problem_at(self._place(at), message, hint=hint)])

    def _place(self, mark: _Mark | None) -> Place:
        if mark is None:
            return Place(file=self.file, line=1, column=1)
        return Place(file=self.file, line=mark.line + 1, column=mark.column + 1)

    def _node(self, event: yaml.Event, *, depth: int) -> YamlNode:
        if depth > DEPTH_LIMIT:
            self.refuse(f"nested deeper than {DEPTH_LIMIT} levels", at=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._grow(1, at=event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            node: YamlNode = self._scalar(event)
        else:
            assert isinstance(event, yaml.CollectionStartEvent)
            if event.anchor:
                self.anchors[event.anchor] = None
            is_list = isinstance(event, yaml.SequenceStartEvent)
            node = (self._list if is_list else self._mapping)(event, depth=depth)
        if anchor := event.anchor:
            self.anchors[anchor] = node
        return node

    def _grow(self, size: int, *, at: _Mark | None) -> None:
        self.size += size
        if self.size > NODE_LIMIT:
            self.refuse(
                f"more than {NODE_LIMIT:,} values, aliases expanded",
                "real stack files have some thousands; look for aliases of aliases",
                at=at,
            )

    def _alias(self, event: yaml.AliasEvent) -> YamlNode:
        if event.anchor not in self.anchors:
            self.refuse(
                "no anchor of that name stands above this alias",
                "a text that begins with * stands in quotes",
                at=event.start_mark,
            )
        node = self.anchors[event.anchor]
        if node is None:
            self.refuse("this alias contains itself", at=event.start_mark)
        self._grow(node.size, at=event.start_mark)
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        place = self._place(event.start_mark)
        return ScalarNode(place=place, value=self._value(event, at=place), text=event.value)

    def _value(self, event: yaml.ScalarEvent, *, at: Place) -> Value:
        if event.tag is None:
            return resolve(event.value) if event.implicit[0] else event.value
        tag = event.tag.removeprefix(_PREFIX)
        if event.tag == "!":
            return event.value
        if tag == event.tag or tag not in TAGS:
            self._forbid_tag(event.tag, at=at)
            return None
        try:
            return construct(event.value, tag=tag)
        except ValueError:
            self.forbidden.append(problem_at(at, f"this value is not of the type !!{tag}"))
            return None

    def _forbid_tag(self, tag: str, *, at: Place) -> None:
        # Any other tag may be a password that begins with an exclamation mark.
        shown = f"the tag {printable(tag.replace(_PREFIX, '!!'))}" if _PREFIX in tag else "this tag"
        hint = "remove it; a text that begins with ! stands in quotes"
        self.forbidden.append(problem_at(at, f"{shown} is not allowed", hint=hint))

    def _check_tag(self, event: yaml.CollectionStartEvent, *, core: str) -> None:
        if event.tag not in {None, "!", _PREFIX + core}:
            self._forbid_tag(event.tag, at=self._place(event.start_mark))

    def _list(self, start: yaml.CollectionStartEvent, *, depth: int) -> ListNode:
        self._check_tag(start, core="seq")
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth=depth + 1))
        size = 1 + sum(item.size for item in items)
        return ListNode(place=self._place(start.start_mark), items=items, size=size)

    def _mapping(self, start: yaml.CollectionStartEvent, *, depth: int) -> MapNode:
        self._check_tag(start, core="map")
        entries: dict[str, Entry] = {}
        size = 1
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, key_place = self._key(event, depth=depth), self._place(event.start_mark)
            value = self._node(next(self.events), depth=depth + 1)
            size += 1 + value.size
            if key in entries:
                first = f"the first is in line {entries[key].key_place.line}"
                message = f"{key_shown(key)} stands here a second time; {first}"
                self.duplicates.append(problem_at(key_place, message, hint="keep one of them"))
            else:
                entries[key] = Entry(key_place=key_place, value=value)
        return MapNode(place=self._place(start.start_mark), entries=entries, size=size)

    def _key(self, event: yaml.Event, *, depth: int) -> str:
        node = self._node(event, depth=depth + 1)
        if not isinstance(node, ScalarNode):
            self.refuse(
                "a key is a plain text, not a list or a mapping",
                "a text that begins with { or [ stands in quotes",
                at=event.start_mark,
            )
        is_plain = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
        if is_plain and not node.text:
            self.refuse("a key is missing before the colon", at=event.start_mark)
        if is_plain and node.text == "<<":
            hint = "write the keys out; an alias may stand for a whole value"
            self.forbidden.append(
                problem_at(node.place, "YAML 1.2 has no merge key `<<`", hint=hint)
            )
        return node.text
