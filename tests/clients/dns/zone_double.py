"""A zone of Cloudflare's behind requests-mock, as its API description and its documents have it.

Source: https://developers.cloudflare.com/api/resources/dns/subresources/records/ (read 2026-11).
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests_mock
from requests import Request
from requests.exceptions import ConnectionError as CutOff
from requests_mock.response import _Context as Context

from keepwell.clients.dns import Dns
from keepwell.clock import ManualClock
from tests.worlds import NOON

ZONE = "example.com"
MARK = "keepwell:shop"
TOKEN = "token-of-cloudflare"
API = "https://api.cloudflare.com/client/v4"
_RECORDS = f"{API}/zones/z1/dns_records"

Answerer = Callable[[Request, Context], str]


@dataclass(kw_only=True)
class ZoneDouble:
    """Records with ids, and what was asked of them. `largest_page` caps what one page holds."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    zones: tuple[str, ...] = (ZONE,)
    largest_page: int = 5000
    asked: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    adapter: Any = field(default_factory=requests_mock.Adapter)
    told: list[str] = field(default_factory=list)
    _fuse: list[Any] = field(default_factory=list)
    _ids: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        one = re.compile(rf"{re.escape(_RECORDS)}/[^/?]+$")
        for method, url, answer in (
            ("GET", f"{API}/zones", self._list_zones),
            ("GET", _RECORDS, self._list),
            ("POST", _RECORDS, self._create),
            ("PUT", one, self._replace),
            ("DELETE", one, self._remove),
        ):
            self.adapter.register_uri(method, url, text=self._noting(answer))

    def add(self, kind: str, name: str, content: str, **fields: Any) -> dict[str, Any]:
        """A record as Cloudflare keeps it: names without a dot at the end, texts in quotes."""
        host = ZONE if name == "@" else f"{name}.{ZONE}"
        row: dict[str, Any] = {
            "id": f"r{next(self._ids)}",
            "zone_id": "z1",
            "name": host,
            "type": kind,
        }
        row |= {"content": content, "ttl": 1, "proxied": False, "comment": None, "tags": []}
        self.rows.append({**row, **fields})
        return self.rows[-1]

    def client(self) -> Dns:
        return Dns(
            zone=ZONE,
            token=TOKEN,
            clock=self.clock,
            marker=MARK,
            progress=self.told.append,
            adapter=self.adapter,
        )

    def fail(self, method: str, *answers: Mapping[str, Any], path: str = "") -> None:
        """The next calls of a method are answered so; a last answer goes on for ever."""
        url = re.compile(re.escape(f"{API}{path}")) if path else re.compile(".*")
        self.adapter.register_uri(method, url, [dict(answer) for answer in answers])

    def break_at(self, method: str, *, nth: int) -> None:
        """From the nth call of a method on nothing is answered; that one is still acted upon."""
        self._fuse = [method, nth]

    def mend(self) -> None:
        """Answers again."""
        self._fuse = []

    def _burn(self, method: str) -> bool:
        if self._fuse and self._fuse[0] == method:
            self._fuse[1] -= 1
        return bool(self._fuse) and self._fuse[1] <= 0

    def _noting(self, answer: Answerer) -> Answerer:
        def noted(request: Any, context: Context) -> str:
            self.asked.append(f"{request.method} {request.path.removeprefix('/client/v4')}")
            if request.headers["Authorization"] != f"Bearer {TOKEN}":
                context.status_code = 403
                return json.dumps({"success": False, "errors": [{"code": 9109}]})
            if request.body:
                self.sent.append(request.json())
            if self._fuse and self._fuse[1] <= 0:
                raise CutOff
            is_last = self._burn(request.method)
            text = answer(request, context)
            if is_last:
                raise CutOff
            return text

        return noted

    def _list_zones(self, request: Any, _: Context) -> str:
        wanted = request.qs.get("name", list(self.zones))
        rows = [
            {"id": f"z{n}", "name": name, "plan": {"legacy_id": "free"}, "name_servers": []}
            for n, name in enumerate(self.zones, start=1)
            if name in wanted
        ]
        return _page(rows, page=1, size=50)

    def _list(self, request: Any, _: Context) -> str:
        size = min(int(request.qs["per_page"][0]), self.largest_page)
        return _page(self.rows, page=int(request.qs["page"][0]), size=size)

    def _create(self, request: Any, context: Context) -> str:
        row = self._kept(request.json())
        exclusive = {"CNAME", "A", "AAAA"}
        for other in self.rows:
            kinds = {row["type"], other["type"]}
            if other["name"] == row["name"] and kinds <= exclusive and "CNAME" in kinds:
                context.status_code = 400
                return json.dumps(
                    {"success": False, "errors": [{"code": 81053, "message": "already exists"}]}
                )
        self.rows.append({**row, "id": f"r{next(self._ids)}"})
        return json.dumps({"success": True, "result": self.rows[-1]})

    def _replace(self, request: Any, _: Context) -> str:
        row = self._of(request)
        row |= {"comment": None, "tags": [], **self._kept(request.json())}
        return json.dumps({"success": True, "result": row})

    def _remove(self, request: Any, _: Context) -> str:
        row = self._of(request)
        self.rows.remove(row)
        return json.dumps({"success": True, "result": {"id": row["id"]}})

    def _of(self, request: Any) -> dict[str, Any]:
        return next(row for row in self.rows if row["id"] == request.path.rpartition("/")[2])

    def _kept(self, body: dict[str, Any]) -> dict[str, Any]:
        row = {"zone_id": "z1", "proxied": False, "comment": None, "tags": [], **body}
        if row["type"] in {"CNAME", "MX", "NS"}:
            row["content"] = row["content"].removesuffix(".")
        if row["type"] == "CAA":
            row["content"] = '{flags} {tag} "{value}"'.format(**row["data"])
        return row


def _page(rows: list[dict[str, Any]], *, page: int, size: int) -> str:
    part = rows[(page - 1) * size : page * size]
    info = {"page": page, "per_page": size, "count": len(part), "total_count": len(rows)}
    return json.dumps({"success": True, "errors": [], "result": part, "result_info": info})
