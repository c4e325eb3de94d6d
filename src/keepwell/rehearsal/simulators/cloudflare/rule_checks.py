"""What Cloudflare finds wrong with rules before it takes them; the first finding is the answer.

It judges no grammar beyond quotes and brackets. Only the codes 20117, 20127 and 20217 are known
from reports; whatever else is wrong is answered with OTHERWISE here. Source:
https://developers.cloudflare.com/ruleset-engine and
https://developers.cloudflare.com/waf/custom-rules/skip/options (read 2026-11).
"""

import re
from collections.abc import Mapping
from typing import Any

from keepwell.rehearsal.simulators.cloudflare.answering import Refusal, Row
from keepwell.rehearsal.simulators.cloudflare.plans import MOST_RULES, reaches
from keepwell.rehearsal.simulators.cloudflare.rate_checks import OTHERWISE, check_rate

_CHALLENGES = ("challenge", "js_challenge", "managed_challenge")
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "http_request_firewall_custom": ("block", "skip", "log", *_CHALLENGES),
    "http_ratelimit": ("block", "log", *_CHALLENGES),
    "http_request_firewall_managed": ("execute", "skip"),
    "ddos_l7": ("execute",),
    "http_request_dynamic_redirect": ("redirect",),
    "http_request_transform": ("rewrite",),
    "http_request_late_transform": ("rewrite",),
    "http_response_headers_transform": ("rewrite",),
    "http_config_settings": ("set_config",),
    "http_request_origin": ("route",),
    "http_request_cache_settings": ("set_cache_settings",),
    "http_response_compression": ("compress_response",),
    "http_custom_errors": ("serve_error",),
}
_FIELDS = {
    *("id", "ref", "version", "action", "action_parameters", "expression", "description"),
    *("enabled", "logging", "ratelimit", "exposed_credential_check", "categories"),
    "last_updated",
}
_SKIPPED = {
    "phases": {"http_ratelimit", "http_request_sbfm", "http_request_firewall_managed"},
    "products": {"zoneLockdown", "uaBlock", "bic", "hot", "securityLevel", "rateLimit", "waf"},
}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def check_rules(phase: str, rules: Any, *, plan: str) -> None:
    """Raises Refusal for the first thing that is wrong."""
    if phase not in _ACTIONS:
        raise Refusal(f"unknown phase '{phase}'", code=OTHERWISE)
    if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
        raise Refusal("rules is no list of objects", code=OTHERWISE, pointer="/rules")
    if len(rules) > (most := MOST_RULES[phase][plan]):
        message = f"exceeded maximum number of rules in the phase {phase}: {len(rules)} of {most}"
        raise Refusal(message, code=OTHERWISE, pointer="/rules")
    for place, rule in enumerate(rules):
        _check(rule, f"/rules/{place}", phase=phase, plan=plan)
        ref = rule.get("ref")
        if ref is not None and any(ref == each.get("ref") for each in rules[:place]):
            message = f"a rule with the reference '{ref}' exists already"
            raise Refusal(message, code=OTHERWISE, pointer=f"/rules/{place}/ref")


def _check(rule: Row, pointer: str, *, phase: str, plan: str) -> None:
    if unknown := sorted(rule.keys() - _FIELDS):
        message = f'unknown field "{unknown[0]}"'
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/{unknown[0]}")
    _check_words(rule, pointer)
    _check_expression(rule.get("expression"), f"{pointer}/expression", plan=plan)
    _check_action(rule, pointer, phase=phase, plan=plan)
    if phase == "http_ratelimit":
        check_rate(rule, pointer, plan=plan)
    elif "ratelimit" in rule:
        message = f"ratelimit cannot be used in the phase {phase}"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/ratelimit")
    if phase == "ddos_l7" and rule["expression"] != "true" and plan != "enterprise":
        message = "the expression has to be 'true' on this plan"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/expression")


def _check_words(rule: Row, pointer: str) -> None:
    if not isinstance(rule.get("enabled", True), bool):
        raise Refusal("enabled is no boolean", code=OTHERWISE, pointer=f"{pointer}/enabled")
    for name, most in (("ref", 1000), ("description", 500)):
        text = rule.get(name, "-")
        if not isinstance(text, str) or len(text) > most or (name == "ref" and not text):
            message = f"{name} is no text of at most {most} characters"
            raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/{name}")


def _check_expression(expression: Any, pointer: str, *, plan: str) -> None:
    if not isinstance(expression, str) or not expression.strip():
        raise Refusal("an expression is needed", code=OTHERWISE, pointer=pointer)
    size = len(" ".join(expression.split()))
    if size > 4096:
        raise Refusal(f"expression size {size} exceeded maximum 4096", code=20127, pointer=pointer)
    bare = _STRING.sub("", expression)
    if '"' in bare or any(bare.count(a) != bare.count(b) for a, b in ("()", "{}", "[]")):
        raise Refusal("the expression cannot be parsed", code=OTHERWISE, pointer=pointer)
    if re.search(r"\bmatches\b|~", bare) and not reaches(plan, "business"):
        message = "not entitled: the use of operator matches is not allowed"
        raise Refusal(message, code=OTHERWISE, pointer=pointer)


def _check_action(rule: Row, pointer: str, *, phase: str, plan: str) -> None:
    action, parameters = rule.get("action"), rule.get("action_parameters", {})
    if action not in _ACTIONS[phase]:
        message = f"'{action}' is not a valid value for action in the phase {phase}"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/action")
    if action == "log" and plan != "enterprise":
        message = "not entitled to use the action 'log'"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/action")
    if "logging" in rule and action != "skip":
        message = "logging can be set only for the action skip"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/logging")
    if not isinstance(parameters, dict):
        message = "action_parameters is no object"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/action_parameters")
    if action == "block" and "response" in parameters and not reaches(plan, "pro"):
        message = "not entitled to a response of your own"
        raise Refusal(message, code=OTHERWISE, pointer=f"{pointer}/action_parameters/response")
    if action == "skip" and phase == "http_request_firewall_custom":
        _check_skip(parameters, f"{pointer}/action_parameters", phase=phase)


def _check_skip(parameters: Row, pointer: str, *, phase: str) -> None:
    names = ("ruleset", "phase", "phases", "products")
    if not parameters:
        raise Refusal("skip needs parameters", code=20117, pointer=pointer)
    for name, value in parameters.items():
        if name not in names:
            message = f"skip action parameter '{name}' cannot be used in the phase {phase}"
        elif name in ("ruleset", "phase") and value != "current":
            message = f"skip action parameter '{name}' can only be 'current'"
        elif name in _SKIPPED and not _are_among(value, _SKIPPED[name]):
            message = f"skip action parameter '{name}' holds what cannot be skipped"
        else:
            continue
        raise Refusal(message, code=20117, pointer=f"{pointer}/{name}")


def _are_among(values: Any, known: set[str]) -> bool:
    return isinstance(values, list) and all(each in known for each in values)
