"""What the stand-in for Supabase's Management API does, as its documentation says."""

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.supabase import SupabaseSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

PROJECT = "/v1/projects/livestreamsellprodaa"


@pytest.fixture
def supabase():
    return SupabaseSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(supabase):
    with asking(supabase) as client:
        yield client


def status(client) -> str:
    return str(client.get(PROJECT).json()["status"])


def test_another_project_is_not_found(client):
    assert client.get("/v1/projects/aaaaaaaaaaaaaaaaaaaa").status_code == 404
    assert client.get(f"{PROJECT}/nothing").status_code == 404


def test_a_paused_project_wakes_in_steps(supabase, client):
    supabase.world.pause()
    assert status(client) == "INACTIVE"
    assert client.post(f"{PROJECT}/restore").status_code == 200
    seen = []
    for _ in range(3):
        seen.append(status(client))
        supabase.world.clock.sleep(60)
    assert seen == ["RESTORING", "COMING_UP", "ACTIVE_HEALTHY"]


def test_a_restore_may_end_where_it_began(supabase, client):
    supabase.world.pause()
    supabase.world.bounces = True
    client.post(f"{PROJECT}/restore")
    supabase.world.clock.sleep(120)
    assert status(client) == "INACTIVE"


def test_only_a_paused_project_can_be_restored(client):
    assert client.post(f"{PROJECT}/restore").status_code == 400
    assert client.post(f"{PROJECT}/pause").status_code == 200
    assert client.post(f"{PROJECT}/restore").status_code == 200


@pytest.mark.parametrize("path", ["/config/auth", "/secrets", "/functions", "/ssl-enforcement"])
def test_a_paused_project_answers_no_other_call(supabase, client, path: str):
    supabase.world.pause()
    answer = client.get(f"{PROJECT}{path}")
    assert (answer.status_code, answer.json()["message"].split(",")[0]) == (
        400,
        "Project is INACTIVE",
    )


def test_health_wants_the_services_named(client):
    assert client.get(f"{PROJECT}/health").status_code == 400
    answer = client.get(f"{PROJECT}/health", params={"services": ["auth", "db"]}).json()
    assert [each["name"] for each in answer] == ["auth", "db"]


def test_ssl_is_enforced(client):
    body = {"requestedConfig": {"database": True}}
    assert client.put(f"{PROJECT}/ssl-enforcement", json=body).json()["currentConfig"] == {
        "database": True
    }


def test_applying_restrictions_replaces_all_of_them(supabase, client):
    answer = client.post(
        f"{PROJECT}/network-restrictions/apply", json={"dbAllowedCidrs": ["10.0.0.0/8"]}
    )
    assert answer.status_code == 201
    assert supabase.world.cidrs == {"dbAllowedCidrs": ["10.0.0.0/8"], "dbAllowedCidrsV6": []}


def test_a_plan_without_restrictions_says_so(supabase, client):
    supabase.world.entitled = False
    path = f"{PROJECT}/network-restrictions"
    assert client.get(path).json()["entitlement"] == "disallowed"
    assert client.post(f"{path}/apply", json={"dbAllowedCidrs": []}).status_code == 403


def test_auth_keeps_what_is_not_sent_and_refuses_what_it_does_not_know(client):
    path = f"{PROJECT}/config/auth"
    before = client.get(path).json()
    after = client.patch(path, json={"jwt_exp": 900}).json()
    assert after == {**before, "jwt_exp": 900}
    assert len(after) > 200
    assert client.patch(path, json={"unheard": 1}).status_code == 400


def test_the_pooler_names_its_host(client):
    path = f"{PROJECT}/config/database/pooler"
    client.patch(path, json={"pool_mode": "session"})
    (pooler,) = client.get(path).json()
    assert pooler["pool_mode"] == "session"
    assert pooler["connection_string"].startswith("postgresql://postgres.livestreamsellprodaa:[")


def test_the_data_api_is_configured(client):
    changed = client.patch(f"{PROJECT}/postgrest", json={"max_rows": 100}).json()
    assert changed["max_rows"] == 100


def test_a_function_is_deployed_and_its_check_is_changed(supabase, client):
    files = {
        "file": ("index.ts", b"Deno.serve(() => new Response('hi'))", "application/typescript"),
        "metadata": (None, '{"entrypoint_path": "index.ts", "verify_jwt": false}'),
    }
    made = client.post(f"{PROJECT}/functions/deploy", params={"slug": "hello"}, files=files)
    assert (made.status_code, made.json()["version"], made.json()["verify_jwt"]) == (201, 1, False)
    changed = client.patch(f"{PROJECT}/functions/hello", json={"verify_jwt": True}).json()
    assert (changed["version"], changed["verify_jwt"]) == (2, True)
    assert b"Deno.serve" in supabase.world.functions["hello"].source
    assert client.patch(f"{PROJECT}/functions/none", json={}).status_code == 404
    assert client.post(f"{PROJECT}/functions/deploy", files=files).status_code == 400


def test_secrets_are_shown_by_digest_alone(supabase, client):
    path = f"{PROJECT}/secrets"
    assert client.post(path, json=[{"name": "A", "value": "s3cret"}]).status_code == 201
    (shown,) = client.get(path).json()
    assert shown["name"] == "A"
    assert "s3cret" not in client.get(path).text
    assert client.post(path, json=[{"name": "SUPABASE_X", "value": "1"}]).status_code == 400
    client.request("DELETE", path, json=["A"])
    assert supabase.world.secrets == {}


def test_a_scoped_token_is_told_what_it_lacks(supabase, client):
    supabase.world.missing = {"auth_config_write"}
    assert client.get(f"{PROJECT}/config/auth").status_code == 200
    refused = client.patch(f"{PROJECT}/config/auth", json={"jwt_exp": 900})
    assert refused.status_code == 403
    assert refused.json()["missing_permissions"] == ["auth_config_write"]


def test_every_answer_counts_down(client):
    headers = client.get(PROJECT).headers
    assert [headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == [
        "120",
        "119",
        "60",
    ]
