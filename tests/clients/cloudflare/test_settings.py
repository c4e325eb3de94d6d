from typing import Any

import pytest

from keepwell.errors import ApiError
from keepwell.model.verdict import Status
from tests.clients.cloudflare.planning import apply_all, batches, changes_in
from tests.clients.cloudflare.zone_double import ZoneDouble, answer, bots, refusal, setting

HSTS = {"strict_transport_security": {"enabled": True, "max_age": 31536000}}
HSTS_THERE = {"strict_transport_security": {"enabled": False, "max_age": 0, "nosniff": True}}
SSL = setting("ssl", "strict")
LIST = "GET /zones/Z/settings"


def there(value: Any, *, editable: bool = True) -> dict[str, Any]:
    return {"value": value, "editable": editable, "modified_on": None}


def test_all_settings_are_read_by_one_call() -> None:
    zone = ZoneDouble(settings={"ssl": there("full"), "brotli": there("on"), "other": there("x")})
    seen = zone.client().observe([SSL, setting("brotli", "on")])
    assert [(each.key, each.fields) for each in seen.resources] == [
        ("ssl", {"value": "full"}),
        ("brotli", {"value": "on"}),
        ("other", {"value": "x"}),
    ]
    assert not any(each.is_ours for each in seen.resources)
    assert [call for call, _ in zone.journal if "settings" in call] == [LIST]


def test_no_setting_is_asked_for_where_none_is_desired() -> None:
    zone = ZoneDouble(settings={"ssl": there("full")})
    zone.client().observe([])
    assert [call for call, _ in zone.journal if "settings" in call or "bot" in call] == []


@pytest.mark.parametrize("status", [404, 405])
def test_settings_are_asked_one_by_one_where_there_is_no_list(status: int) -> None:
    zone = ZoneDouble(settings={"ssl": there("strict"), "brotli": there("off")})
    zone.script(LIST, refusal("no route", status=status))
    desired = [SSL, setting("brotli", "on")]
    (change,) = changes_in(desired, zone.client().observe(desired))
    assert change.address == "cloudflare setting brotli"


def test_a_setting_that_the_list_lacks_is_asked_for_alone() -> None:
    mode = setting("ssl_automatic_mode", "custom")
    zone = ZoneDouble(
        settings={"ssl": there("strict")}, single_settings={"ssl_automatic_mode": there("auto")}
    )
    (change,) = changes_in([SSL, mode], zone.client().observe([SSL, mode]))
    assert change.before == {"value": "auto"}
    assert [call for call, _ in zone.journal if "settings" in call] == [
        LIST,
        f"{LIST}/ssl_automatic_mode",
    ]


def test_what_cannot_be_set_is_told_and_not_fought() -> None:
    zone = ZoneDouble(settings={"http2": there("on", editable=False), "ssl": there("strict")})
    desired = [setting("http2", "off"), setting("no_such", "on"), SSL]
    seen = zone.client().observe(desired)
    assert seen.fixed == {
        "cloudflare setting http2": "not available on the plan free",
        "cloudflare setting no_such": "the zone has no such setting",
    }
    assert changes_in(desired, seen) == []


@pytest.mark.parametrize(
    ("name", "wanted", "actual", "differs"),
    [
        ("tls_1_3", "on", "zrt", False),
        ("tls_1_3", "zrt", "on", False),
        ("tls_1_3", "off", "zrt", True),
        ("tls_1_3", "on", "off", True),
        ("0rtt", "on", "zrt", True),
        ("ciphers", ["B", "A"], ["A", "B"], False),
        ("challenge_ttl", 1800, 300, True),
        ("security_header", HSTS, {**HSTS_THERE, **HSTS}, False),
        ("security_header", HSTS, HSTS_THERE, True),
        ("security_header", HSTS, {"strict_transport_security": {**HSTS["strict_transport_security"], "preload": False}}, False),
    ],
)  # fmt: skip
def test_what_counts_as_different(name: str, wanted: Any, actual: Any, differs: bool) -> None:  # noqa: FBT001
    zone = ZoneDouble(settings={name: there(actual)})
    desired = [setting(name, wanted)]
    assert bool(changes_in(desired, zone.client().observe(desired))) is differs


def test_a_setting_is_sent_as_a_value() -> None:
    zone = ZoneDouble(settings={"ssl": there("full")})
    assert apply_all(zone.client(), [SSL]) == []
    assert zone.sent("PATCH") == [("PATCH /zones/Z/settings/ssl", {"value": "strict"})]


def test_an_object_is_sent_whole_with_what_stood_there() -> None:
    zone = ZoneDouble(settings={"security_header": there(HSTS_THERE)})
    assert apply_all(zone.client(), [setting("security_header", HSTS)]) == []
    whole = {"enabled": True, "max_age": 31536000, "nosniff": True}
    ((_, body),) = zone.sent("PATCH")
    assert body == {"value": {"strict_transport_security": whole}}


@pytest.mark.parametrize("status", [200, 400])
def test_a_refused_value_is_an_error_whatever_its_status(status: int) -> None:
    zone = ZoneDouble(settings={"ssl": there("full")})
    client = zone.client()
    (batch,) = batches(client, [SSL])
    zone.script("PATCH /zones/Z/settings/ssl", refusal("Invalid value", code=1007, status=status))
    with pytest.raises(ApiError, match=r"the setting ssl: Invalid value \(code 1007\)"):
        client.apply(batch)


FREE = {
    "fight_mode": True,
    "enable_js": True,
    "ai_bots_protection": "block",
    "using_latest_model": True,
}
SUPER = {
    "enable_js": True,
    "sbfm_verified_bots": "allow",
    "stale_zone_configuration": {"fight_mode": True},
}


def test_only_the_keys_that_differ_are_sent() -> None:
    zone = ZoneDouble(bots=dict(FREE))
    desired = [bots(fight_mode=False, enable_js=True, ai_bots_protection="block")]
    assert apply_all(zone.client(), desired) == []
    assert zone.sent("PUT") == [("PUT /zones/Z/bot_management", {"fight_mode": False})]


def test_a_key_that_the_plan_does_not_have_is_told_and_never_sent() -> None:
    zone = ZoneDouble(plan="pro", bots=dict(SUPER))
    desired = [bots(fight_mode=False, enable_js=False)]
    (finding,) = zone.client().observe(desired).findings
    assert finding.status is Status.WARN
    assert finding.message == "bot management of the plan pro has no fight_mode: left alone"
    assert apply_all(zone.client(), desired) == []
    assert zone.sent("PUT") == [("PUT /zones/Z/bot_management", {"enable_js": False})]


@pytest.mark.parametrize("status", [200, 400])
def test_a_refused_key_is_an_error_whatever_its_status(status: int) -> None:
    zone = ZoneDouble(bots=dict(FREE))
    client = zone.client()
    (batch,) = batches(client, [bots(fight_mode=False)])
    zone.script("PUT /zones/Z/bot_management", refusal("not entitled", status=status))
    with pytest.raises(ApiError, match="the keys of bot management: not entitled"):
        client.apply(batch)


def test_an_answer_that_says_no_with_status_200_is_an_error() -> None:
    zone = ZoneDouble()
    zone.script(LIST, answer(success=False, errors=[{"code": 9109, "message": "Invalid token"}]))
    with pytest.raises(ApiError, match=r"Invalid token \(code 9109\)"):
        zone.client().observe([SSL])
