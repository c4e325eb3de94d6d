from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from octorules_wirefilter import parse_expression

from keepwell.templating.filters import Unfit, cf_string
from keepwell.templating.phrases import (
    EXPRESSION_LIMIT,
    ascii_lower,
    expression,
    rdata,
    zone_order,
)


@pytest.mark.parametrize(
    ("text", "lower"), [("/.ENV", "/.env"), ("ÉCLAIR İ", "Éclair İ"), ("", "")]
)
def test_lower_case_folds_ascii_alone_as_cloudflare_does(text: str, lower: str):
    assert ascii_lower(text) == lower


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("\n a\n  and   b\n", "a and b"),
        ('x eq "two  blanks" and\ny', 'x eq "two  blanks" and y'),
        ('x eq "a\\"  b"\n or y', 'x eq "a\\"  b" or y'),
        ('x matches r#"a  "b"  "#\n\tor y', 'x matches r#"a  "b"  "# or y'),
    ],
)
def test_an_expression_comes_to_stand_on_one_line_with_its_strings_alone(written: str, line: str):
    assert expression(written) == line


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(deadline=None, database=None)
def test_no_string_is_changed_on_the_way(text: str):
    line = expression(f"http.host eq\n  {cf_string(text)}  or\n\tssl")
    assert "\t" not in line
    assert parse_expression(line)["string_literals"] == [text]


def test_an_expression_that_cloudflare_would_refuse_for_its_length_fails():
    fits = "a" * EXPRESSION_LIMIT
    assert expression(fits) == fits
    with pytest.raises(Unfit, match="4097 characters"):
        expression(fits + "a")


def test_a_zone_is_ordered_as_octodns_demands():
    names = ["www", "host10", "host9", "@", "*", "_dmarc", "0", "10", "9", "host", "a.b"]
    assert zone_order(names) == [
        "@", "0", "9", "10", "*", "_dmarc", "a.b", "host", "host9", "host10", "www",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "data"),
    [
        ("A", "203.0.113.1", "203.0.113.1"),
        ("CNAME", "a.example.", "a.example."),
        ("TXT", r"v=1; a; b\; c", r"v=1\; a\; b\; c"),
        ("MX", "10  mx.example.", {"preference": 10, "exchange": "mx.example."}),
        (
            "SRV",
            "1 2 443 srv.example.",
            {"priority": 1, "weight": 2, "port": 443, "target": "srv.example."},
        ),
        (
            "CAA",
            '0 issue "ca.example; validationmethods=dns-01"',
            {"flags": 0, "tag": "issue", "value": "ca.example; validationmethods=dns-01"},
        ),
    ],
)
def test_a_value_in_zone_file_notation_becomes_octodns_data(kind: str, value: str, data: Any):
    found = rdata(value, kind)
    assert found == data
    if isinstance(found, dict):
        assert list(found) == sorted(found), "octoDNS refuses keys out of order"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("MX", "mx.example."), ("MX", "ten mx.example."), ("CAA", "0 issue"), ("SRV", "1 2 3")],
)
def test_a_value_without_the_fields_of_its_type_is_refused(kind: str, value: str):
    with pytest.raises(Unfit, match=f"^{kind} .* is not: "):
        rdata(value, kind)
