"""Machines meet no challenge. Does not evaluate the rules: it reads settings, order and form."""

import json
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from keepwell.model.document import Document
from keepwell.model.stack import Stack
from keepwell.model.stack.edge import MachinePath
from keepwell.model.verdict import Finding
from keepwell.policies._relations import web_services
from keepwell.policies._rule import Rule

RULE = Rule(
    name="machine_paths",
    see="https://developers.cloudflare.com/waf/custom-rules/skip/options/",
)
SEE_BOTS = "https://developers.cloudflare.com/bots/get-started/bot-fight-mode/"
UNSUBSCRIBED = "Meta unsubscribes a webhook that fails for an hour, and cannot solve a challenge"

RENTED_NETWORKS = {8075: "Microsoft Azure", 16509: "Amazon", 396982: "Google Cloud"}
"""Networks in which anyone can rent an address, GitHub's runners among them."""

_PATHS = re.compile(r'http\.request\.uri\.path eq "([^"]*)"')
_EXCLUDED = re.compile(r'not http\.request\.uri\.path eq "([^"]*)"')
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[()]|\bor\b|\|\|')
_PREFIXES = re.compile(r'starts_with\(http\.request\.uri\.path, "([^"]*)"\)')


class MachinePaths:
    """Webhooks and probes never meet a challenge, a redirect or a rate limit at the edge."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Machines cannot solve challenges and do not follow redirects.

        Bot Fight Mode cannot be skipped by any rule, and "under attack" challenges everyone. What
        passes is narrow: an exact path, from a network in which others cannot rent an address.
        """
        paths = stack.cloudflare.machine_paths
        found = [*_zone(stack)] if paths else []
        for index, machine in enumerate(paths):
            found += _path(stack, machine, path=f"cloudflare.machine_paths.{index}")
        listed = ", ".join(machine.path for machine in paths)
        return found or [
            RULE.passes(
                f"{listed or 'no machine path'}: no challenge, no redirect; senders must call "
                "https, since plain HTTP is answered with a redirect",
                path="cloudflare.machine_paths",
            )
        ]

    def on_documents(self, documents: Sequence[Document]) -> list[Finding]:
        """The rule that lets machines pass comes first; no rate limit counts its exact paths."""
        read = {document.path: document.text for document in documents}
        rules = _rules(read, "firewall")
        skips = [rule for rule in rules if rule.get("action") == "skip"]
        found = [
            *_order(rules),
            *(finding for rule in skips for finding in _skip(rule, checks=_browser_check(read))),
            *_counted(skips, limits=_rules(read, "rate_limits")),
        ]
        paths = ", ".join(path for rule in skips for path in _PATHS.findall(rule["expression"]))
        seen = f"{paths} pass before every other rule" if skips else "no rule lets machines pass"
        return found or [RULE.passes(seen, path="cloudflare/firewall.json")]


def _zone(stack: Stack) -> Iterator[Finding]:
    edge = stack.cloudflare
    if edge.bots.fight_mode:
        yield RULE.fails(
            "Bot Fight Mode is on, and machine paths are declared",
            path="cloudflare.bots.fight_mode",
            why=f"no rule can skip it; {UNSUBSCRIBED}",
            hint="Set `fight_mode: false`; `ai_bots: block` needs no challenge",
            see=SEE_BOTS,
        )
    if edge.firewall.security_level == "under_attack":
        yield RULE.fails(
            'the security level is "under_attack", and machine paths are declared',
            path="cloudflare.firewall.security_level",
            why=f"every visitor is challenged; {UNSUBSCRIBED}",
            hint="Set `security_level: medium`; raise it by hand in an attack only",
        )


def _path(stack: Stack, machine: MachinePath, *, path: str) -> Iterator[Finding]:
    services = web_services(stack)
    if machine.service not in services:
        yield RULE.fails(
            f"{machine.path} leads to {machine.service}, which is no web service of this stack",
            path=f"{path}.service",
            why="nothing answers there",
            hint=f"Name one of {', '.join(services) or 'the web services'}",
        )
    for index, host in _redirected(stack, machine.service):
        yield RULE.fails(
            f"{machine.path} stands behind a redirect of {host}",
            path=f"cloudflare.redirects.{index}.from_host",
            why="senders of webhooks do not follow redirects",
            hint="Redirect another host, or give the service a domain of its own",
        )
    if machine.path.rstrip("/") == "" or re.search(r"[*?#]|/$", machine.path):
        yield RULE.fails(
            f"{machine.path} is not one path",
            path=f"{path}.path",
            why="what passes without a challenge must be exact: nothing else may pass with it",
            hint="Write the exact path, without wildcard, query or slash at the end",
        )
    if machine.sender.asn in RENTED_NETWORKS:
        yield RULE.fails(
            f"{machine.path} is open to {RENTED_NETWORKS[machine.sender.asn]} "
            f"(AS{machine.sender.asn})",
            path=f"{path}.sender.asn",
            why="anyone can rent an address there",
            hint="Recognise the sender by `header` and `secret`",
        )


def _redirected(stack: Stack, service: str) -> Iterator[tuple[int, str]]:
    declared = stack.render.services.get(service)
    domains = declared.domains if declared is not None else []
    for index, redirect in enumerate(stack.cloudflare.redirects):
        if any(fnmatchcase(domain, redirect.from_host) for domain in domains):
            yield index, redirect.from_host


def _rules(read: dict[str, str], name: str) -> list[dict[str, Any]]:
    text = read.get(f"cloudflare/{name}.json")
    rules: list[dict[str, Any]] = json.loads(text or "{}").get("rules", [])
    return [{"expression": "", **rule} for rule in rules]


def _browser_check(read: dict[str, str]) -> bool:
    settings = json.loads(read.get("cloudflare/settings.json", '{"settings": {}}'))["settings"]
    return bool(settings.get("browser_check", "on") == "on")


def _order(rules: list[dict[str, Any]]) -> Iterator[Finding]:
    actions = [rule.get("action") for rule in rules]
    for position, action in enumerate(actions):
        if action == "skip" and any(earlier != "skip" for earlier in actions[:position]):
            yield RULE.fails(
                f"the rule that lets machines pass is number {position + 1}",
                path="cloudflare/firewall.json",
                why=f"rules before it may challenge or block them; {UNSUBSCRIBED}",
                hint="Put it first",
            )


def _skip(rule: dict[str, Any], *, checks: bool) -> Iterator[Finding]:
    parameters = rule.get("action_parameters", {})
    missing = [
        name
        for name, there in {
            "ruleset current": parameters.get("ruleset") == "current",
            "phase http_ratelimit": "http_ratelimit" in parameters.get("phases", ()),
            "product securityLevel": "securityLevel" in parameters.get("products", ()),
            "product bic": not checks or "bic" in parameters.get("products", ()),
        }.items()
        if not there
    ]
    if missing:
        yield RULE.fails(
            f"the rule that lets machines pass does not skip {', '.join(missing)}",
            path="cloudflare/firewall.json",
            why="the browser integrity check answers 1010 to plain HTTP libraries, and the others "
            f"challenge; {UNSUBSCRIBED}",
            hint="Add what is missing to its action_parameters",
        )
    if not all(_PATHS.search(either) for either in _alternatives(rule["expression"])):
        yield RULE.fails(
            "the rule that lets machines pass names no exact path in one of its alternatives",
            path="cloudflare/firewall.json",
            why="whatever it matches goes past every other rule",
            hint='Compare the path with `http.request.uri.path eq "..."`',
        )


def _alternatives(expression: str) -> Iterator[str]:
    """The parts that stand between `or` outside of brackets."""
    depth = start = 0
    for token in _TOKENS.finditer(expression):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and token[0] in {"or", "||"}:
            yield expression[start : token.start()]
            start = token.end()
    yield expression[start:]


def _counted(skips: list[dict[str, Any]], *, limits: list[dict[str, Any]]) -> Iterator[Finding]:
    machines = {path for rule in skips for path in _PATHS.findall(rule["expression"])}
    for limit in limits:
        expression = limit["expression"]
        prefixes = tuple(_PREFIXES.findall(expression)) or ("/",)
        counted = machines - set(_EXCLUDED.findall(expression))
        for path in sorted(path for path in counted if path.startswith(prefixes)):
            yield RULE.fails(
                f"the rate limit {limit.get('ref', '')} counts {path}",
                path="cloudflare/rate_limits.json",
                why="webhooks come in bursts from few addresses, and would be turned away",
                hint=f'Add `and not http.request.uri.path eq "{path}"` to its expression',
                see="https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/",
            )
