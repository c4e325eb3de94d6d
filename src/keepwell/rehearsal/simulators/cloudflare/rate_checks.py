"""What Cloudflare finds wrong with a rate limit, by the zone's plan.

Source: https://developers.cloudflare.com/waf/rate-limiting-rules/parameters (read 2026-11).
"""

import re
from typing import Any

from keepwell.rehearsal.simulators.cloudflare.answering import Refusal, Row
from keepwell.rehearsal.simulators.cloudflare.plans import (
    MOST_PERIOD_S,
    MOST_TIMEOUT_S,
    reaches,
)

OTHERWISE = 20000
"""The code of whatever is wrong and has no code known from reports."""

_PERIODS_S = (10, 60, 120, 300, 600, 3600)
_TIMEOUTS_S = (0, 10, 60, 120, 300, 600, 3600, 86400)
_FREE_FIELDS = {"http.request.uri.path", "cf.client.bot", "cf.bot_management.verified_bot"}
_FIELD = re.compile(r"\b[a-z]+(?:\.[a-z0-9_]+)+\b")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def check_rate(rule: Row, pointer: str, *, plan: str) -> None:
    """Raises Refusal for the first thing that is wrong with a rule of the phase http_ratelimit."""
    at = f"{pointer}/ratelimit"
    limit = rule.get("ratelimit")
    if not isinstance(limit, dict):
        raise Refusal("a rate limit is needed", code=OTHERWISE, pointer=at)
    foreign = set(_FIELD.findall(_STRING.sub("", rule["expression"]))) - _FREE_FIELDS
    if plan == "free" and foreign:
        message = f"not entitled to use the field {min(foreign)}"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/expression")
    _check_characteristics(limit.get("characteristics"), f"{at}/characteristics", plan=plan)
    _check_times(rule, limit, at, plan=plan)
    if not _is_whole(limit.get("requests_per_period")) or limit["requests_per_period"] < 1:
        message = "requests_per_period is no number from 1"
        raise Refusal(message, code=OTHERWISE, pointer=f"{at}/requests_per_period")
    if limit.get("counting_expression") and not reaches(plan, "business"):
        message = "not entitled to a counting expression"
        raise Refusal(message, code=OTHERWISE, pointer=f"{at}/counting_expression")


def _check_characteristics(named: Any, pointer: str, *, plan: str) -> None:
    if not isinstance(named, list) or "cf.colo.id" not in named:
        raise Refusal("characteristics need cf.colo.id", code=OTHERWISE, pointer=pointer)
    known = {"cf.colo.id", "ip.src"}
    known |= {"cf.unique_visitor_id"} if reaches(plan, "business") else set()
    if plan != "enterprise" and not known.issuperset(named):
        raise Refusal("not entitled to these characteristics", code=OTHERWISE, pointer=pointer)


def _check_times(rule: Row, limit: Row, at: str, *, plan: str) -> None:
    period, timeout = limit.get("period"), limit.get("mitigation_timeout", 0)
    if not _is_whole(period) or period not in _PERIODS_S or period > MOST_PERIOD_S[plan]:
        message = f"not entitled to use the period {period}"
        raise Refusal(message, code=OTHERWISE, pointer=f"{at}/period")
    if not _is_whole(timeout) or timeout not in _timeouts_s(rule["action"], plan=plan):
        message = f"not entitled to use the mitigation timeout {timeout} with {rule['action']}"
        raise Refusal(message, code=OTHERWISE, pointer=f"{at}/mitigation_timeout")


def _timeouts_s(action: str, *, plan: str) -> tuple[int, ...]:
    """How long a rule may act once it was met; challenges last as long as they last."""
    if "challenge" in action and plan != "enterprise":
        return (0,)
    if plan == "free":
        return (10,)
    return tuple(each for each in _TIMEOUTS_S if each <= MOST_TIMEOUT_S[plan])


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
