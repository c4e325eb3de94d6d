"""What the stand-in for Cloudflare does with a zone, its settings and bots, and with a token."""

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON


@pytest.fixture
def cloudflare():
    return CloudflareSimulator(clock=ManualClock(NOON), limits=True)


@pytest.fixture
def client(cloudflare):
    with asking(cloudflare) as client:
        yield client


@pytest.fixture
def zone(cloudflare) -> str:
    return f"/zones/{cloudflare.world.id}"


def setting(client, zone: str, name: str):
    return client.get(f"{zone}/settings/{name}").json()["result"]


def change(client, zone: str, name: str, value: object) -> int:
    status: int = client.patch(f"{zone}/settings/{name}", json={"value": value}).status_code
    return status


def test_a_zone_is_found_by_its_name(client, zone: str):
    found = client.get("/zones", params={"name": "livestreamsell.example"}).json()
    assert found["result_info"] == {
        "page": 1,
        "per_page": 20,
        "count": 1,
        "total_count": 1,
        "total_pages": 1,
    }
    (row,) = found["result"]
    assert (f"/zones/{row['id']}", row["plan"]["legacy_id"]) == (zone, "free")
    assert client.get(zone).json()["result"] == row
    assert client.get("/zones", params={"name": "other.example"}).json()["result"] == []
    assert client.get("/zones", params={"per_page": "51"}).status_code == 400


def test_another_zone_is_out_of_reach(client):
    assert client.get(f"/zones/{'0' * 32}").status_code == 403
    answer = client.get("/zones/livestreamsell.example")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, 7003)


def test_settings_say_whether_they_can_be_changed(client, zone: str):
    rows = {row["id"]: row for row in client.get(f"{zone}/settings").json()["result"]}
    assert rows["ssl"]["editable"] is True
    fixed = {name for name, row in rows.items() if not row["editable"]}
    assert {"http2", "ipv6", "ciphers", "advanced_ddos"} <= fixed
    assert rows["ssl"] == setting(client, zone, "ssl")


def test_a_setting_is_changed_and_another_plan_may_change_more(cloudflare, client, zone: str):
    assert change(client, zone, "ssl", "strict") == 200
    assert setting(client, zone, "ssl")["value"] == "strict"
    assert change(client, zone, "http2", "off") == 400
    cloudflare.world.set_plan("pro")
    assert change(client, zone, "http2", "off") == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ssl", "origin_pull"),
        ("ssl", "on"),
        ("security_level", "off"),
        ("challenge_ttl", 1801),
        ("advanced_ddos", "off"),
        ("security_header", {"enabled": True}),
        ("security_header", {"strict_transport_security": {"max_age": "1"}}),
        ("no_such_setting", "on"),
    ],
)
def test_what_a_setting_cannot_be_is_refused(client, zone: str, name: str, value: object):
    before = client.get(f"{zone}/settings").json()
    assert change(client, zone, name, value) == 400
    assert client.get(f"{zone}/settings").json() == before


def test_strict_transport_security_is_one_object(client, zone: str):
    value = {"strict_transport_security": {"enabled": True, "max_age": 31536000}}
    assert change(client, zone, "security_header", value) == 200
    assert setting(client, zone, "security_header")["value"] == value


def test_tls_1_3_reads_otherwise_while_0_rtt_is_on(client, zone: str):
    change(client, zone, "tls_1_3", "on")
    change(client, zone, "0rtt", "on")
    assert setting(client, zone, "tls_1_3")["value"] == "zrt"
    change(client, zone, "0rtt", "off")
    assert setting(client, zone, "tls_1_3")["value"] == "on"


def test_a_change_by_hand_is_seen(cloudflare, client, zone: str):
    cloudflare.world.set("security_level", "under_attack")
    row = setting(client, zone, "security_level")
    assert (row["value"], row["modified_on"]) == ("under_attack", "2026-11-24T12:00:00.000000Z")


def test_bots_are_changed_in_part_and_by_plan(cloudflare, client, zone: str):
    path = f"{zone}/bot_management"
    assert client.put(path, json={"fight_mode": True}).json()["result"]["fight_mode"] is True
    client.put(path, json={"ai_bots_protection": "block"})
    assert client.get(path).json()["result"]["fight_mode"] is True
    assert client.put(path, json={"sbfm_verified_bots": "allow"}).status_code == 400
    cloudflare.world.set_plan("pro")
    assert "fight_mode" not in client.get(path).json()["result"]
    assert client.put(path, json={"fight_mode": True}).status_code == 400
    assert client.put(path, json={"sbfm_verified_bots": "allow"}).status_code == 200
    assert client.put(path, json={"sbfm_verified_bots": True}).status_code == 400


def test_a_token_that_is_not_known_is_refused(client, zone: str):
    answer = client.get(zone, headers={"authorization": "Bearer other"})
    assert answer.status_code == 401
    assert answer.json() == {
        "result": None,
        "success": False,
        "errors": [{"code": 10000, "message": "Authentication error"}],
        "messages": [],
    }


def test_a_token_may_lack_a_permission(cloudflare, client, zone: str):
    cloudflare.world.denied.add("bot_management")
    assert client.get(f"{zone}/bot_management").status_code == 403
    assert client.get(zone).status_code == 200


def test_a_token_may_only_read(cloudflare, client, zone: str):
    cloudflare.world.is_read_only = True
    assert change(client, zone, "ssl", "strict") == 403
    path = f"{zone}/rulesets/phases/http_ratelimit/entrypoint"
    trial = client.put(path, params={"dry_run": "true"}, json={"rules": []})
    assert trial.status_code == 403
    assert client.get("/user/tokens/verify").json()["result"]["status"] == "active"


def test_every_answer_counts_down_until_there_are_too_many(client, cloudflare, zone: str):
    headers = client.get(zone).headers
    assert headers["cf-ray"]
    assert headers["ratelimit"] == '"default";r=1199;t=300'
    assert headers["ratelimit-policy"] == '"default";q=1200;w=300'
    for _ in range(1199):
        client.get("/user/tokens/verify")
    answer = client.get(zone)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")
    assert answer.json()["success"] is False
    cloudflare.world.clock.sleep(300)
    assert client.get(zone).status_code == 200


def test_what_is_no_json_is_refused(client, zone: str):
    path = f"{zone}/bot_management"
    assert client.put(path, content=b"{").status_code == 400
    assert client.put(path, content=b"[]").status_code == 400
