import json
from typing import Any

import pytest

from keepwell.model.document import Document
from keepwell.model.verdict import Status
from keepwell.policies.machine_paths import MachinePaths
from tests.policies.stacks import Edits, findings, judged

FAIL, PASS = Status.FAIL, Status.PASS
PATHS = "cloudflare.machine_paths"
WELL = [(PASS, PATHS)]
FIGHT = "cloudflare.bots.fight_mode"
LEVEL = "cloudflare.firewall.security_level"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, WELL),
        ({FIGHT: True}, [(FAIL, FIGHT)]),
        ({FIGHT: True, PATHS: []}, WELL),
        ({LEVEL: "high"}, WELL),
        ({LEVEL: "under_attack"}, [(FAIL, LEVEL)]),
        ({LEVEL: "under_attack", PATHS: []}, WELL),
        ({f"{PATHS}.0.service": "apis"}, [(FAIL, f"{PATHS}.0.service")]),
        ({f"{PATHS}.0.service": "ai-worker"}, [(FAIL, f"{PATHS}.0.service")]),
        ({f"{PATHS}.0.path": "/"}, [(FAIL, f"{PATHS}.0.path")]),
        ({f"{PATHS}.0.path": "/webhooks/"}, [(FAIL, f"{PATHS}.0.path")]),
        ({f"{PATHS}.0.path": "/webhooks/*"}, [(FAIL, f"{PATHS}.0.path")]),
        ({f"{PATHS}.0.path": "/webhooks?from=meta"}, [(FAIL, f"{PATHS}.0.path")]),
        ({f"{PATHS}.0.sender.asn": 8075}, [(FAIL, f"{PATHS}.0.sender.asn")]),
        (
            {"cloudflare.redirects": [
                {"from_host": "www.livestreamsell.example", "to_host": "app.livestreamsell.example"},
            ]},
            WELL,
        ),
        (
            {"cloudflare.redirects": [
                {"from_host": "api.livestreamsell.example", "to_host": "app.livestreamsell.example"},
            ]},
            [(FAIL, "cloudflare.redirects.0.from_host")] * 2,
        ),
        (
            {"cloudflare.redirects": [
                {"from_host": "*.livestreamsell.example", "to_host": "livestreamsell.example"},
            ]},
            [(FAIL, "cloudflare.redirects.0.from_host")] * 2,
        ),
    ],
)  # fmt: skip
def test_machines_meet_no_challenge_and_no_redirect(
    edits: Edits, expected: list[tuple[Status, str]]
):
    assert judged(MachinePaths(), edits) == expected


def test_a_pass_reminds_of_https():
    [finding] = findings(MachinePaths())
    assert finding.message.startswith("/webhooks/meta, /health: no challenge")
    assert "https" in finding.message


EXACT = '(http.request.uri.path eq "/hook" and ip.src.asnum eq 32934)'
SKIP: dict[str, Any] = {
    "action": "skip",
    "expression": EXACT,
    "action_parameters": {
        "ruleset": "current",
        "phases": ["http_ratelimit"],
        "products": ["bic", "securityLevel"],
    },
}
BLOCK = {"action": "block", "expression": "true"}


def without(key: str, word: str) -> dict[str, Any]:
    parameters = dict(SKIP["action_parameters"])
    parameters[key] = [name for name in parameters[key] if name != word]
    return {**SKIP, "action_parameters": parameters}


def documents(
    rules: list[dict[str, Any]], *, limit: str | None = None, browser_check: str = "on"
) -> list[Document]:
    content = {
        "firewall": {"rules": rules},
        "rate_limits": {"rules": [{"ref": "r", "expression": limit}] if limit else []},
        "settings": {"settings": {"browser_check": browser_check}},
    }
    return [
        Document(path=f"cloudflare/{name}.json", text=json.dumps(found))
        for name, found in content.items()
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([SKIP, BLOCK], (PASS, "/hook pass before")),
        ([SKIP, SKIP, BLOCK], (PASS, "/hook, /hook pass")),
        ([], (PASS, "no rule lets")),
        ([BLOCK, SKIP], (FAIL, "is number 2")),
        ([without("products", "bic")], (FAIL, "does not skip product bic")),
        ([without("products", "securityLevel")], (FAIL, "does not skip product securityLevel")),
        ([without("phases", "http_ratelimit")], (FAIL, "does not skip phase http_ratelimit")),
        ([{**SKIP, "expression": "ip.src.asnum eq 32934"}], (FAIL, "names no exact path")),
        ([{**SKIP, "expression": f"{EXACT} or ip.src.asnum eq 32934"}], (FAIL, "in one of its")),
        ([{**SKIP, "expression": f'{EXACT} or (http.request.uri.path eq "/or)")'}], (PASS, "/or)")),
        ([{"action": "skip", "expression": EXACT}], (FAIL, "does not skip ruleset current, phase")),
    ],
)
def test_the_first_rule_lets_machines_pass(
    rules: list[dict[str, Any]], expected: tuple[Status, str]
):
    [finding] = MachinePaths().on_documents(documents(rules))
    status, words = expected
    assert finding.status is status
    assert words in finding.message


def test_without_a_browser_check_it_need_not_be_skipped():
    rules = [without("products", "bic")]
    [finding] = MachinePaths().on_documents(documents(rules, browser_check="off"))
    assert finding.status is PASS


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ('starts_with(http.request.uri.path, "/api/")', PASS),
        ('starts_with(http.request.uri.path, "/")', FAIL),
        ('starts_with(http.request.uri.path, "/ho")', FAIL),
        ('starts_with(http.request.uri.path, "/") and not http.request.uri.path eq "/hook"', PASS),
        ('starts_with(http.request.uri.path, "/") and not http.request.uri.path eq "/h"', FAIL),
        ("true", FAIL),
    ],
)
def test_no_rate_limit_counts_a_machine_path(limit: str, expected: Status):
    [finding] = MachinePaths().on_documents(documents([SKIP], limit=limit))
    assert finding.status is expected


def test_without_documents_no_rule_is_wrong():
    [finding] = MachinePaths().on_documents([])
    assert finding.status is PASS
