import pytest

from keepwell.model.secret import HIDDEN, names_in, resolve, seen

VALUES = {"TOKEN": "s3cret", "QUOTED": 'a"b\\c', "DOTTED": "a.c"}
EXPRESSION = 'any(headers["x"][*] eq "secret://TOKEN")'


def cf_string(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("secret://TOKEN", {"TOKEN"}),
        (EXPRESSION, {"TOKEN"}),
        ("secret://A and secret://B_2", {"A", "B_2"}),
        ({"a": ["secret://A", {"b": ("secret://B",)}], "c": 1, "d": None}, {"A", "B"}),
        ("secret://lower", set()),
        ("plain", set()),
        (3, set()),
        ([], set()),
        ({}, set()),
    ],
)
def test_names_in(value, expected: set[str]):
    assert names_in(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("secret://TOKEN", "s3cret"),
        (EXPRESSION, 'any(headers["x"][*] eq "s3cret")'),
        ({"a": ["secret://TOKEN"], "b": 2, "c": (True,)}, {"a": ["s3cret"], "b": 2, "c": [True]}),
    ],
)
def test_resolve(value, expected):
    assert resolve(value, lookup=VALUES.get) == expected


def test_resolve_spells_the_value_for_where_it_stands():
    assert resolve('"secret://QUOTED"', lookup=VALUES.get, escape=cf_string) == '"a\\"b\\\\c"'


def test_resolve_names_what_is_missing():
    with pytest.raises(KeyError, match="ABSENT"):
        resolve(["secret://ABSENT"], lookup=VALUES.get)


@pytest.mark.parametrize(
    ("wanted", "actual", "expected"),
    [
        ("secret://TOKEN", "s3cret", "secret://TOKEN"),
        ("secret://TOKEN", "another", HIDDEN),
        ("secret://TOKEN", "", HIDDEN),
        ("secret://DOTTED", "abc", HIDDEN),
        (EXPRESSION, 'any(headers["x"][*] eq "s3cret")', EXPRESSION),
        (EXPRESSION, 'any(headers["x"][*] eq "old")', HIDDEN),
        ("info", "debug", "debug"),
        ("info", "info", "info"),
        ("secret://ABSENT", "whatever\nit is", "secret://ABSENT"),
        ("Bearer secret://ABSENT", "Basic x", HIDDEN),
    ],
)
def test_seen(wanted: str, actual: str, expected: str):
    assert seen(wanted, actual, lookup=VALUES.get) == expected


def test_seen_compares_the_value_as_it_is_spelled_there():
    assert seen('"secret://QUOTED"', '"a\\"b\\\\c"', lookup=VALUES.get, escape=cf_string) == (
        '"secret://QUOTED"'
    )
