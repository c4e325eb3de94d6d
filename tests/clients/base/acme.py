"""A vendor that does not exist, and an Api of it over a double of its transport."""

from typing import Any

import httpx

from keepwell.clients.base import Api, Limit, Terms
from keepwell.clock import ManualClock
from tests.worlds import NOON

TOKEN = "tok-s3cret"


def terms(*limits: Limit, **changes: Any) -> Terms:
    values = {
        "vendor": "acme",
        "base_url": "https://api.acme.example",
        "token_name": "ACME_TOKEN",
        "token_url": "https://acme.example/tokens",
        "see": "README.md#tokens",
    }
    return Terms(**{**values, "limits": limits, **changes})


def acme(*answers: httpx.Response, of: Terms, **more: Any) -> tuple[Api, ManualClock]:
    """An Api whose calls find the given answers in turn; the last one stays."""
    left = list(answers)

    def handle(_: httpx.Request) -> httpx.Response:
        return left.pop(0) if len(left) > 1 else left[0]

    clock = ManualClock(NOON)
    transport = httpx.MockTransport(handle)
    return Api(of, token=TOKEN, clock=clock, transport=transport, **more), clock


def ok(**headers: str) -> httpx.Response:
    return httpx.Response(200, json={}, headers=named(headers))


def no(status: int, body: Any, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=named(headers))


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
