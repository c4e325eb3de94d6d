"""What a zone is seen to hold."""

from collections.abc import Mapping
from typing import Any

import pytest

from keepwell.errors import ApiError, UsageError
from keepwell.model.resource import Resource
from tests.clients.dns.planning import plan, record
from tests.clients.dns.zone_double import MARK, TOKEN, ZONE, ZoneDouble
from tests.worlds import NOON


def seen(double: ZoneDouble, *desired: Resource) -> dict[str, Resource]:
    return {each.key: each for each in double.client().observe(desired).resources}


@pytest.mark.parametrize(
    ("kind", "name", "row", "spelled"),
    [
        ("A", "www", {"content": "192.0.2.1"}, ("A www", ["192.0.2.1"])),
        ("AAAA", "www", {"content": "2001:DB8:0::1"}, ("AAAA www", ["2001:db8::1"])),
        ("CNAME", "api", {"content": "api.onrender.com"}, ("CNAME api", ["api.onrender.com."])),
        ("CNAME", "@", {"content": "web.onrender.com"}, ("ALIAS @", ["web.onrender.com."])),
        (
            "TXT",
            "_dmarc",
            {"content": '"v=DMARC1; p=reject"'},
            ("TXT _dmarc", [r"v=DMARC1\; p=reject"]),
        ),
        (
            "TXT",
            "long",
            {"content": f'"{"a" * 255}" "{"b" * 9}"'},
            ("TXT long", ["a" * 255 + "b" * 9]),
        ),
        (
            "MX",
            "@",
            {"content": "mail.example.net", "priority": 10},
            ("MX @", ["10 mail.example.net."]),
        ),
        (
            "CAA",
            "@",
            {"content": "", "data": {"flags": 0, "tag": "issue", "value": "pki.goog"}},
            ("CAA @", ['0 issue "pki.goog"']),
        ),
        (
            "SRV",
            "_sip._tcp",
            {
                "content": "",
                "data": {"priority": 1, "weight": 5, "port": 5060, "target": "sip.example.net"},
            },
            ("SRV _sip._tcp", ["1 5 5060 sip.example.net."]),
        ),
    ],
)
def test_each_type_is_spelled_as_in_a_zone_file(
    kind: str, name: str, row: Mapping[str, Any], spelled: tuple[str, list[str]]
):
    double = ZoneDouble()
    double.add(kind, name, **row)
    (found,) = seen(double).values()
    assert (found.key, found.fields["values"]) == spelled


def test_a_set_has_its_values_ttl_proxy_and_comment():
    double = ZoneDouble()
    double.add("A", "www", "192.0.2.2", ttl=300, comment=MARK)
    double.add("A", "www", "192.0.2.1", ttl=300, comment=MARK)
    double.add("CNAME", "api", "api.onrender.com", proxied=True)
    found = seen(double)
    assert found["A www"].fields == {
        "values": ["192.0.2.1", "192.0.2.2"],
        "ttl": 300,
        "proxied": False,
        "comment": MARK,
    }
    assert found["CNAME api"].fields["proxied"] is True
    assert (found["CNAME api"].fields["ttl"], found["CNAME api"].fields["comment"]) == ("auto", "")
    assert (found["A www"].is_ours, found["CNAME api"].is_ours) == (True, False)


def test_only_the_exact_mark_is_ours():
    double = ZoneDouble()
    double.add("A", "a", "192.0.2.1", comment=f"{MARK}2")
    double.add("A", "b", "192.0.2.1", comment="made by hand")
    assert not any(each.is_ours for each in seen(double).values())


def test_a_set_whose_records_disagree_is_told_and_is_not_ours():
    double = ZoneDouble()
    double.add("A", "www", "192.0.2.1", comment=MARK, ttl=300)
    double.add("A", "www", "192.0.2.2", ttl=600)
    wanted = record("A www", "192.0.2.1", "192.0.2.2", ttl=300)
    (change,) = plan(double.client(), wanted).changes
    assert set(change.after) == {"comment", "ttl"}
    assert not seen(double)["A www"].is_ours


def test_foreign_records_are_counted_and_named():
    double = ZoneDouble()
    for number in range(7):
        double.add("A", f"old{number}", "192.0.2.1")
    double.add("CNAME", "api", "api.onrender.com")
    (finding,) = double.client().observe([record("CNAME api", "api.onrender.com.")]).findings
    assert finding.rule == "foreign-records"
    assert finding.message == (
        "7 record sets are not keepwell's and stay as they are: "
        "A old0, A old1, A old2, A old3, A old4, ..."
    )


def test_a_zone_of_ours_alone_has_no_finding():
    double = ZoneDouble()
    double.add("A", "www", "192.0.2.1", comment=MARK)
    seen_now = double.client().observe([])
    assert (seen_now.findings, seen_now.fixed, seen_now.taken_at) == ((), {}, NOON)


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (("CNAME", "www", "old.example.net"), record("A www", "192.0.2.1")),
        (("TXT", "www", '"x"'), record("CNAME www", "a.example.net.")),
        (("A", "@", "192.0.2.1"), record("ALIAS @", "a.example.net.")),
        (("CNAME", "@", "a.example.net"), record("AAAA @", "2001:db8::1")),
    ],
)
def test_a_foreign_record_in_the_way_fixes_ours(there: tuple[str, str, str], wanted: Resource):
    double = ZoneDouble()
    double.add(*there)
    observation = double.client().observe([wanted])
    assert list(observation.fixed) == [wanted.address]
    assert "stands in its way" in observation.fixed[wanted.address]
    assert plan(double.client(), wanted).changes == []


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (("TXT", "@", '"x"'), record("ALIAS @", "a.example.net.")),
        (("TXT", "www", '"x"'), record("A www", "192.0.2.1")),
    ],
)
def test_what_may_stand_together_fixes_nothing(there: tuple[str, str, str], wanted: Resource):
    double = ZoneDouble()
    double.add(*there)
    assert double.client().observe([wanted]).fixed == {}


def test_a_zone_of_3500_records_is_one_call_beside_the_zones_own():
    double = ZoneDouble()
    for number in range(3500):
        double.add("A", f"host{number}", "192.0.2.1")
    observation = double.client().observe([])
    assert (len(observation.resources), observation.calls) == (3500, 2)
    assert double.asked == ["GET /zones", "GET /zones/z1/dns_records"]


def test_pages_are_followed_where_the_server_makes_them_smaller():
    double = ZoneDouble(largest_page=2)
    for number in range(5):
        double.add("A", f"host{number}", "192.0.2.1")
    observation = double.client().observe([])
    assert (len(observation.resources), observation.calls) == (5, 4)


def test_the_zone_is_asked_for_by_name():
    double = ZoneDouble(zones=(ZONE, *(f"other{n}.example" for n in range(60))))
    double.client().observe([])
    assert "name=example.com" in double.adapter.request_history[0].url


def test_a_wrong_zone_says_where_to_look():
    double = ZoneDouble(zones=("other.example",))
    with pytest.raises(ApiError) as raised:
        double.client().observe([])
    assert raised.value.message == "cloudflare shows this token no zone 'example.com'"
    assert "Zone: Read and DNS: Edit for example.com" in raised.value.hint
    assert TOKEN not in raised.value.hint


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (record("A www", "192.0.2.300"), "invalid"),
        (
            record("CNAME api", "api.onrender.com"),
            "without a dot at its end",
        ),
        (record("CNAME api", "API.onrender.com."), "would become ['api.onrender.com.']"),
        (record("MX @", "mail.example.net."), "form of MX"),
        (record(f"A {'x' * 64}", "192.0.2.1"), "too long"),
    ],
)
def test_what_octodns_does_not_take_is_told_before_anything_is_asked(wanted: Resource, why: str):
    double = ZoneDouble()
    with pytest.raises(UsageError) as raised:
        double.client().observe([wanted])
    assert raised.value.message.startswith(f"{wanted.address}: ")
    assert why in raised.value.message
    assert double.asked == []
