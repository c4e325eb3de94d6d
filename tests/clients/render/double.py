"""A workspace at Render behind a transport, answering as its API's description and recordings do."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from keepwell.clients.base import Api
from keepwell.clients.render import TERMS, Render
from keepwell.clock import ManualClock
from keepwell.decisions.diff import diff
from keepwell.decisions.order import order
from keepwell.model.plan import Batch
from keepwell.model.resource import Resource
from tests.worlds import NOON

TOKEN = "rnd_key-of-render"
SHOP = "https://github.com/shop/shop"

Fault = Callable[[httpx.Request], httpx.Response]


def service(name: str, type_: str = "web_service", **details: Any) -> dict[str, Any]:
    return {
        "id": f"srv-{name}",
        "name": name,
        "type": type_,
        "repo": SHOP,
        "autoDeploy": "yes",
        "autoDeployTrigger": "commit",
        "suspended": "not_suspended",
        "suspenders": [],
        "dashboardUrl": f"https://dashboard.render.com/web/srv-{name}",
        "serviceDetails": {
            "plan": "standard",
            "region": "virginia",
            "numInstances": 1,
            "healthCheckPath": "/livez",
            **details,
        },
    }


def domain(name: str, *, is_verified: bool) -> dict[str, Any]:
    status = "verified" if is_verified else "unverified"
    return {"id": f"cdm-{name}", "name": name, "verificationStatus": status}


def wanted(address: str, **fields: Any) -> Resource:
    kind, key = address.split(" ")
    return Resource(vendor="render", kind=kind, key=key, fields=fields)


@dataclass(kw_only=True)
class Workspace:
    """One workspace. `faults` are answered instead, each once, to calls that begin so."""

    services: list[dict[str, Any]] = field(default_factory=list)
    stores: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    domains: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    blueprints: list[dict[str, Any]] = field(default_factory=list)
    syncs: list[dict[str, Any]] = field(default_factory=list)
    deploys: list[dict[str, Any]] = field(default_factory=list)
    owners: list[str] = field(default_factory=lambda: ["tea-shop"])
    page: int = 100
    secrets: dict[str, str] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))

    def client(self, *, owner_id: str = "tea-shop", token: str = TOKEN) -> Render:
        transport = httpx.MockTransport(self._answer)
        api = Api(TERMS, token=token, clock=self.clock, transport=transport)
        return Render(api, clock=self.clock, lookup=self.secrets.get, owner_id=owner_id)

    @property
    def calls(self) -> list[str]:
        return [f"{each.method} {each.url.path.removeprefix('/v1')}" for each in self.asked]

    @property
    def written(self) -> list[tuple[str, Any]]:
        """What was sent to change something, with its body."""
        pairs = zip(self.calls, self.asked, strict=True)
        return [
            (call, json.loads(each.content) if each.content else None)
            for call, each in pairs
            if each.method != "GET"
        ]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        call = self.calls[-1]
        fault = next((self.faults[name] for name in self.faults if call.startswith(name)), None)
        if fault:
            return fault.pop(0)(request)
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"message": "unauthorized"})
        return self._read(request) if request.method == "GET" else self._write(request)

    def _read(self, request: httpx.Request) -> httpx.Response:
        path, one = request.url.path.removeprefix("/v1"), ""
        if found := re.fullmatch(r"/(services|env-groups|blueprints)/([^/]+)(.*)", path):
            path, one = (
                f"/{found[1]}/*{re.sub('/custom-domains/.+', '/domain', found[3])}",
                found[2],
            )
        name = one.removeprefix("srv-")
        lists: dict[str, tuple[str, Sequence[Any]]] = {
            "/owners": ("owner", [{"id": each, "name": each} for each in self.owners]),
            "/services": ("service", self.services),
            "/key-value": ("keyValue", self.stores),
            "/blueprints": ("blueprint", self.blueprints),
            "/blueprints/*/syncs": ("sync", self.syncs),
            "/services/*/custom-domains": ("customDomain", self.domains.get(name, [])),
            "/services/*/deploys": ("deploy", self.deploys),
            "/services/*/env-vars": (
                "envVar",
                [{"key": key, "value": value} for key, value in self._held(name).items()],
            ),
        }
        if path in lists:
            return self._paged(request, *lists[path])
        if path == "/services/*/domain":
            host = request.url.path.rpartition("/")[2]
            found_domain = [each for each in self.domains.get(name, []) if each["name"] == host]
            return httpx.Response(200 if found_domain else 404, json=found_domain[0:1])
        plain: dict[str, Any] = {
            "/env-groups": [{**each, "envVars": None} for each in self.groups],
            "/services/*/outbound-ips": {"type": "shared", "ips": ["74.220.48.0/24", "1.2.3.0/24"]},
        }
        if path == "/env-groups/*":
            return httpx.Response(200, json=next(each for each in self.groups if each["id"] == one))
        return httpx.Response(200, json=plain[path])

    def _write(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT" and "/env-vars/" in request.url.path:
            return httpx.Response(200, json={"key": "K", "value": "V"})
        status = {"POST": 201, "DELETE": 204}.get(request.method, 200)
        if status == 204 or request.url.path.endswith(("/scale", "/verify")):
            return httpx.Response(204 if status == 204 else 202)
        return httpx.Response(status, json={})

    def _held(self, name: str) -> dict[str, str]:
        return self.variables.get(name, {})

    def _paged(self, request: httpx.Request, name: str, rows: Sequence[Any]) -> httpx.Response:
        start = int(request.url.params.get("cursor", 0))
        limit = int(request.url.params.get("limit", 20))
        page = [
            {name: each, "cursor": str(number)}
            for number, each in enumerate(rows, start=1)
            if start < number <= start + limit
        ]
        return httpx.Response(200, json=page)


def batches(client: Render, *desired: Resource) -> Sequence[Batch]:
    """What would have to be sent."""
    seen = client.observe(desired)
    return order(diff(desired, [seen]).changes, zone="shop.example", unverified={})


def settle(client: Render, *desired: Resource) -> None:
    for batch in batches(client, *desired):
        client.apply(batch)
