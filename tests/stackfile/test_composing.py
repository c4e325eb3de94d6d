import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.errors import StackError
from keepwell.model.verdict import Place
from keepwell.stackfile.composing import DEPTH_LIMIT, NODE_LIMIT, compose
from keepwell.stackfile.nodes import MapNode, places, plain

LOADERS = [
    pytest.param(yaml.SafeLoader, id="python"),
    pytest.param(
        getattr(yaml, "CSafeLoader", None),
        id="libyaml",
        marks=pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML without libyaml"),
    ),
]
every_loader = pytest.mark.parametrize("loader", LOADERS)


def value_of(text: str, **options) -> object:
    return plain(compose(text, file="f", **options).root)


def complaints(text: str, **options) -> list[str]:
    try:
        composed = compose(text, file="f", **options)
    except StackError as error:
        return [str(problem) for problem in error.problems]
    return [str(problem) for problem in composed.problems]


@every_loader
def test_a_text_becomes_values_by_yaml_1_2(loader):
    text = "a: off\nb: [010, '010', no, ~]\nc: {d: true, e: 12:30:00}\nf: |\n  two\n  lines\n"
    assert value_of(text, loader=loader) == {
        "a": "off",
        "b": [10, "010", "no", None],
        "c": {"d": True, "e": "12:30:00"},
        "f": "two\nlines\n",
    }


@every_loader
def test_every_node_has_its_place_in_characters(loader):
    root = compose('ä: 1\n"😀": {b: [x, "y"]}\nc:\n  - d\n', file="f", loader=loader).root
    assert isinstance(root, MapNode)
    assert {path: (at.line, at.column) for path, at in places(root).items()} == {
        "ä": (1, 4),
        "😀": (2, 6),
        "😀.b": (2, 10),
        "😀.b.0": (2, 11),
        "😀.b.1": (2, 14),
        "c": (3, 1),
        "c.0": (4, 5),
    }


@every_loader
def test_windows_line_ends_do_not_move_places(loader):
    root = compose("a: 1\r\nb:\r\n  c: 2\r\n", file="f", loader=loader).root
    assert isinstance(root, MapNode)
    assert places(root)["b.c"] == Place(file="f", line=3, column=6)


def test_keys_are_text_whatever_they_look_like():
    assert value_of("1: a\ntrue: b\noff: c\n~: d\n") == {
        "1": "a",
        "true": "b",
        "off": "c",
        "~": "d",
    }


@every_loader
def test_an_alias_stands_for_its_anchor(loader):
    assert value_of("a: &x {b: 1}\nc: *x\n", loader=loader) == {"a": {"b": 1}, "c": {"b": 1}}


@every_loader
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "f:3:1: `a` stands here a second time; the first is in line 1"),
        ("{1: a, '1': b}", "f:1:8: `1` stands here a second time; the first is in line 1"),
        ("b: {<<: {a: 1}}", "f:1:5: YAML 1.2 has no merge key `<<`"),
        ("a: !x 1", "f:1:4: this tag is not allowed"),
        ("a: !!python/name:os.system x", "f:1:4: the tag !!python/name:os.system is not allowed"),
        ("a: !!timestamp 2026-11-24", "f:1:4: the tag !!timestamp is not allowed"),
        ("a: !!binary aGk=", "f:1:4: the tag !!binary is not allowed"),
        ("a: !!set {x}", "f:1:4: the tag !!set is not allowed"),
        ("a: !!int x", "f:1:4: this value is not of the type !!int"),
        ("a: *b", "f:1:4: no anchor of that name stands above this alias"),
        ("a: &b [*b]", "f:1:8: this alias contains itself"),
        ("--- 1\n--- 2\n", "f:2:1: a second document begins here"),
        ("? [a]\n: 1\n", "f:1:3: a key is a plain text, not a list or a mapping"),
        ("? \n: 1\n", "f:1:2: a key is missing before the colon"),
        ("[" * 40, f"f:1:{DEPTH_LIMIT + 1}: nested deeper than {DEPTH_LIMIT} levels"),
        ("? " * 40, f"f:1:{DEPTH_LIMIT * 2 + 1}: nested deeper than {DEPTH_LIMIT} levels"),
    ],
)
def test_what_a_stack_file_may_not_hold_is_named_with_its_place(text: str, expected: str, loader):
    assert complaints(text, loader=loader) == [expected]


@every_loader
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", "f:1:5: a colon where none can stand"),
        ("a: [1, 2\nb: 3", "f:2:2: the list that begins in line 1 lacks a comma or its `]`"),
        ("a: {x: 1\nb: 3", "f:2:2: the mapping that begins in line 1 lacks a comma or its `}`"),
        ("a: 'x\nb: 3", "f:2:5: the quote that opens in line 1 is never closed"),
        ("a:\n\tb: 1", "f:2:1: a tab where blanks indent"),
        ("a: @x", "f:1:4: a value cannot begin with @"),
        ("a:\n  b: 1\n c: 2", "f:3:2: this does not fit what stands above it"),
        ("a: 'b' c", "f:1:8: this does not fit what stands above it"),
        ("a\nb: 1", "f:2:2: a colon where none can stand"),
        ("a: !x!y 1", "f:1:4: this tag is not defined"),
        ("a: 1\n...\nb: 2", "f:3:1: text stands behind the end of the document"),
        ("a: - b", "f:1:4: a list cannot begin here"),
        ("a: ]", "f:1:4: a value is missing here, or a bracket is not closed"),
    ],
)
def test_broken_syntax_is_told_in_plain_words(text: str, expected: str, loader):
    assert complaints(text, loader=loader) == [expected]


def test_all_that_is_forbidden_comes_at_once_in_the_order_of_the_file():
    assert complaints("a: !x 1\nb: {<<: 1}\na: 2\nc: !!set {}\n") == [
        "f:1:4: this tag is not allowed",
        "f:2:5: YAML 1.2 has no merge key `<<`",
        "f:3:1: `a` stands here a second time; the first is in line 1",
        "f:4:4: the tag !!set is not allowed",
    ]


@every_loader
def test_aliases_of_aliases_are_counted_expanded(loader):
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    (complaint,) = complaints(laughs, loader=loader)
    assert complaint.endswith(f"more than {NODE_LIMIT:,} values, aliases expanded")


def test_a_value_is_never_part_of_what_is_said_about_broken_syntax():
    for text in ("token: !hunter2 x", "token: *hunter2", 'token: "hunter2', "token: hunter2: x"):
        assert complaints(text)
        assert "hunter2" not in "".join(complaints(text))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=8,
)


@settings(deadline=None)  # a shared machine may pause
@given(VALUES)
def test_quoted_text_stays_text_and_written_types_are_obeyed(value: object):
    assert value_of(yaml.dump({"x": value}, default_style='"')) == {"x": value}


ONE_LINE = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"
    )
)


@settings(deadline=None)  # a shared machine may pause
@given(ONE_LINE)
def test_text_in_single_quotes_stays_text(text: str):
    doubled = text.replace("'", "''")
    assert value_of(f"x: '{doubled}'") == {"x": text}


@settings(deadline=None)  # a shared machine may pause
@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?, \n\t~<.0", max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str):
    for complaint in complaints(text):
        assert complaint.startswith("f:")
