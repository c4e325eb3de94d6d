"""What the stand-in for Cloudflare does with rulesets, as its documentation says."""

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

CUSTOM, RATES, REDIRECTS = (
    "http_request_firewall_custom",
    "http_ratelimit",
    "http_request_dynamic_redirect",
)


@pytest.fixture
def cloudflare():
    return CloudflareSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(cloudflare):
    with asking(cloudflare) as client:
        client.base_url = client.base_url.join(f"/zones/{cloudflare.world.id}")
        yield client


def entry(phase: str) -> str:
    return f"/rulesets/phases/{phase}/entrypoint"


def block(ref: str | None = None, path: str = "/x", **more: object) -> dict[str, object]:
    rule = {"action": "block", "expression": f'http.request.uri.path eq "{path}"', **more}
    return rule if ref is None else {"ref": ref, **rule}


def limit(**more: object) -> dict[str, object]:
    ratelimit = {
        "characteristics": ["cf.colo.id", "ip.src"],
        "period": 10,
        "requests_per_period": 50,
        "mitigation_timeout": 10,
        **more,
    }
    return block("limit", ratelimit=ratelimit)


def skip(**parameters: object) -> dict[str, object]:
    return block("skip") | {"action": "skip", "action_parameters": parameters}


def put(client, rules: list[dict[str, object]], phase: str = CUSTOM, **params: str):
    return client.put(entry(phase), json={"rules": rules}, params=params)


def refs(client) -> list[str]:
    return [rule["ref"] for rule in client.get(entry(CUSTOM)).json()["result"]["rules"]]


def test_a_phase_that_nobody_wrote_to_has_no_entry_point(client):
    answer = client.get(entry(CUSTOM))
    assert answer.status_code == 404
    body = answer.json()
    assert (body["success"], body["result"], len(body["errors"])) == (False, None, 1)
    assert client.get(f"{entry(CUSTOM)}/versions").status_code == 404


def test_a_put_makes_the_entry_point_and_then_replaces_all_rules(client):
    assert put(client, [block("a"), block("b")]).json()["result"]["version"] == "1"
    assert put(client, [block("c")]).json()["result"]["version"] == "2"
    assert refs(client) == ["c"]


def test_a_rule_with_the_same_ref_keeps_its_id_and_rises_only_when_it_changes(client):
    first = put(client, [block("a"), block("b")]).json()["result"]["rules"]
    second = put(client, [block("b"), block("a", "/y")]).json()["result"]["rules"]
    assert [rule["id"] for rule in second] == [first[1]["id"], first[0]["id"]]
    assert [rule["version"] for rule in second] == ["1", "2"]


def test_another_ref_makes_another_rule(client):
    (before,) = put(client, [block("a")]).json()["result"]["rules"]
    (after,) = put(client, [block("b")]).json()["result"]["rules"]
    assert before["id"] != after["id"]


def test_a_rule_without_a_ref_gets_its_id_and_is_another_each_time(client):
    (first,) = put(client, [block()]).json()["result"]["rules"]
    (second,) = put(client, [block()]).json()["result"]["rules"]
    assert first["ref"] == first["id"] != second["id"]
    (third,) = put(client, [second]).json()["result"]["rules"]
    assert third["id"] == second["id"]


def test_what_was_left_out_reads_back_as_the_default(client):
    (rule,) = put(client, [skip(ruleset="current")]).json()["result"]["rules"]
    assert (rule["enabled"], rule["description"], rule["logging"]) == (True, "", {"enabled": True})


def test_every_version_can_be_read_again(client):
    put(client, [block("a")])
    put(client, [block("b")])
    rows = client.get(f"{entry(CUSTOM)}/versions").json()["result"]
    assert [(row["version"], "rules" in row) for row in rows] == [("1", False), ("2", False)]
    old = client.get(f"{entry(CUSTOM)}/versions/1").json()["result"]
    assert [rule["ref"] for rule in old["rules"]] == ["a"]
    assert client.get(f"{entry(CUSTOM)}/versions/3").status_code == 404


def test_a_second_entry_point_cannot_be_made(client):
    body = {"name": "default", "kind": "zone", "phase": CUSTOM, "rules": []}
    assert client.post("/rulesets", json=body).status_code == 200
    answer = client.post("/rulesets", json=body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (400, 20217)
    assert error["source"]["pointer"] == "/kind"


def test_a_ruleset_has_an_id_and_can_be_taken_away(client):
    made = put(client, [block("a")]).json()["result"]
    (row,) = client.get("/rulesets").json()["result"]
    assert row["id"] == made["id"]
    assert client.get(f"/rulesets/{row['id']}").json()["result"] == made
    assert (
        client.put(f"/rulesets/{row['id']}", json={"rules": []}).json()["result"]["version"] == "2"
    )
    assert client.delete(f"/rulesets/{row['id']}").status_code == 204
    assert client.get(entry(CUSTOM)).status_code == 404
    assert client.get(f"/rulesets/{row['id']}").status_code == 404


def test_a_dry_run_judges_and_changes_nothing(client):
    put(client, [block("a")])
    answer = put(client, [block("b")], dry_run="true")
    assert (answer.status_code, answer.json()["result"]) == (200, None)
    assert put(client, [block("b")] * 6, dry_run="true").status_code == 400
    assert put(client, [block("b")], dry_run="yes").status_code == 400
    assert refs(client) == ["a"]


@pytest.mark.parametrize(
    ("phase", "rules", "code", "pointer"),
    [
        (CUSTOM, [block("a"), block("b", "x" * 4096)], 20127, "/rules/1/expression"),
        (CUSTOM, [skip(rulesets=["1"])], 20117, "/rules/0/action_parameters/rulesets"),
        (CUSTOM, [skip(products=["BIC"])], 20117, "/rules/0/action_parameters/products"),
        (CUSTOM, [skip(phases=["ddos_l7"])], 20117, "/rules/0/action_parameters/phases"),
        (CUSTOM, [block(str(n)) for n in range(6)], 20000, "/rules"),
        (RATES, [limit(), limit() | {"ref": "b"}], 20000, "/rules"),
        (REDIRECTS, [block("a")], 20000, "/rules/0/action"),
        (CUSTOM, [block("a"), block("a")], 20000, "/rules/1/ref"),
        (CUSTOM, [block("a", position=1)], 20000, "/rules/0/position"),
        (CUSTOM, [block("a", description="x" * 501)], 20000, "/rules/0/description"),
        (CUSTOM, [block("a", expression='x matches "a"')], 20000, "/rules/0/expression"),
        (CUSTOM, [block("a", expression="(x")], 20000, "/rules/0/expression"),
        (CUSTOM, [block("a", action="log")], 20000, "/rules/0/action"),
        (CUSTOM, [block("a", logging={"enabled": True})], 20000, "/rules/0/logging"),
        (RATES, [block("a")], 20000, "/rules/0/ratelimit"),
        (CUSTOM, [limit()], 20000, "/rules/0/ratelimit"),
        (RATES, [limit(period=60)], 20000, "/rules/0/ratelimit/period"),
        (RATES, [limit(mitigation_timeout=60)], 20000, "/rules/0/ratelimit/mitigation_timeout"),
        (RATES, [limit(characteristics=["ip.src"])], 20000, "/rules/0/ratelimit/characteristics"),
        (RATES, [limit() | {"expression": 'http.host eq "a"'}], 20000, "/rules/0/expression"),
        (
            RATES,
            [limit() | {"action": "managed_challenge"}],
            20000,
            "/rules/0/ratelimit/mitigation_timeout",
        ),
    ],
)
def test_what_a_free_zone_cannot_have_is_refused_at_its_place(
    client, phase, rules, *, code, pointer
):
    answer = put(client, rules, phase)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert (error["code"], error["source"]["pointer"]) == (code, pointer)
    assert client.get(entry(phase)).status_code == 404


def test_ten_redirects_fit_and_blanks_do_not_count(client):
    target = {"from_value": {"target_url": {"value": "https://a.example"}, "status_code": 301}}
    rules = [block(str(n), action="redirect", action_parameters=target) for n in range(11)]
    assert put(client, rules[:10], REDIRECTS).status_code == 200
    assert put(client, rules, REDIRECTS).status_code == 400
    wide = block("wide", expression=f"{' ' * 4096}true")
    assert put(client, [wide]).status_code == 200


def test_a_better_plan_lets_a_zone_have_more(cloudflare, client):
    cloudflare.world.set_plan("business")
    assert put(client, [block(str(n)) for n in range(20)]).status_code == 200
    assert put(client, [block("a", expression='x matches "a"')]).status_code == 200
    assert put(client, [limit(period=60, mitigation_timeout=3600)], RATES).status_code == 200


def test_rules_can_be_changed_by_hand(cloudflare, client):
    put(client, [block("a")])
    cloudflare.world.put_rules(CUSTOM, [*cloudflare.world.rules(CUSTOM), block("by-hand")])
    assert client.get(entry(CUSTOM)).json()["result"]["version"] == "2"
    assert refs(client) == ["a", "by-hand"]


def test_an_entry_point_cannot_be_patched(client):
    refused = client.patch(entry(CUSTOM), json={"rules": []})
    assert (refused.status_code, refused.json()["success"]) == (405, False)
