"""A zone at Cloudflare, behind httpx.MockTransport: written from the vendor's documents.

It keeps state where state matters (rules, versions, ids by ref), and answers what a test scripts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from keepwell.clients.base import Api
from keepwell.clients.cloudflare import PHASES, TERMS, Cloudflare
from keepwell.clock import ManualClock
from keepwell.model.resource import Resource

ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353"
ACCOUNT_ID = "01a7362d577a6c3019a474fd6f485823"
NAME = "livestreamsell.example"
CUSTOM, LIMITS, REDIRECTS = PHASES
SECRET = 'pr"obe\\token'
ESCAPED = 'pr\\"obe\\\\token'
WITH_SECRET = 'http.request.headers["x-probe"][0] eq "secret://PROBE_TOKEN"'
WITH_ESCAPED = f'http.request.headers["x-probe"][0] eq "{ESCAPED}"'
LATER = "2026-11-26T10:00:00Z"

Script = Callable[[httpx.Request], httpx.Response]


def answer(status: int = 200, **body: Any) -> httpx.Response:
    whole = {"success": status < 400, "errors": [], "messages": [], "result": None, **body}
    return httpx.Response(status, json=whole)


def refusal(
    message: str, *, code: int = 20127, pointer: str = "", status: int = 400, **more: str
) -> httpx.Response:
    error: dict[str, Any] = {"code": code, "message": message, **more}
    if pointer:
        error["source"] = {"pointer": pointer}
    return answer(status, success=False, errors=[error])


def rule(ref: str, expression: str = "true", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "expression": expression, "action": "block", "description": "", **more}


@dataclass
class ZoneDouble:
    plan: str = "free"
    status: str = "active"
    paused: bool = False
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    versions: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    single_settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    bots: dict[str, Any] = field(default_factory=dict)
    scripts: dict[str, list[Script]] = field(default_factory=dict)
    journal: list[tuple[str, Any]] = field(default_factory=list)
    clock: ManualClock = field(
        default_factory=lambda: ManualClock(datetime(2026, 11, 26, tzinfo=UTC))
    )
    made: int = 0

    def client(self, *, secrets: Mapping[str, str] | None = None) -> Cloudflare:
        api = Api(
            TERMS,
            token="t0ken",
            clock=self.clock,
            transport=httpx.MockTransport(self.answer),
        )
        known = {"PROBE_TOKEN": SECRET} if secrets is None else secrets
        return Cloudflare(api, zone=NAME, lookup=known.get)

    def script(self, call: str, *steps: Script | httpx.Response) -> None:
        """What the next calls "METHOD /path?query" get, instead of what the state says."""
        as_scripts = [each if callable(each) else (lambda _, it=each: it) for each in steps]
        self.scripts.setdefault(call, []).extend(as_scripts)

    def save(self, phase: str, rules: Sequence[Mapping[str, Any]]) -> None:
        """Puts rules into a phase, as Cloudflare or somebody at the dashboard would."""
        ids = {each["ref"]: each["id"] for each in self.rules.get(phase, [])}
        saved = []
        for each in rules:
            self.made += 1
            number = each.get("id") or ids.get(each.get("ref")) or f"id{self.made}"
            saved.append(
                {
                    **each,
                    "id": number,
                    "ref": each.get("ref", number),
                    "version": "1",
                    "last_updated": LATER,
                }
            )
        self.rules[phase] = saved
        self.versions.setdefault(phase, []).append(saved)

    def sent(self, method: str) -> list[tuple[str, Any]]:
        return [(call, body) for call, body in self.journal if call.startswith(method)]

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/client/v4").replace(ZONE_ID, "Z")
        query = f"?{request.url.query.decode()}" if request.url.query else ""
        call = f"{request.method} {path}{query}"
        body = json.loads(request.content) if request.content else None
        self.journal.append((call, body))
        if self.scripts.get(call):
            return self.scripts[call].pop(0)(request)
        parts = path.strip("/").split("/")
        return self._zones(query) if parts == ["zones"] else self._within(request, parts[2:], body)

    def _zones(self, query: str) -> httpx.Response:
        zone = {
            "id": ZONE_ID,
            "name": NAME,
            "status": self.status,
            "paused": self.paused,
            "plan": {"legacy_id": self.plan},
            "account": {"id": ACCOUNT_ID},
        }
        return answer(result=[zone] if query == f"?name={NAME}" else [])

    def _within(self, request: httpx.Request, parts: list[str], body: Any) -> httpx.Response:
        match [request.method, *parts]:
            case ["GET", "settings"]:
                return answer(result=[{"id": name, **row} for name, row in self.settings.items()])
            case ["GET" | "PATCH", "settings", name]:
                return self._setting(name, body)
            case ["GET" | "PUT", "bot_management"]:
                self.bots |= body or {}
                return answer(result=self.bots)
            case ["GET" | "PUT", "rulesets", "phases", phase, "entrypoint", *rest]:
                is_dry = request.url.params.get("dry_run") == "true"
                return self._phase(phase, rest, body=body, is_dry=is_dry)
        return refusal("no route", status=404)

    def _setting(self, name: str, body: Any) -> httpx.Response:
        rows = self.settings | self.single_settings
        if name not in rows:
            return refusal("Undefined zone setting", code=1006)
        rows[name] |= body or {}
        return answer(result={"id": name, **rows[name]})

    def _phase(self, phase: str, rest: list[str], *, body: Any, is_dry: bool) -> httpx.Response:
        if is_dry:
            return answer(result=None)
        if body is not None:
            self.save(phase, body["rules"])
        kept = self.versions.get(phase, [])
        if not kept:
            return refusal("could not find entrypoint ruleset", status=404)
        if rest == ["versions"]:
            return answer(result=[{"id": "r1", "version": str(n + 1)} for n in range(len(kept))])
        version = int(rest[1]) if rest else len(kept)
        return answer(result={"id": "r1", "version": str(version), "rules": kept[version - 1]})


def wanted(phase: str, ref: str, position: int = 0, **fields: Any) -> Resource:
    base = {"description": "", "expression": "true", "action": "block", "enabled": True}
    return Resource(
        vendor="cloudflare",
        kind="rule",
        key=f"{phase}/{ref}",
        fields={**base, **fields, "position": position},
    )


def setting(name: str, value: Any) -> Resource:
    return Resource(vendor="cloudflare", kind="setting", key=name, fields={"value": value})


def bots(**fields: Any) -> Resource:
    return Resource(vendor="cloudflare", kind="bots", key="zone", fields=fields)
