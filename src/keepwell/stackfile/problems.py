"""pydantic's errors -> problems: placed, in the user's terms, with a hint; never a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from keepwell.errors import Problem
from keepwell.model.stack import Stack
from keepwell.stackfile.describing import (
    EXPECTED,
    PATTERN_WORDS,
    SECRET_NAME,
    choices,
    describe,
    is_private,
)
from keepwell.stackfile.known import known_keys
from keepwell.stackfile.nodes import Entry, ListNode, MapNode, Path, ScalarNode, YamlNode, plain
from keepwell.stackfile.wording import key_shown, listed, nearest, printable, problem_at

MANY = 1_000
"""So many of pydantic's errors are put into words; nobody reads more."""

_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def validate(tree: MapNode) -> tuple[Stack | None, list[Problem]]:
    """The Stack that the tree declares, or all that is wrong with it."""
    try:
        return Stack.model_validate(plain(tree)), []
    except ValidationError as error:
        return None, _problems(error, tree=tree)


def _problems(error: ValidationError, *, tree: MapNode) -> list[Problem]:
    # A union gives one error for each of its types; together they are one problem.
    grouped: dict[tuple[Path, Path], list[_Complaint]] = {}
    for details in error.errors(include_url=False)[:MANY]:
        complaint = _locate(details, tree=tree)
        is_one_of_many = details["type"] == "missing" or complaint.rest == ("[key]",)
        where = (complaint.path, complaint.rest if is_one_of_many else ())
        grouped.setdefault(where, []).append(complaint)
    misspelt = {_meant(complaints[0]) for complaints in grouped.values()}
    return [
        _problem(complaints)
        for (path, missing), complaints in grouped.items()
        if not (missing and path + missing in misspelt)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Complaint:
    """One error of pydantic. `path` is as far as its location goes in the tree, `rest` beyond."""

    details: ErrorDetails
    path: Path
    rest: Path
    entry: Entry

    @property
    def prefix(self) -> str:
        """The dotted path and a colon, as messages begin with it; empty at the top."""
        return _prefix(self.path)

    @property
    def given(self) -> str:
        """What stands there, in words."""
        return describe(self.entry.value, path=self.path)

    @property
    def context(self) -> Mapping[str, Any]:
        """What pydantic says beside the type of the error."""
        return self.details.get("ctx", {})


def _prefix(path: Sequence[str | int]) -> str:
    return printable(".".join(str(part) for part in path)) + ": " if path else ""


def _locate(details: ErrorDetails, *, tree: MapNode) -> _Complaint:
    location = details["loc"]
    found = [Entry(key_place=tree.place, value=tree)]
    for part in location:
        below = _child(found[-1].value, part)
        if below is None:
            break
        found.append(below)
    depth = len(found) - 1
    return _Complaint(
        details=details, path=location[:depth], rest=location[depth:], entry=found[-1]
    )


def _child(node: YamlNode, part: str | int) -> Entry | None:
    if isinstance(node, MapNode):
        return node.entries.get(str(part))
    if isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
        return Entry(key_place=node.items[part].place, value=node.items[part])
    return None


def _problem(complaints: Sequence[_Complaint]) -> Problem:
    first = complaints[0]
    kind = first.details["type"]
    if _is_literal_secret(first):
        return _literal_secret(first)
    if kind == "extra_forbidden":
        return _unknown_key(first)
    if kind == "missing":
        return _missing(first)
    if kind in EXPECTED:
        return _wrong_type(complaints)
    message, hint = _wrong_value(first, kind=kind)
    place = first.entry.key_place if first.rest == ("[key]",) else first.entry.place
    return problem_at(place, f"{first.prefix}{message}", hint=hint)


def _missing(complaint: _Complaint) -> Problem:
    key = str(complaint.rest[0])
    node = complaint.entry.value
    removed = node.removed.get(key) if isinstance(node, MapNode) else None
    message = f"{complaint.prefix}{key_shown(key)} is missing"
    return problem_at(removed or complaint.entry.place, message)


def _is_literal_secret(complaint: _Complaint) -> bool:
    kind = complaint.details["type"]
    match complaint.path:
        case ("secrets", _):
            return kind == "model_type" and describe(complaint.entry.value, path=()) != "nothing"
        case ("secrets", _, "value"):
            return True
    return False


def _literal_secret(complaint: _Complaint) -> Problem:
    name = printable(complaint.path[1])
    return problem_at(
        complaint.entry.key_place,
        f"secrets.{name}: a value does not belong in the file, only the secret's name",
        hint=f"write `{name}: {{ kind: token }}`; change the secret if the file was ever shared",
    )


def _meant(complaint: _Complaint) -> Path | None:
    """The path that an unknown key was probably meant to have; it is not missing as well."""
    if complaint.details["type"] != "extra_forbidden":
        return None
    *above, key = complaint.path
    near = nearest(str(key), known_keys(tuple(above)))
    return (*above, near) if near else None


def _unknown_key(complaint: _Complaint) -> Problem:
    *above, key = complaint.path
    known = known_keys(tuple(above))
    near = nearest(str(key), known)
    # `NAME: { hunter2 }` is a mapping with a key and no value: that key may be the secret.
    is_bare = isinstance(complaint.entry.value, ScalarNode) and not complaint.entry.value.text
    shown = "" if is_bare and is_private(complaint.path) else f" {key_shown(str(key))}"
    return problem_at(
        complaint.entry.key_place,
        f"{_prefix(above)}unknown key{shown}",
        hint=f"did you mean {key_shown(near)}?" if near else f"known here: {listed(known)}",
    )


def _wrong_type(complaints: Sequence[_Complaint]) -> Problem:
    first = complaints[0]
    kinds = {complaint.details["type"] for complaint in complaints}
    if kinds & {"float_type", "finite_number"}:
        kinds.discard("int_type")
    expected = " or ".join(EXPECTED[kind] for kind in EXPECTED if kind in kinds)
    if first.context.get("class_name") == "EnvVar":
        expected = "text, or a mapping such as { secret: NAME }"
    return problem_at(
        first.entry.place,
        f"{first.prefix}expected {expected}, not {first.given}",
        hint=_type_hint(first.entry.value, kinds=kinds),
    )


def _type_hint(node: YamlNode, *, kinds: set[str]) -> str:
    if not isinstance(node, ScalarNode):
        return ""
    is_truth = node.text.lower() in {"yes", "no", "on", "off"}
    hints = (
        (node.value is None, "give it a value, or remove the key"),
        ("string_type" in kinds, "put it in quotes"),
        ("bool_type" in kinds and is_truth, "YAML 1.2 knows only true and false"),
        (bool(kinds & {"int_type", "float_type"}) and node.text.isdecimal(), "remove the quotes"),
        (kinds == {"list_type"}, "write [one] for a list of one"),
    )
    return next((hint for applies, hint in hints if applies), "")


def _wrong_value(complaint: _Complaint, *, kind: str) -> tuple[str, str]:
    context = complaint.context
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"expected {words} {context[key]}, not {complaint.given}", ""
    if kind == "literal_error":
        return _wrong_choice(complaint)
    if kind == "string_pattern_mismatch":
        return _wrong_form(complaint)
    if kind == "too_short":
        return "expected at least one", ""
    if kind == "value_error":
        return printable(context["error"]), ""
    return printable(complaint.details["msg"]), ""


def _wrong_choice(complaint: _Complaint) -> tuple[str, str]:
    known = choices(complaint.context["expected"])
    shown = ", ".join("true" if choice is True else str(choice) for choice in known)
    expected = f"expected {'one of ' if len(known) > 1 else ''}{shown}"
    written = complaint.entry.value.text if isinstance(complaint.entry.value, ScalarNode) else ""
    if any(isinstance(choice, str) and choice == written for choice in known):
        hint = f'put it in quotes: "{printable(written)}"'
    elif any(isinstance(choice, int) and str(choice) == written for choice in known):
        hint = "remove the quotes"
    else:
        near = nearest(written, [str(choice) for choice in known])
        near = near or nearest(written.upper(), [str(choice) for choice in known])
        hint = f"did you mean {near}?" if near else ""
    return f"{expected}; not {complaint.given}", hint


def _wrong_form(complaint: _Complaint) -> tuple[str, str]:
    pattern = complaint.context["pattern"]
    words = PATTERN_WORDS.get(pattern, f"text of the form {pattern}")
    if complaint.rest == ("[key]",):
        return f"a key here is {words}", ""
    if pattern == SECRET_NAME:
        return f"expected {words}", "declare it under `secrets:` and give its value to the vendor"
    return f"expected {words}; not {complaint.given}", ""
