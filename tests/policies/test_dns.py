import pytest

from keepwell.model.verdict import Status
from keepwell.policies.dns import Dns
from tests.policies.stacks import Edits, findings, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
DNS = "cloudflare.dns"
DOMAIN = "render.services.api.domains.0"
WELL = [(PASS, DNS)]


def record(name: str, type_: str, *values: str, proxied: bool = False) -> dict[str, object]:
    return {"name": name, "type": type_, "values": list(values), "proxied": proxied}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, WELL),
        ({f"{DNS}.0.type": "A", f"{DNS}.0.values": ["216.24.57.1"]}, WELL),
        ({f"{DNS}.0.proxied": False}, [(WARN, f"{DNS}.0")]),
        ({f"{DNS}.0.name": "www"}, [(FAIL, DOMAIN)]),
        ({f"{DNS}.0.name": "*"}, WELL),
        ({DOMAIN: "api.other.example"}, [(FAIL, DOMAIN)]),
        ({DOMAIN: "notlivestreamsell.example"}, [(FAIL, DOMAIN)]),
        # an own name hides the wildcard, whatever its type
        ({f"{DNS}.0.name": "*", f"{DNS}.4": record("api", "TXT", "x")}, [(FAIL, DOMAIN)]),
        # the apex
        (
            {DOMAIN: "livestreamsell.example", f"{DNS}.4": record("@", "CNAME", "a.onrender.com.", proxied=True)},
            WELL,
        ),
        # a wildcard one level up is not for the apex, but for deeper names
        ({DOMAIN: "livestreamsell.example", f"{DNS}.0.name": "*"}, [(FAIL, DOMAIN)]),
        ({DOMAIN: "v1.api.livestreamsell.example", f"{DNS}.0.name": "*.api"}, WELL),
        ({f"{DNS}.4": record("api", "AAAA", "2001:db8::1", proxied=True), f"{DNS}.0.type": "A", f"{DNS}.0.values": ["216.24.57.1"]}, [(FAIL, f"{DNS}.4")]),
        ({f"{DNS}.4": record("other", "AAAA", "2001:db8::1")}, WELL),
        ({f"{DNS}.0.values": ["api.onrender.com"]}, [(FAIL, f"{DNS}.0.values.0")]),
        ({f"{DNS}.4": record("@", "MX", "10 mail.example")}, [(FAIL, f"{DNS}.4.values.0")]),
        ({f"{DNS}.0.values": ["a.onrender.com.", "b.onrender.com."]}, [(FAIL, f"{DNS}.0.values")]),
        ({f"{DNS}.2.proxied": True}, [(FAIL, f"{DNS}.2.proxied")]),
        ({f"{DNS}.4": record("@", "TXT", "more")}, [(FAIL, f"{DNS}.2"), (FAIL, f"{DNS}.4")]),
        ({f"{DNS}.4": record("api", "TXT", "x")}, [(FAIL, f"{DNS}.0")]),
    ],
)  # fmt: skip
def test_each_domain_has_a_record_that_render_can_serve(
    edits: Edits, expected: list[tuple[Status, str]]
):
    assert judged(Dns(), edits) == expected


BOTH = ['0 issue "letsencrypt.org"', '0 issue "pki.goog"']


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (BOTH, WELL),
        ([*BOTH, '0 iodef "mailto:ca@livestreamsell.example"'], WELL),
        (['0 issue "letsencrypt.org; validationmethods=http-01"', BOTH[1]], WELL),
        (BOTH[:1], [(FAIL, f"{DNS}.1")]),
        (['0 issue ";"'], [(FAIL, f"{DNS}.1")]),
        ([*BOTH, '0 issuewild ";"'], [(FAIL, f"{DNS}.1")]),
        ([*BOTH, '0 issuewild "letsencrypt.org"'], [(FAIL, f"{DNS}.1")]),
        (['0 iodef "mailto:ca@livestreamsell.example"'], WELL),
    ],
)
def test_certificate_authorities_of_render_may_certify(
    values: list[str], expected: list[tuple[Status, str]]
):
    assert judged(Dns(), {f"{DNS}.1.values": values}) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("v1.api", [(FAIL, f"{DNS}.4")]), ("api", [(FAIL, f"{DNS}.4")]), ("www", WELL)],
)
def test_the_nearest_caa_set_counts(name: str, expected: list[tuple[Status, str]]):
    edits = {
        DOMAIN: "v1.api.livestreamsell.example",
        f"{DNS}.0.name": "v1.api",
        f"{DNS}.0.type": "A",
        f"{DNS}.0.values": ["216.24.57.1"],
        f"{DNS}.4": record(name, "CAA", '0 issue "other.example"'),
    }
    assert judged(Dns(), edits) == expected


def test_a_zone_without_caa_lets_everyone_certify():
    assert judged(Dns(), {f"{DNS}.1": record("@", "MX", "0 .")}) == WELL


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({}, "4 record sets; in the zone, reachable by IPv4 and certifiable: api.livestreamsell.example"),
        ({"render.services.api.domains": []}, "4 record sets; in the zone, reachable by IPv4 and certifiable: no domain"),
        ({DOMAIN: "api.other.example"}, "api.other.example is not in the zone livestreamsell.example"),
        ({f"{DNS}.0.name": "www"}, "api.livestreamsell.example has no A or CNAME record in the zone livestreamsell.example"),
    ],
)  # fmt: skip
def test_the_message_says_what_was_looked_for(edits: Edits, message: str):
    assert [finding.message for finding in findings(Dns(), edits)] == [message]
