"""Whether the zone's plan has what the firewall uses. Does not parse expressions.

The numbers are early warnings; the vendor's own answer to a dry run decides.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.model.stack.edge import RateLimit
from keepwell.model.verdict import Finding
from keepwell.policies._rule import Rule

RULE = Rule(
    name="firewall_plan",
    see="https://developers.cloudflare.com/waf/rate-limiting-rules/#availability",
)

EXPRESSION_LIMIT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a plan of a zone allows."""

    custom_rules: int
    rate_limits: int
    period_s: int
    timeout_s: int
    redirects: int
    dns_records: int
    regex: bool


ALLOWANCES = {
    "free": Allowance(
        custom_rules=5, rate_limits=1, period_s=10, timeout_s=10,
        redirects=10, dns_records=200, regex=False,
    ),
    "pro": Allowance(
        custom_rules=20, rate_limits=2, period_s=60, timeout_s=3600,
        redirects=25, dns_records=3500, regex=False,
    ),
    "business": Allowance(
        custom_rules=100, rate_limits=5, period_s=600, timeout_s=86400,
        redirects=50, dns_records=3500, regex=True,
    ),
    "enterprise": Allowance(
        custom_rules=1000, rate_limits=100, period_s=65535, timeout_s=86400,
        redirects=300, dns_records=3500, regex=True,
    ),
}  # fmt: skip
"""Source: https://developers.cloudflare.com/waf/ and /rules/, "Availability" (read 2026-11)."""

_NOT_PATH = re.compile(
    r"\b(http\.(?!request\.uri\.path\b)[a-z_.]+|ip\.[a-z_.]+|cf\.(?!client\.bot\b)[a-z_.]+)"
)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


class FirewallPlan:
    """Firewall, rate limits, redirects and records fit the zone's plan."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Cloudflare refuses a whole set of rules when one is beyond the plan.

        Free has one rate limit, over 10 s with a block of 10 s; below Enterprise a challenge goes
        without a timeout.
        """
        plan = stack.cloudflare.plan
        allowance = ALLOWANCES[plan]
        found = [*_counts(stack, allowance)]
        for name, limit in stack.cloudflare.rate_limits.items():
            found += _limit(limit, plan=plan, path=f"cloudflare.rate_limits.{name}")
        return found or [
            RULE.passes(
                f"{len(stack.cloudflare.rate_limits)} of {allowance.rate_limits} rate limits on "
                f"the {plan} plan",
                path="cloudflare.rate_limits",
            )
        ]

    def on_documents(self, documents: Sequence[Document]) -> list[Finding]:
        """Expressions are at most 4096 characters; Free and Pro have no regular expressions."""
        read = {
            document.path: json.loads(document.text)
            for document in documents
            if document.path.startswith("cloudflare/") and document.path.endswith(".json")
        }
        plan = _plan(read)
        found = [
            *_rule_counts(read, ALLOWANCES[plan]),
            *(finding for rule in _all_rules(read) for finding in _expression(*rule, plan=plan)),
        ]
        rules = len(read.get("cloudflare/firewall.json", {}).get("rules", ()))
        return found or [
            RULE.passes(
                f"{rules} of {ALLOWANCES[plan].custom_rules} custom rules, longest expression "
                f"{_longest(read)} of {EXPRESSION_LIMIT} characters",
                path="cloudflare/firewall.json",
            )
        ]


def _counts(stack: Stack, allowance: Allowance) -> Iterator[Finding]:
    edge = stack.cloudflare
    records = sum(len(record.values) for record in edge.dns)
    for path, what, count, limit in (
        ("rate_limits", "rate limits", len(edge.rate_limits), allowance.rate_limits),
        ("redirects", "redirects", len(edge.redirects), allowance.redirects),
        ("dns", "DNS records", records, allowance.dns_records),
    ):
        if count > limit:
            yield _too_many(f"{count} {what}", limit=limit, path=f"cloudflare.{path}")


def _too_many(what: str, *, limit: int, path: str) -> Finding:
    return RULE.fails(
        f"{what}, and the plan of the zone has {limit}",
        path=path,
        why="Cloudflare refuses the whole set when one is too many",
        hint=f"Keep {limit}, or take a larger plan",
    )


def _limit(limit: RateLimit, *, plan: str, path: str) -> Iterator[Finding]:
    allowance = ALLOWANCES[plan]
    beyond = {
        "period_s": (limit.period_s, limit.period_s <= allowance.period_s, allowance.period_s),
        "timeout_s": (limit.timeout_s, *_timeout(limit, plan=plan)),
    }
    for field, (value, fits, allowed) in beyond.items():
        if not fits:
            yield RULE.fails(
                f"{field} {value} with {limit.action} on the {plan} plan",
                path=f"{path}.{field}",
                why="Cloudflare refuses the rule",
                hint=f"Set `{field}: {allowed}`",
                see="https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/",
            )


def _timeout(limit: RateLimit, *, plan: str) -> tuple[bool, int]:
    """Whether the timeout fits the plan, and one that does."""
    allowed = ALLOWANCES[plan].timeout_s
    if limit.action == "managed_challenge" and plan != "enterprise":
        return True, 0  # the template leaves the timeout of a challenge out
    if plan == "free":
        return limit.timeout_s == allowed, allowed
    throttles = limit.timeout_s == 0  # no block at all, which Enterprise alone has
    return limit.timeout_s <= allowed and (plan == "enterprise" or not throttles), allowed


def _plan(read: dict[str, Any]) -> str:
    """The plan that the documents were made for; bots.json has other keys for each.

    Business and Enterprise have the same ones, so the smaller is taken; without it, Free.
    """
    bots = read.get("cloudflare/bots.json", {"fight_mode": False})
    if "fight_mode" in bots:
        return "free"
    return "business" if "sbfm_likely_automated" in bots else "pro"


def _rule_counts(read: dict[str, Any], allowance: Allowance) -> Iterator[Finding]:
    for name, what, limit in (
        ("firewall", "custom rules", allowance.custom_rules),
        ("rate_limits", "rate limits", allowance.rate_limits),
        ("redirects", "redirects", allowance.redirects),
    ):
        path = f"cloudflare/{name}.json"
        count = len(read.get(path, {}).get("rules", ()))
        if count > limit:
            yield _too_many(f"{count} {what}", limit=limit, path=path)


def _all_rules(read: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, content in read.items():
        for rule in content.get("rules", ()):
            yield path, rule


def _longest(read: dict[str, Any]) -> int:
    return max((len(rule.get("expression", "")) for _, rule in _all_rules(read)), default=0)


def _expression(path: str, rule: dict[str, Any], *, plan: str) -> Iterator[Finding]:
    expression = rule.get("expression", "")
    words = _QUOTED.sub('""', expression)
    if len(expression) > EXPRESSION_LIMIT:
        yield _refused(path, rule, f"has {len(expression)} characters", "Split or shorten it")
    if not ALLOWANCES[plan].regex and re.search(r"\bmatches\b|~", words):
        hint = "Use `contains`, `wildcard` or a set"
        yield _refused(path, rule, f"uses a regular expression on the {plan} plan", hint)
    if plan == "free" and path == "cloudflare/rate_limits.json" and _NOT_PATH.search(words):
        hint = "Test `http.request.uri.path` alone"
        yield _refused(path, rule, "tests more than the path on the free plan", hint)


def _refused(path: str, rule: dict[str, Any], what: str, hint: str) -> Finding:
    return RULE.fails(
        f"the rule {rule.get('ref', '')} {what}",
        path=path,
        why="Cloudflare refuses the whole set of rules",
        hint=hint,
    )
