"""The client of Supabase, over a double of its transport."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from keepwell.clients.base import Api, CallError
from keepwell.clients.supabase import TERMS, Supabase
from keepwell.clock import ManualClock
from keepwell.errors import ApiError, CouldNotTell, Refused, UsageError
from keepwell.model.plan import Action, Batch
from keepwell.model.resource import Observation, Resource
from keepwell.model.verdict import Status
from tests.decisions.changes import change, resource
from tests.worlds import NOON

PROJECT = "aaaabbbbccccddddeeee"
AT = f"/v1/projects/{PROJECT}"
ANSWERS: dict[str, Any] = {
    "GET ": {"status": "ACTIVE_HEALTHY", "region": "us-east-1"},
    "GET /ssl-enforcement": {"currentConfig": {"database": True}, "appliedSuccessfully": True},
    "GET /network-restrictions": {
        "entitlement": "allowed",
        "config": {"dbAllowedCidrs": ["10.0.0.0/8", "1.0.0.0/8"], "dbAllowedCidrsV6": []},
        "status": "applied",
    },
    "GET /config/auth": {"jwt_exp": 3600, "smtp_pass": "s3cret", "site_url": "https://a"},
    "GET /config/database/pooler": [
        {"database_type": "READ_REPLICA", "pool_mode": "transaction"},
        {"database_type": "PRIMARY", "pool_mode": "session"},
    ],
    "GET /functions": [{"slug": "keys", "verify_jwt": True, "status": "ACTIVE"}],
    "GET /health": [{"name": "auth", "healthy": True, "status": "ACTIVE_HEALTHY"}],
    "GET /secrets": [{"name": "A", "value": "digest"}, {"name": "B", "value": "digest"}],
}
DESIRED = [
    resource(f"supabase project {PROJECT}", status="ACTIVE_HEALTHY", region="us-east-1"),
    resource("supabase auth config", jwt_exp=900),
    resource("supabase pooler config", pool_mode="session"),
    resource("supabase edge-secret A", value="secret://A"),
]


class Project:
    """A client, the clock it waits on, and what it sent."""

    def __init__(self, answers: Mapping[str, Any] = ANSWERS, *, folder: Path | None = None) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.answers = {**ANSWERS, **answers}
        self.clock = ManualClock(NOON)
        api = Api(
            TERMS, token="sbp_x", clock=self.clock, transport=httpx.MockTransport(self._handle)
        )
        values = {"A": "value-of-a"}
        self.client = Supabase(
            api, clock=self.clock, lookup=values.get, project=PROJECT, folder=folder
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix(AT)}"
        self.sent.append((call, request.content))
        answer = self.answers.get(call, {})
        if isinstance(answer, list) and answer and isinstance(answer[0], httpx.Response):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def observe(self) -> Observation:
        return self.client.observe(DESIRED)

    def apply(self, made: Any) -> None:
        self.client.apply(Batch(vendor="supabase", kind=made.resource.kind, changes=[made]))

    def body(self, call: str) -> Any:
        return json.loads(dict(self.sent)[call])


def found(seen: Observation) -> dict[str, Resource]:
    return {each.address.removeprefix("supabase "): each for each in seen.resources}


def test_everything_is_asked_at_once_after_the_project():
    project = Project()
    seen = project.observe()
    assert project.sent[0][0] == "GET "
    assert len(project.sent) == seen.calls == 8
    assert seen.taken_at == NOON


def test_what_the_project_has():
    seen = found(project_seen := Project().observe())
    assert seen["ssl-enforcement database"].fields == {"enabled": True}
    assert seen["network-restrictions database"].fields == {
        "cidrs": ["1.0.0.0/8", "10.0.0.0/8"],
        "cidrs_v6": [],
    }
    assert seen["pooler config"].fields == {"pool_mode": "session"}
    assert seen["function keys"].fields == {"verify_jwt": True}
    assert not project_seen.fixed
    assert not project_seen.findings


def test_the_data_api_is_asked_for_where_it_is_desired_and_its_secret_is_dropped():
    answer = {
        "db_schema": "public, api",
        "db_extra_search_path": "public",
        "max_rows": 1000,
        "db_pool": None,
        "jwt_secret": "s3cret",
    }
    project = Project({"GET /postgrest": answer})
    seen = project.client.observe([*DESIRED, resource("supabase postgrest config", max_rows=1)])
    assert found(seen)["postgrest config"].fields == {
        "db_schema": "public,api",
        "db_extra_search_path": "public",
        "max_rows": 1000,
    }
    assert "s3cret" not in repr(seen)


def test_of_auth_only_what_is_desired_is_kept():
    seen = Project().observe()
    assert found(seen)["auth config"].fields == {"jwt_exp": 3600}
    assert "s3cret" not in repr(seen)


def test_a_secrets_digest_proves_nothing_so_it_is_there_and_not_compared():
    seen = Project().observe()
    assert found(seen)["edge-secret A"].fields == {"value": "secret://A"}
    assert found(seen)["edge-secret B"].fields == {"value": "secret://B"}
    assert list(seen.uncompared) == ["A"]
    assert not any(each.is_ours for each in seen.resources)


@pytest.mark.parametrize(
    ("status", "level"),
    [("INACTIVE", Status.WARN), ("COMING_UP", Status.UNKNOWN), ("NEW", Status.UNKNOWN)],
)
def test_a_project_that_sleeps_is_asked_nothing_else(status: str, level: Status):
    project = Project({"GET ": {"status": status, "region": "us-east-1"}})
    seen = project.observe()
    assert len(project.sent) == 1
    assert [each.status for each in seen.findings] == [level]
    assert set(seen.fixed) == {each.address for each in DESIRED[1:]}


def test_a_service_that_is_not_well_is_told():
    rows = [{"name": "auth", "status": "UNHEALTHY", "error": "timeout"}, {"name": "db"}]
    seen = Project({"GET /health": rows}).observe()
    assert [each.message for each in seen.findings] == [
        "auth is UNHEALTHY",
        "db is in an unknown state",
    ]


def test_a_project_elsewhere_stays_there():
    seen = Project({"GET ": {"status": "ACTIVE_HEALTHY", "region": "eu-west-1"}}).observe()
    assert list(seen.fixed) == [f"supabase project {PROJECT}"]


def test_restrictions_that_the_plan_lacks_are_fixed():
    networks = {**ANSWERS["GET /network-restrictions"], "entitlement": "disallowed"}
    seen = Project({"GET /network-restrictions": networks}).observe()
    assert list(seen.fixed) == ["supabase network-restrictions database"]


def test_a_paused_project_is_woken_and_waited_for():
    statuses = [
        httpx.Response(200, json={"status": status})
        for status in ("INACTIVE", "RESTORING", "COMING_UP", "ACTIVE_HEALTHY")
    ]
    project = Project({"GET ": statuses})
    project.apply(change(f"supabase project {PROJECT}", status="ACTIVE_HEALTHY"))
    assert [call for call, _ in project.sent].count("POST /restore") == 1
    assert project.clock.monotonic_s() == 20


def test_a_project_that_wakes_already_is_only_waited_for():
    statuses = [
        httpx.Response(200, json={"status": status}) for status in ("COMING_UP", "ACTIVE_HEALTHY")
    ]
    project = Project({"GET ": statuses})
    project.apply(change(f"supabase project {PROJECT}", status="ACTIVE_HEALTHY"))
    assert "POST /restore" not in dict(project.sent)


def test_a_restore_that_ends_where_it_began_is_given_up_in_time():
    project = Project({"GET ": {"status": "INACTIVE"}})
    with pytest.raises(CouldNotTell, match="is INACTIVE after 15 minutes"):
        project.apply(change(f"supabase project {PROJECT}", status="ACTIVE_HEALTHY"))


@pytest.mark.parametrize(
    ("made", "call", "body"),
    [
        (
            change("supabase ssl-enforcement database", enabled=True),
            "PUT /ssl-enforcement",
            {"requestedConfig": {"database": True}},
        ),
        (change("supabase auth config", jwt_exp=900), "PATCH /config/auth", {"jwt_exp": 900}),
        (
            change("supabase pooler config", pool_mode="session"),
            "PATCH /config/database/pooler",
            {"pool_mode": "session"},
        ),
        (change("supabase postgrest config", max_rows=1), "PATCH /postgrest", {"max_rows": 1}),
        (
            change("supabase edge-secret A", Action.CREATE, value="secret://A"),
            "POST /secrets",
            [{"name": "A", "value": "value-of-a"}],
        ),
        (
            change("supabase function keys", verify_jwt=False),
            "PATCH /functions/keys",
            {"verify_jwt": False},
        ),
        (
            change("supabase network-restrictions database", cidrs=["1.0.0.0/8"], cidrs_v6=[]),
            "POST /network-restrictions/apply",
            {"dbAllowedCidrs": ["1.0.0.0/8"], "dbAllowedCidrsV6": []},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_is_one_call(made: Any, call: str, body: Any):
    project = Project()
    project.apply(made)
    assert [sent for sent, _ in project.sent] == [call]
    assert project.body(call) == body


def test_a_secret_that_is_not_at_hand_is_named_and_nothing_is_sent():
    project = Project()
    with pytest.raises(UsageError, match="variable Z"):
        project.apply(change("supabase edge-secret Z", Action.CREATE, value="secret://Z"))
    assert project.sent == []


def test_a_missing_function_is_deployed_from_its_source(tmp_path: Path):
    (tmp_path / "functions" / "keys").mkdir(parents=True)
    (tmp_path / "functions" / "keys" / "index.ts").write_text("Deno.serve()")
    project = Project(folder=tmp_path)
    project.apply(change("supabase function keys", Action.CREATE, verify_jwt=True))
    ((call, body),) = project.sent
    assert call == "POST /functions/deploy"
    assert b"Deno.serve()" in body
    assert b'"verify_jwt": true' in body


def test_a_missing_function_without_a_source_is_refused(tmp_path: Path):
    project = Project(folder=tmp_path)
    with pytest.raises(Refused, match=r"functions/keys/index\.ts cannot be read"):
        project.apply(change("supabase function keys", Action.CREATE, verify_jwt=True))
    assert project.sent == []


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (httpx.Response(401, json={"message": "no"}), "SUPABASE_ACCESS_TOKEN is wrong"),
        (httpx.Response(403, json={"message": "no"}), "auth_config_write"),
        (httpx.Response(403, json={"missing_permissions": ["x_y"]}), "needs x_y"),
    ],
)
def test_a_refusal_says_what_the_token_needs(answer: httpx.Response, hint: str):
    project = Project({"PATCH /config/auth": answer})
    with pytest.raises(CallError) as caught:
        project.apply(change("supabase auth config", jwt_exp=900))
    assert hint in caught.value.hint
    assert "sbp_x" not in f"{caught.value}{caught.value.hint}"


def test_a_limit_is_waited_for_as_long_as_it_says():
    limited = httpx.Response(429, headers={"x-ratelimit-reset": "40"}, json={})
    project = Project({"PATCH /config/auth": [limited, httpx.Response(200, json={})]})
    project.apply(change("supabase auth config", jwt_exp=900))
    assert project.clock.monotonic_s() == 40


def test_a_fault_that_passes_is_no_fault_and_one_that_stays_is():
    down = httpx.Response(500)
    project = Project({"GET /secrets": [down, down, httpx.Response(200, json=[])]})
    assert "edge-secret A" not in found(project.observe())
    with pytest.raises(ApiError, match="supabase answered 500 to GET"):
        Project({"GET /secrets": down}).observe()
