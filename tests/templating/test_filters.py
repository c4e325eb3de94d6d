import json
import math
import re
import tomllib
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError
from markdown_it import MarkdownIt
from octorules_wirefilter import parse_expression
from ruamel.yaml import YAML

from keepwell.templating import filters
from keepwell.templating.filters import FILTERS, Literal, Unfit

NASTY = [
    "", " ", "off", "no", "No", "ON", "y", "null", "~", "010", "0x1F", "1_000", "12", "1e3", ".inf",
    "12:30:00", "2026-11-24", "'", '"', "''", '\\"', "\\", "\\n", "a\nb", "\r\n", "a\tb", "{{ x }}",
    "{% raw %}", "a: b", "a #b", "- a", "[a]", "{a: 1}", "*a", "&a", "!a", "%a", "@a", "`a`", "|", ">",
    "?", "<<", "=", "a ", "trail:", "😀 naïve", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028",
    "\ufeff", "\uffff", "$$", "$1", ";--", "*/", "_x_ **y** <b> &amp; [l](u)", "# h", "1. x", "::set",
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(NASTY)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXT | NUMBERS | st.booleans()
VALUES = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
WITHOUT_NULL = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
often = settings(deadline=None, database=None, max_examples=200)


def yaml_1_2(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def every(values: list[Any]):
    """Adds each value as an example that always runs."""

    def add(test):
        for value in values:
            test = example(value)(test)
        return test

    return add


@every(NASTY)
@given(VALUES)
@often
def test_json_reads_back(value: Any):
    assert json.loads(filters.json(value)) == value


@every(NASTY)
@given(VALUES)
@often
def test_yaml_reads_back_under_both_versions(value: Any):
    document = f"key: {filters.yaml(value)}\n"
    assert yaml.safe_load(document) == {"key": value}
    assert yaml_1_2(document) == {"key": value}


@every(NASTY)
@given(TEXT)
@often
def test_a_yaml_key_reads_back_under_both_versions(key: str):
    document = f"{filters.yaml(key)}: 1\n"
    assert yaml.safe_load(document) == {key: 1}
    assert yaml_1_2(document) == {key: 1}


@given(TEXT)
@often
def test_quoted_yaml_is_quoted(text: str):
    assert filters.yaml(text, quoted=True).startswith('"')
    assert yaml.safe_load(filters.yaml(text, quoted=True)) == text


@every(NASTY)
@given(WITHOUT_NULL)
@often
def test_toml_reads_back(value: Any):
    assert tomllib.loads(f"key = {filters.toml(value)}\n") == {"key": value}


@given(TEXT)
@often
def test_a_toml_key_reads_back(key: str):
    assert tomllib.loads(f"[table.{filters.toml(key)}]\n") == {"table": {key: {}}}


def sql_text(literal: str) -> str:
    """Reads a literal by the rules of PostgreSQL's manual, 4.1.2.1 and 4.1.2.2."""
    if literal.startswith("E'"):
        return re.sub(r"''|\\(.)", lambda found: found[1] or "'", literal[2:-1], flags=re.DOTALL)
    assert "\\" not in literal, "its meaning would depend on standard_conforming_strings"
    return literal[1:-1].replace("''", "'")


@every([text for text in NASTY if "\0" not in text])
@given(TEXT.filter(lambda text: "\0" not in text))
@often
def test_an_sql_literal_reads_back(text: str):
    literal = filters.sql_literal(text)
    assert sql_text(literal) == text
    assert re.fullmatch(r"E?'(?:[^'\\]|''|\\\\)*'", literal), "nothing may end the literal early"


@pytest.mark.parametrize(
    ("value", "literal"), [(None, "NULL"), (True, "TRUE"), (False, "FALSE"), (-7, "-7")]
)
def test_sql_literals_that_are_no_text(value: Any, literal: str):
    assert filters.sql_literal(value) == literal


def test_an_sql_identifier_doubles_its_quotes():
    assert filters.sql_identifier('a"b') == '"a""b"'


@every(NASTY)
@given(TEXT)
@often
def test_a_cloudflare_string_reads_back(text: str):
    parsed = parse_expression(f"http.host eq {filters.cf_string(text)}")
    assert "error" not in parsed
    assert parsed["string_literals"] == [text]


@given(st.integers(-(2**63) + 1, 2**63 - 1))
@often
def test_a_cloudflare_integer_reads_back(number: int):
    parsed = parse_expression(f"ip.src.asnum eq {filters.cf_int(number)}")
    assert "error" not in parsed
    assert parsed["int_literals"] == [number]


def shown(markdown: str) -> str:
    """The text of the only paragraph; anything but plain text in it fails."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    if not tokens:
        return ""
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    return "".join(child.content for child in children)


IN_MARKDOWN = TEXT.filter(lambda text: not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", text))


@every([text for text in NASTY if not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", text)])
@given(IN_MARKDOWN)
@often
def test_markdown_shows_exactly_the_text(text: str):
    assert shown(filters.md(text)) == text


@pytest.mark.parametrize("name", sorted(set(FILTERS) - {"cf_int"}))
def test_every_filter_refuses_a_lone_surrogate(name: str):
    with pytest.raises(Unfit, match="U\\+D83D"):
        FILTERS[name]("a\ud83d")


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_every_filter_names_what_is_missing(name: str):
    with pytest.raises(UndefinedError, match="'port' is undefined"):
        FILTERS[name](StrictUndefined(name="port"))


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_every_filter_answers_a_literal(name: str):
    assert isinstance(FILTERS[name](7 if name == "cf_int" else "x"), Literal)


@pytest.mark.parametrize("name", ["json", "yaml", "toml"])
@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1: "a"}, {"\udc00": 1}, b"x"])
def test_a_value_without_a_form_is_refused(name: str, value: Any):
    with pytest.raises(Unfit):
        FILTERS[name](value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("toml", None),
        ("toml", 2**63),
        ("sql_literal", "a\0"),
        ("sql_literal", 1.5),
        ("sql_literal", 2**63),
        ("sql_literal", ["a"]),
        ("sql_identifier", ""),
        ("sql_identifier", "a\0"),
        ("cf_string", 5),
        ("cf_int", "5"),
        ("cf_int", True),
        ("cf_int", 2**63),
        ("md", "\x1b[2J"),
        ("md", None),
    ],
)
def test_a_language_refuses_what_it_cannot_hold(name: str, value: Any):
    with pytest.raises(Unfit):
        FILTERS[name](value)
