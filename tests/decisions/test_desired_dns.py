"""What the generated zone file asks for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from keepwell.decisions.desired_dns import AUTO, desired, record_set
from keepwell.model.document import Document

MARK = "keepwell:livestreamsell"
GENERATED = Path(__file__).parents[2] / "generated"


def zone(text: str, path: str = "cloudflare/dns/example.com.yaml") -> Document:
    return Document(path=path, text=text)


def test_the_real_zone_in_its_order():
    path = "cloudflare/dns/livestreamsell.example.yaml"
    records = desired([zone((GENERATED / path).read_text(), path)])
    assert [each.address for each in records] == [
        "dns record CAA @",
        "dns record TXT @",
        "dns record TXT _dmarc",
        "dns record CNAME api",
    ]
    assert records[0].fields["values"] == [
        '0 issue "letsencrypt.org"',
        '0 issue "pki.goog"',
        '0 issuewild "letsencrypt.org"',
        '0 issuewild "pki.goog"',
    ]
    assert records[2].fields["values"] == [r"v=DMARC1\; p=reject"]
    assert records[3].fields == {
        "values": ["api.onrender.com."],
        "ttl": AUTO,
        "proxied": True,
        "comment": MARK,
    }


def test_other_documents_are_passed_over():
    assert desired([zone("a: 1", "cloudflare/settings.json"), zone("--- {}")]) == ()


@pytest.mark.parametrize(
    ("data", "values"),
    [
        ({"type": "A", "values": ["192.0.2.2", "192.0.2.1"]}, ["192.0.2.1", "192.0.2.2"]),
        ({"type": "A", "value": "not an address"}, ["not an address"]),
        ({"type": "AAAA", "value": "2001:DB8::0:1"}, ["2001:db8::1"]),
        ({"type": "CNAME", "value": "API.onrender.com."}, ["api.onrender.com."]),
        ({"type": "TXT", "value": '"in quotes"'}, ["in quotes"]),
        ({"type": "TXT", "value": '"'}, ['"']),
        ({"type": "TXT", "value": '"two" "parts"'}, ["twoparts"]),
        ({"type": "TXT", "value": r'"say \"no\""'}, ['say "no"']),
        ({"type": "TXT", "value": "Case Stays"}, ["Case Stays"]),
        ({"type": "TXT", "values": ["same", "same"]}, ["same"]),
        ({"type": "TXT"}, [""]),
        (
            {"type": "MX", "value": {"exchange": "Mail.example.net.", "preference": 10}},
            ["10 mail.example.net."],
        ),
        (
            {"type": "SRV", "value": {"port": 1, "priority": 2, "target": "s.", "weight": 3}},
            ["2 3 1 s."],
        ),
        (
            {"type": "CAA", "value": {"flags": 0, "tag": "iodef", "value": "mailto:a@b.c"}},
            ['0 iodef "mailto:a@b.c"'],
        ),
        ({"type": "TLSA", "value": {"usage": 3, "data": "AB"}}, ["3 AB"]),
    ],
)
def test_values_have_one_spelling(data: Mapping[str, Any], values: list[str]):
    assert record_set("www", data).fields["values"] == values


@pytest.mark.parametrize(
    ("cloudflare", "ttl", "proxied"),
    [
        ({"auto-ttl": True}, AUTO, False),
        ({"proxied": True}, AUTO, True),
        ({"proxied": True, "auto-ttl": True}, AUTO, True),
        ({}, 300, False),
    ],
)
def test_a_ttl_that_cloudflare_chooses_has_a_word(
    cloudflare: Mapping[str, Any], ttl: Any, *, proxied: bool
):
    data = {"type": "A", "value": "192.0.2.1", "ttl": 300, "octodns": {"cloudflare": cloudflare}}
    fields = record_set("www", data).fields
    assert (fields["ttl"], fields["proxied"], fields["comment"]) == (ttl, proxied, "")


def test_without_a_ttl_cloudflare_chooses():
    assert record_set("", {"type": "A", "value": "192.0.2.1"}).fields["ttl"] == AUTO
