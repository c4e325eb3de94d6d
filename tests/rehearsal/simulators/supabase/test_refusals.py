"""What the stand-in for Supabase's Management API refuses, as its description says."""

from typing import Any

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.supabase import SupabaseSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

PROJECT = "/v1/projects/livestreamsellprodaa"
SSL, APPLY = "/ssl-enforcement", "/network-restrictions/apply"


@pytest.fixture
def supabase():
    return SupabaseSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(supabase):
    with asking(supabase) as client:
        yield client


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (f"PUT {SSL}", {}),
        (f"PUT {SSL}", {"requestedConfig": {"database": "on"}}),
        (f"POST {APPLY}", {"dbAllowedCidrs": ["2a00::/48"]}),
        (f"POST {APPLY}", {"dbAllowedCidrsV6": ["10.0.0.0/8"]}),
        (f"POST {APPLY}", {"dbAllowedCidrs": ["10.0.0.1/8"]}),
        ("PATCH /config/auth", {"jwt_exp": 604801}),
        ("PATCH /config/auth", {"jwt_exp": True}),
        ("PATCH /config/auth", {"password_min_length": 5}),
        ("PATCH /config/auth", {"disable_signup": "yes"}),
        ("PATCH /config/auth", {"sms_provider": "pigeon"}),
        ("PATCH /config/auth", [1]),
        ("PATCH /config/database/pooler", {"default_pool_size": 3001}),
        ("PATCH /config/database/pooler", {"pool_mode": "statement"}),
        ("PATCH /postgrest", {"max_rows": "many"}),
        ("POST /secrets", {"name": "A", "value": "1"}),
        ("POST /secrets", [{"name": "A"}]),
        ("POST /secrets", [{"name": "A", "value": "x" * 24577}]),
        ("POST /secrets", [{"name": "A" * 257, "value": "x"}]),
        ("DELETE /secrets", [1]),
        ("PATCH /functions/customer-keys", {"verify_jwt": "no"}),
    ],
)
def test_a_wrong_body_is_refused_and_changes_nothing(supabase, client, call: str, body: Any):
    before = [
        *(dict(each) for each in (supabase.world.auth, supabase.world.cidrs)),
        *(dict(each) for each in (supabase.world.pooler, supabase.world.postgrest)),
    ]
    method, path = call.split()
    answer = client.request(method, f"{PROJECT}{path}", json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    world = supabase.world
    assert before == [world.auth, world.cidrs, world.pooler, world.postgrest]
    assert (world.secrets, world.enforces_ssl) == ({}, False)


def test_what_is_no_json_is_refused(client):
    assert client.patch(f"{PROJECT}/config/auth", content=b"{").status_code == 400


def test_a_size_of_the_pool_may_be_taken_back(client):
    path = f"{PROJECT}/config/database/pooler"
    client.patch(path, json={"default_pool_size": 20})
    assert client.patch(path, json={"default_pool_size": None}).json()["default_pool_size"] is None


def test_no_path_is_redirected_to_another(client):
    assert client.get(f"{PROJECT}/").status_code == 404
    assert client.get(f"{PROJECT}/functions/").status_code == 404
    assert client.put(f"{PROJECT}/restore").json() == {"message": f"Cannot PUT {PROJECT}/restore"}


def test_a_change_of_auth_needs_two_permissions(supabase, client):
    supabase.world.missing = {"project_admin_write", "auth_config_write"}
    refused = client.patch(f"{PROJECT}/config/auth", json={"jwt_exp": 900})
    assert refused.json()["missing_permissions"] == ["auth_config_write", "project_admin_write"]
    assert client.get(PROJECT).status_code == 200


def test_services_are_as_well_as_the_project(supabase, client):
    def health() -> tuple[str, bool]:
        (row,) = client.get(f"{PROJECT}/health", params={"services": "db"}).json()
        return row["status"], row["healthy"]

    assert health() == ("ACTIVE_HEALTHY", True)
    supabase.world.pause()
    assert health() == ("UNHEALTHY", False)
    supabase.world.restore()
    assert health() == ("COMING_UP", False)
    supabase.world.status = "ACTIVE_UNHEALTHY"
    assert health() == ("UNHEALTHY", False)


def test_a_project_paused_while_it_wakes_stays_asleep(supabase, client):
    supabase.world.pause()
    client.post(f"{PROJECT}/restore")
    client.post(f"{PROJECT}/pause")
    supabase.world.clock.sleep(600)
    assert client.get(PROJECT).json()["status"] == "INACTIVE"


def test_one_function_is_read_and_deleted(client):
    path = f"{PROJECT}/functions/customer-keys"
    assert client.get(path).json()["slug"] == "customer-keys"
    assert client.delete(path).status_code == 200
    assert client.get(path).status_code == 404


def test_a_plan_holds_so_many_functions(supabase, client):
    supabase.world.most_functions = 1
    files = {
        "file": ("index.ts", b"Deno.serve(() => new Response('hi'))", "application/typescript"),
        "metadata": (None, '{"entrypoint_path": "index.ts", "name": "Hello"}'),
    }
    path = f"{PROJECT}/functions/deploy"
    assert client.post(path, params={"slug": "hello"}, files=files).status_code == 402
    again = client.post(path, params={"slug": "customer-keys"}, files=files)
    assert (again.status_code, again.json()["name"]) == (201, "Hello")


def test_metadata_that_is_no_json_is_refused(client):
    files = {"file": ("index.ts", b"x"), "metadata": (None, "{")}
    path = f"{PROJECT}/functions/deploy"
    assert client.post(path, params={"slug": "hello"}, files=files).status_code == 400


def test_more_than_120_calls_in_a_minute_wait_for_its_end():
    supabase = SupabaseSimulator(clock=ManualClock(NOON), limits=True)
    with asking(supabase) as client:
        assert {client.get(PROJECT).status_code for _ in range(120)} == {200}
        refused = client.get(PROJECT)
        assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (429, "0")
        supabase.world.clock.sleep(float(refused.headers["x-ratelimit-reset"]))
        assert client.get(PROJECT).status_code == 200
