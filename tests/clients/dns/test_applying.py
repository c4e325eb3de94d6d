"""That exactly the changes of a batch reach the zone, and that a rerun converges."""

from dataclasses import replace

import pytest

from keepwell.errors import ApiError, Refused, UsageError
from keepwell.model.plan import Action, Batch, Change
from keepwell.model.resource import Resource
from tests.clients.dns.planning import converge, plan, record
from tests.clients.dns.zone_double import MARK, ZONE, ZoneDouble

API = record("CNAME api", "api.onrender.com.", proxied=True)
CAA = record("CAA @", '0 issue "letsencrypt.org"', '0 issue "pki.goog"')
SPF = record("TXT @", "v=spf1 -all")
DMARC = record("TXT _dmarc", r"v=DMARC1\; p=reject")
MAIL = record("MX @", "10 mail.example.net.", "20 spare.example.net.", ttl=60)
SIP = record("SRV _sip._tcp", "1 5 5060 sip.example.net.")
APEX = record("ALIAS @", "web.onrender.com.")
EVERYTHING = (APEX, API, CAA, DMARC, MAIL, SIP, SPF)

WRITES = ("POST", "PUT", "DELETE")


def writes(double: ZoneDouble) -> list[str]:
    return [call for call in double.asked if call.partition(" ")[0] in WRITES]


def test_an_empty_zone_is_filled_and_a_second_plan_is_empty():
    double = ZoneDouble()
    converge(double, *EVERYTHING)
    assert len(double.rows) == 9
    assert {row["comment"] for row in double.rows} == {MARK}
    assert {row["ttl"] for row in double.rows if row["type"] == "MX"} == {60}


def test_what_is_sent_is_what_cloudflare_wants():
    double = ZoneDouble()
    converge(double, API, DMARC)
    by_type = {body["type"]: body for body in double.sent}
    assert by_type["CNAME"] == {
        "name": f"api.{ZONE}",
        "type": "CNAME",
        "ttl": 1,
        "content": "api.onrender.com.",
        "proxied": True,
        "comment": MARK,
    }
    assert by_type["TXT"]["content"] == '"v=DMARC1; p=reject"'


def test_foreign_records_are_neither_sent_nor_touched():
    double = ZoneDouble()
    double.add("MX", "@", "mail.example.net", priority=10, comment="by hand", tags=["team:ops"])
    double.add("NS", "@", "ns1.example.net")
    double.add("DS", "sub", "1 13 2 ABCD")
    double.add("TXT", "bad", "not quoted; at all")
    before = [dict(row) for row in double.rows]
    converge(double, API)
    assert double.rows[: len(before)] == before
    assert len(writes(double)) == 1


def test_a_record_made_by_hand_is_adopted_and_keeps_its_tags():
    double = ZoneDouble()
    row = double.add("TXT", "@", '"v=spf1 -all"', tags=["team:ops"])
    (change,) = plan(double.client(), SPF).changes
    assert (change.action, change.before, change.after) == (
        Action.UPDATE,
        {"comment": ""},
        {"comment": MARK},
    )
    converge(double, SPF)
    assert (row["comment"], row["tags"]) == (MARK, ["team:ops"])
    assert writes(double) == [f"PUT /zones/z1/dns_records/{row['id']}"]


def test_adoption_that_was_cut_off_is_completed():
    double = ZoneDouble()
    double.add("MX", "@", "mail.example.net", priority=10, ttl=60, comment=MARK)
    double.add("MX", "@", "spare.example.net", priority=20, ttl=60)
    converge(double, MAIL)
    assert {row["comment"] for row in double.rows} == {MARK}


@pytest.mark.parametrize(
    "wanted",
    [
        record("CNAME api", "api.onrender.com."),
        record("CNAME api", "api.onrender.com.", ttl=300),
        record("CNAME api", "other.onrender.com.", proxied=True),
    ],
)
def test_value_ttl_and_proxy_are_changed_in_place(wanted: Resource):
    double = ZoneDouble()
    converge(double, API)
    (row,) = double.rows
    converge(double, wanted)
    assert double.rows == [row]


def test_values_come_and_go_alone():
    double = ZoneDouble()
    converge(double, CAA)
    kept = next(row for row in double.rows if row["data"]["value"] == "pki.goog")
    converge(double, record("CAA @", '0 issue "pki.goog"', '0 iodef "mailto:a@example.com"'))
    assert kept in double.rows
    assert len(double.rows) == 2
    converge(double, record("CAA @", '0 issue "pki.goog"'))
    assert len(double.rows) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (record("CNAME www", "a.example.net."), record("A www", "192.0.2.1")),
        (record("A www", "192.0.2.1", "192.0.2.2"), record("CNAME www", "a.example.net.")),
        (record("A @", "192.0.2.1"), APEX),
    ],
)
def test_a_type_switches_by_deleting_first(old: Resource, new: Resource):
    double = ZoneDouble()
    converge(double, old)
    converge(double, new)
    assert {row["type"] for row in double.rows} == {new.key.split()[0].replace("ALIAS", "CNAME")}


def test_what_is_ours_and_no_longer_desired_is_deleted():
    double = ZoneDouble()
    converge(double, API, CAA)
    converge(double, API)
    assert [row["type"] for row in double.rows] == ["CNAME"]


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("nth", range(1, 4))
def test_a_run_that_dies_at_any_call_converges_when_it_runs_again(method: str, nth: int):
    double = ZoneDouble()
    old = (record("CNAME www", "a.example.net."), CAA, record("MX @", "5 old.example.net."))
    new = (record("A www", "192.0.2.1", "192.0.2.2"), MAIL, API, record("CAA @", '0 issue "x.org"'))
    converge(double, *old)
    double.break_at(method, nth=nth)
    dns = double.client()
    try:
        dns.apply(plan(dns, *new))
    except ApiError:
        double.mend()
    converge(double, *new)
    assert len(double.rows) == 6


def test_two_steps_of_one_record_go_one_after_the_other():
    double = ZoneDouble()
    dns = double.client()
    (change,) = plan(dns, API).changes
    unproxied = replace(API, fields={**API.fields, "proxied": False})
    first = replace(change, resource=unproxied, after=unproxied.fields)
    second = replace(
        change, action=Action.UPDATE, before={"proxied": False}, after={"proxied": True}
    )
    dns.apply(Batch(vendor="dns", kind="record", changes=[first]))
    assert [row["proxied"] for row in double.rows] == [False]
    dns.apply(Batch(vendor="dns", kind="record", changes=[second]))
    assert [row["proxied"] for row in double.rows] == [True]


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ([], (API,)),
        ([API], (record("CNAME api", "other.onrender.com.", proxied=True),)),
        ([API], ()),
    ],
    ids=["create", "update", "delete"],
)
def test_a_zone_that_moved_since_the_plan_is_left_as_it_is(
    before: list[Resource], wanted: tuple[Resource, ...]
):
    double = ZoneDouble()
    converge(double, *before)
    dns = double.client()
    batch = plan(dns, *wanted, record("A more", "192.0.2.1"))
    double.rows.clear()
    double.add("CNAME", "api", "by-hand.example.net")
    asked = len(writes(double))
    with pytest.raises(Refused) as raised:
        dns.apply(batch)
    assert raised.value.message == (
        "the zone changed since the plan was made: dns record CNAME api"
    )
    assert len(writes(double)) == asked


def test_what_somebody_else_already_did_is_left_out():
    double = ZoneDouble()
    dns = double.client()
    batch = plan(dns, API, SPF)
    converge(double, API)
    asked = len(writes(double))
    dns.apply(batch)
    assert writes(double)[asked:] == ["POST /zones/z1/dns_records"]
    dns.apply(batch)
    assert len(writes(double)) == asked + 1


def test_a_record_that_octodns_does_not_take_stops_the_batch_before_it_begins():
    double = ZoneDouble()
    dns = double.client()
    good = plan(dns, API).changes
    bad = record("A www", "192.0.2.300")
    changes = [*good, Change(action=Action.CREATE, resource=bad, before={}, after=bad.fields)]
    with pytest.raises(UsageError):
        dns.apply(Batch(vendor="dns", kind="record", changes=changes))
    assert writes(double) == []
