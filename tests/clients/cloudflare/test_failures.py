"""What goes wrong between here and Cloudflare: tokens, limits, faults, silence."""

import threading

import httpx
import pytest

from keepwell.clients.cloudflare import PHASES
from keepwell.errors import ApiError
from tests.clients.cloudflare.planning import apply_all
from tests.clients.cloudflare.zone_double import (
    CUSTOM,
    LIMITS,
    NAME,
    REDIRECTS,
    ZoneDouble,
    answer,
    bots,
    refusal,
    setting,
    wanted,
)

ZONES = f"GET /zones?name={NAME}"
DESIRED = [wanted(CUSTOM, "keepwell-a"), setting("ssl", "strict"), bots(fight_mode=False)]


def well() -> ZoneDouble:
    row = {"value": "off", "editable": True}
    return ZoneDouble(
        settings={"ssl": dict(row)},
        single_settings={"ssl_automatic_mode": dict(row)},
        bots={"fight_mode": True},
    )


def entrypoint(method: str, phase: str) -> str:
    return f"{method} /zones/Z/rulesets/phases/{phase}/entrypoint"


def test_a_token_that_is_wrong_or_expired_is_named() -> None:
    zone = well()
    zone.script(ZONES, refusal("Invalid API Token", code=1000, status=401))
    with pytest.raises(ApiError, match="401") as caught:
        zone.client().observe(DESIRED)
    assert "CLOUDFLARE_API_TOKEN" in caught.value.hint
    assert "t0ken" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, {"code": 9109, "message": "Invalid access token"}),
        (400, {"code": 6003, "message": "x", "error_chain": [{"code": 6111, "message": "y"}]}),
    ],
    ids=["expired", "cut short"],
)
def test_a_token_that_cloudflare_calls_otherwise_is_named_too(
    status: int, error: dict[str, object]
) -> None:
    zone = well()
    zone.script(ZONES, answer(status, errors=[error]))
    with pytest.raises(ApiError) as caught:
        zone.client().observe(DESIRED)
    assert "CLOUDFLARE_API_TOKEN is wrong or has expired" in caught.value.hint


@pytest.mark.parametrize(
    ("call", "permission"),
    [
        (ZONES, "Zone: Read"),
        (entrypoint("GET", CUSTOM), "Zone WAF: Read"),
        (entrypoint("GET", LIMITS), "Zone WAF: Read"),
        (entrypoint("GET", REDIRECTS), "Single Redirect: Read"),
        ("GET /zones/Z/settings", "Zone Settings: Read"),
        ("GET /zones/Z/settings/ssl_automatic_mode", "SSL and Certificates: Read"),
        ("GET /zones/Z/bot_management", "Bot Management: Read"),
        (entrypoint("PUT", CUSTOM), "Zone WAF: Edit"),
        (entrypoint("PUT", REDIRECTS), "Single Redirect: Edit"),
        ("PATCH /zones/Z/settings/ssl", "Zone Settings: Edit"),
        ("PATCH /zones/Z/settings/ssl_automatic_mode", "SSL and Certificates: Edit"),
        ("PUT /zones/Z/bot_management", "Bot Management: Edit"),
    ],
)
def test_a_permission_that_is_missing_is_named(call: str, permission: str) -> None:
    zone = well()
    zone.script(call, refusal("Authentication error", code=10000, status=403))
    redirect = wanted(REDIRECTS, "keepwell-r")
    desired = [*DESIRED, redirect, setting("ssl_automatic_mode", "custom")]
    with pytest.raises(ApiError, match="403") as caught:
        apply_all(zone.client(), desired)
    assert permission in caught.value.hint


def test_too_many_requests_wait_as_long_as_cloudflare_says() -> None:
    zone = well()
    zone.script(ZONES, httpx.Response(429, headers={"retry-after": "300"}, json={"success": False}))
    began_s = zone.clock.monotonic_s()
    assert len(zone.client().observe(DESIRED).resources) == 2
    assert zone.clock.monotonic_s() - began_s >= 300


def test_two_faults_of_cloudflares_are_survived_on_the_way_in_and_out() -> None:
    zone = well()
    for call in (
        ZONES,
        entrypoint("GET", CUSTOM),
        entrypoint("PUT", CUSTOM),
        "PATCH /zones/Z/settings/ssl",
    ):
        zone.script(call, answer(500), answer(500))
    assert apply_all(zone.client(), DESIRED) == []


def test_faults_that_do_not_end_are_told_with_the_call() -> None:
    zone = well()
    zone.script(ZONES, *[answer(503)] * 20)
    with pytest.raises(ApiError, match="cloudflare answered 503 to GET /zones"):
        zone.client().observe(DESIRED)


def test_silence_is_told_with_the_call() -> None:
    zone = well()

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("timed out", request=request)

    zone.script(entrypoint("GET", CUSTOM), *[silent] * 20)
    with pytest.raises(ApiError, match="cloudflare"):
        zone.client().observe(DESIRED)


def test_a_page_instead_of_an_answer_is_told() -> None:
    zone = well()
    zone.script("GET /zones/Z/settings", httpx.Response(200, html="<p>Sorry</p>"))
    with pytest.raises(ApiError):
        zone.client().observe(DESIRED)


def test_the_second_round_trip_asks_everything_at_once() -> None:
    zone = well()
    second = ["GET /zones/Z/settings", "GET /zones/Z/bot_management"]
    second += [entrypoint("GET", phase) for phase in PHASES]
    meeting = threading.Barrier(len(second))

    def met(request: httpx.Request) -> httpx.Response:
        meeting.wait(timeout=10)
        return zone.answer(request)

    for call in second:
        zone.script(call, met)
    zone.client().observe([*DESIRED, setting("ssl_automatic_mode", "custom")])
    calls = list(dict.fromkeys(call for call, _ in zone.journal))
    assert set(calls) == {ZONES, *second, "GET /zones/Z/settings/ssl_automatic_mode"}
    assert calls[0] == ZONES
