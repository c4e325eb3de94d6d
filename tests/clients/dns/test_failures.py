"""What is said and done when Cloudflare refuses, stumbles or does not answer."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from requests.exceptions import ConnectionError as CutOff
from requests.exceptions import ReadTimeout

from keepwell.errors import ApiError
from tests.clients.dns.planning import plan, record
from tests.clients.dns.zone_double import API, TOKEN, ZoneDouble

WANTED = record("A www", "192.0.2.1")
RECORDS = "/zones/z1/dns_records"


def refused(status: int, message: str = "no", **headers: str) -> dict[str, Any]:
    body = {"success": False, "errors": [{"code": 1, "message": message}], "result": None}
    return {
        "status_code": status,
        "text": json.dumps(body),
        "headers": {"cf-ray": "8f2c", **headers},
    }


def good(*rows: Mapping[str, Any]) -> dict[str, Any]:
    info = {"page": 1, "per_page": 5000, "count": len(rows), "total_count": len(rows)}
    return {"text": json.dumps({"success": True, "result": list(rows), "result_info": info})}


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "CLOUDFLARE_API_TOKEN is wrong or has expired"),
        (403, "CLOUDFLARE_API_TOKEN needs Zone: Read for example.com"),
        (400, ""),
    ],
)
def test_a_refusal_names_the_call_and_the_next_step(status: int, hint: str):
    double = ZoneDouble()
    double.fail("GET", refused(status, f"Invalid token {TOKEN}"))
    with pytest.raises(ApiError) as raised:
        double.client().observe([])
    assert raised.value.message == (
        f"cloudflare answered {status} to GET /zones (request 8f2c): 1 Invalid token ***"
    )
    assert raised.value.hint.startswith(hint)
    assert double.clock.monotonic_s() == 0


@pytest.mark.parametrize(("method", "right"), [("GET", "DNS: Read"), ("POST", "DNS: Edit")])
def test_a_missing_permission_for_records_is_named(method: str, right: str):
    double = ZoneDouble()
    dns = double.client()
    batch = plan(dns, WANTED)
    double.fail(method, refused(403), path=RECORDS)
    with pytest.raises(ApiError) as raised:
        dns.apply(batch)
    assert raised.value.hint == f"CLOUDFLARE_API_TOKEN needs {right} for example.com"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_question_is_asked_again_after_a_stumble(status: int):
    double = ZoneDouble()
    double.add("A", "www", "192.0.2.1")
    double.fail("GET", refused(status), refused(status), good(*double.rows), path=RECORDS)
    dns = double.client()
    assert len(dns.observe([]).resources) == 1
    assert dns.calls == 4
    assert 0 < double.clock.monotonic_s() < 10


def test_cloudflares_own_waiting_time_is_kept():
    double = ZoneDouble()
    double.fail("GET", refused(429, **{"Retry-After": "300"}), good(), path=RECORDS)
    double.client().observe([])
    assert double.clock.monotonic_s() == 300
    (line,) = double.told
    assert line.startswith("cloudflare: waiting 300 s (cloudflare answered 429 to GET /zones/z1")


def test_longer_than_that_is_not_waited():
    double = ZoneDouble()
    double.fail("GET", refused(429, **{"Retry-After": "3600"}))
    with pytest.raises(ApiError) as raised:
        double.client().observe([])
    assert raised.value.message.startswith("cloudflare answered 429 to GET /zones")
    assert double.clock.monotonic_s() == 0


def test_in_the_end_it_gives_up():
    double = ZoneDouble()
    double.fail("GET", refused(503))
    dns = double.client()
    with pytest.raises(ApiError) as raised:
        dns.observe([])
    assert raised.value.message.startswith("cloudflare answered 503 to GET /zones")
    assert dns.calls == 4


@pytest.mark.parametrize("answer", [refused(500), {"exc": CutOff}, {"exc": ReadTimeout}])
def test_a_record_that_may_have_been_made_is_not_made_twice(answer: Mapping[str, Any]):
    double = ZoneDouble()
    dns = double.client()
    batch = plan(dns, WANTED)
    calls = dns.calls
    double.fail("POST", answer)
    with pytest.raises(ApiError):
        dns.apply(batch)
    assert dns.calls - calls == 2  # the last look, and the one try


def test_a_record_that_cloudflare_did_not_take_for_now_is_sent_again():
    double = ZoneDouble()
    dns = double.client()
    batch = plan(dns, WANTED)
    double.fail("POST", refused(429), good())
    dns.apply(batch)
    assert double.clock.monotonic_s() > 0


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"exc": CutOff(f"https://api.cloudflare.com/?{TOKEN}")}, "ConnectionError"),
        ({"exc": ReadTimeout}, "it took too long"),
        ({"text": "<html>"}, "what came is no JSON object"),
        ({"text": "[]"}, "what came is no JSON object"),
        ({"text": ""}, "what came is no JSON object"),
    ],
)
def test_no_answer_is_told_as_such(answer: Mapping[str, Any], what: str):
    double = ZoneDouble()
    double.fail("GET", answer)
    with pytest.raises(ApiError) as raised:
        double.client().observe([])
    assert raised.value.message == f"cloudflare gave no answer to GET /zones: {what}"


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "result": []},
        {"success": True, "result": None, "result_info": None},
        {"success": True, "result": [{"id": "z1"}], "result_info": {"count": 1, "per_page": 50}},
        {"success": True},
    ],
)
def test_an_answer_of_another_form_is_no_bug_of_ours(body: Mapping[str, Any]):
    double = ZoneDouble()
    double.fail("GET", {"text": json.dumps(body)})
    with pytest.raises(ApiError) as raised:
        double.client().observe([])
    assert raised.value.message.startswith("cloudflare's answer is not of the form that octoDNS")


def test_success_false_is_a_refusal_whatever_the_status_says():
    double = ZoneDouble()
    double.fail("GET", refused(200, "strange"))
    with pytest.raises(ApiError) as raised:
        double.client().observe([])
    assert "strange" in raised.value.message


def test_more_calls_than_half_of_what_cloudflare_allows_are_spread():
    double = ZoneDouble(largest_page=1)
    for number in range(700):
        double.add("A", f"h{number}", "192.0.2.1")
    double.client().observe([])
    assert double.clock.monotonic_s() == 300


def test_the_token_is_in_no_text():
    double = ZoneDouble()
    assert TOKEN not in repr(double.client())
    assert API not in repr(double.client())


def test_octodns_is_imported_when_a_client_is_made():
    lines = "import sys, keepwell.clients.dns; print('octodns' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"


def test_octodns_says_nothing_by_itself():
    lines = (
        "import requests_mock; from tests.clients.dns.zone_double import ZoneDouble; "
        "double = ZoneDouble(); double.add('CNAME', '@', 'no dot at all..'); "
        "double.add('NS', '@', 'ns1.example.net'); double.client().observe([])"
    )
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("", "")
