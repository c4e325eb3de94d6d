import json
from typing import Any

import pytest

from keepwell.model.document import Document
from keepwell.model.verdict import Status
from keepwell.policies.firewall_plan import FirewallPlan
from tests.policies.stacks import Edits, judged

FAIL, PASS = Status.FAIL, Status.PASS
LIMITS = "cloudflare.rate_limits"
API = f"{LIMITS}.api"
PLAN = "cloudflare.plan"
WELL = [(PASS, LIMITS)]
SECOND = {"path_prefix": "/login", "requests": 5}


def redirects(count: int) -> list[dict[str, str]]:
    return [
        {"from_host": f"r{number}.livestreamsell.example", "to_host": "livestreamsell.example"}
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, WELL),
        ({LIMITS: {}}, WELL),
        ({f"{LIMITS}.login": SECOND}, [(FAIL, LIMITS)]),
        ({f"{LIMITS}.login": SECOND, PLAN: "pro"}, WELL),
        ({f"{API}.period_s": 60}, [(FAIL, f"{API}.period_s")]),
        ({f"{API}.period_s": 60, PLAN: "pro"}, WELL),
        ({f"{API}.period_s": 120, PLAN: "pro"}, [(FAIL, f"{API}.period_s")]),
        ({f"{API}.period_s": 3600, PLAN: "enterprise"}, WELL),
        ({f"{API}.timeout_s": 60}, [(FAIL, f"{API}.timeout_s")]),
        ({f"{API}.timeout_s": 0}, [(FAIL, f"{API}.timeout_s")]),
        ({f"{API}.timeout_s": 0, PLAN: "pro"}, [(FAIL, f"{API}.timeout_s")]),
        ({f"{API}.timeout_s": 0, PLAN: "enterprise"}, WELL),
        ({f"{API}.timeout_s": 86400, PLAN: "pro"}, [(FAIL, f"{API}.timeout_s")]),
        ({f"{API}.timeout_s": 86400, PLAN: "business"}, WELL),
        ({f"{API}.action": "managed_challenge", f"{API}.timeout_s": 60}, WELL),
        ({"cloudflare.redirects": redirects(10)}, WELL),
        ({"cloudflare.redirects": redirects(11)}, [(FAIL, "cloudflare.redirects")]),
        ({"cloudflare.dns.2.values": [f"v{number}" for number in range(200)]}, [(FAIL, "cloudflare.dns")]),
        ({"cloudflare.dns.2.values": [f"v{number}" for number in range(200)], PLAN: "pro"}, WELL),
    ],
)  # fmt: skip
def test_the_declared_edge_fits_the_plan(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(FirewallPlan(), edits) == expected


FREE, PRO = {"fight_mode": False}, {"sbfm_verified_bots": "allow"}
BUSINESS = {**PRO, "sbfm_likely_automated": "allow"}


def said(rules: dict[str, list[str]], bots: dict[str, Any]) -> list[tuple[Status, str]]:
    contents: dict[str, Any] = {
        name: {"rules": [{"ref": "r", "expression": text} for text in expressions]}
        for name, expressions in rules.items()
    }
    documents = [
        Document(path=f"cloudflare/{name}.json", text=json.dumps(content))
        for name, content in {**contents, "bots": bots}.items()
    ]
    documents.append(Document(path="cloudflare/dns/x.yaml", text="---\n"))
    return [(finding.status, finding.message) for finding in FirewallPlan().on_documents(documents)]


@pytest.mark.parametrize(
    ("rules", "bots", "expected"),
    [
        ({}, FREE, (PASS, "0 of 5 custom rules, longest expression 0 of 4096 characters")),
        ({"firewall": ["x" * 4096] * 5}, FREE, (PASS, "5 of 5 custom rules, longest expression 4096 of 4096 characters")),
        ({"firewall": ["true"] * 6}, FREE, (FAIL, "6 custom rules, and the plan of the zone has 5")),
        ({"firewall": ["true"] * 6}, PRO, (PASS, "6 of 20 custom rules, longest expression 4 of 4096 characters")),
        ({"firewall": ["true"] * 101}, BUSINESS, (FAIL, "101 custom rules, and the plan of the zone has 100")),
        ({"rate_limits": ["true"] * 2}, FREE, (FAIL, "2 rate limits, and the plan of the zone has 1")),
        ({"redirects": ["true"] * 11}, FREE, (FAIL, "11 redirects, and the plan of the zone has 10")),
        ({"firewall": ["x" * 4097]}, FREE, (FAIL, "the rule r has 4097 characters")),
        ({"firewall": ['http.host matches "a.*"']}, PRO, (FAIL, "the rule r uses a regular expression on the pro plan")),
        ({"firewall": ['http.host ~ "a.*"']}, FREE, (FAIL, "the rule r uses a regular expression on the free plan")),
        ({"firewall": ['http.host matches "a.*"']}, BUSINESS, (PASS, "1 of 100 custom rules, longest expression 23 of 4096 characters")),
        ({"firewall": ['http.user_agent contains "it matches ~"']}, FREE, (PASS, "1 of 5 custom rules, longest expression 39 of 4096 characters")),
        ({"rate_limits": ['http.host eq "a"']}, FREE, (FAIL, "the rule r tests more than the path on the free plan")),
        ({"rate_limits": ["ip.src.asnum eq 1"]}, FREE, (FAIL, "the rule r tests more than the path on the free plan")),
        ({"rate_limits": ['http.host eq "a"']}, PRO, (PASS, "0 of 20 custom rules, longest expression 16 of 4096 characters")),
        (
            {"rate_limits": ['starts_with(http.request.uri.path, "/http.host") and not cf.client.bot']}, FREE,
            (PASS, "0 of 5 custom rules, longest expression 70 of 4096 characters"),
        ),
    ],
)  # fmt: skip
def test_the_generated_rules_fit_the_plan(
    rules: dict[str, list[str]], bots: dict[str, Any], expected: tuple[Status, str]
):
    assert said(rules, bots) == [expected]
