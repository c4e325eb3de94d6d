import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.stackfile.scalars import Value, construct, resolve

TEXT = [
    "off", "Off", "on", "yes", "no", "No", "y", "n", "tRUE", "nULL", "none", "nil",
    "12:30:00", "1_000", "2026-11-24", "2026-11-24T12:00:00Z", "1.2.3", "0b1", "0o8", "0xg", "08x",
    "-0o7", "+0x1", "1e", "e5", ".", "-", "+", "..5", "inf", "nan", "+.nan", ".iNF", "1,5", "٣", "1 2",
    "~x", "<<", "=", "0x", "9" * 101 + "x",
]  # fmt: skip

NULLS = ["", "~", "null", "Null", "NULL"]

NUMBERS: list[tuple[str, Value]] = [
    ("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("010", 10), ("0o10", 8), ("0x1F", 31), ("0xff", 255),
    ("1.5", 1.5), ("-1.5", -1.5), ("1.", 1.0), (".5", 0.5), ("+.5", 0.5), ("1e3", 1000.0), ("1E-2", 0.01),
    ("3.10", 3.1), (".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf), ("9" * 100, 10**100 - 1),
    ("9" * 400, math.inf),
]  # fmt: skip


@pytest.mark.parametrize("text", TEXT)
def test_what_yaml_1_2_takes_for_text_stays_as_it_looks(text: str):
    assert resolve(text) == text


@pytest.mark.parametrize("text", NULLS)
def test_nothing_is_null(text: str):
    assert resolve(text) is None


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "false", "False", "FALSE"])
def test_only_true_and_false_are_truth_values(text: str):
    assert resolve(text) is (text.lower() == "true")


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers_have_the_forms_of_the_core_schema(text: str, value: Value):
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_number(text: str):
    found = resolve(text)
    assert isinstance(found, float)
    assert math.isnan(found)


@settings(deadline=None)  # a shared machine may pause
@given(st.integers(min_value=-(10**99), max_value=10**99))
def test_an_integer_is_read_back(value: int):
    assert resolve(str(value)) == value
    assert resolve(f"{value:+d}") == value


@settings(deadline=None)  # a shared machine may pause
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_back(value: float):
    assert resolve(repr(value)) == value


@settings(deadline=None)  # a shared machine may pause
@given(st.text())
def test_any_text_has_a_value_that_looks_like_it(text: str):
    value = resolve(text)
    assert value == text or (value is None and text in NULLS) or isinstance(value, int | float)


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [("010", "str", "010"), ("1", "float", 1.0), ("", "null", None), ("true", "bool", True)],
)
def test_a_written_type_is_obeyed(text: str, tag: str, value: Value):
    assert construct(text, tag=tag) == value


@pytest.mark.parametrize(("text", "tag"), [("x", "int"), ("yes", "bool"), ("0", "null")])
def test_a_written_type_that_does_not_fit_is_an_error(text: str, tag: str):
    with pytest.raises(ValueError):
        construct(text, tag=tag)
