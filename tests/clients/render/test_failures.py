from collections.abc import Callable

import httpx
import pytest

from keepwell.errors import ApiError
from tests.clients.render.double import TOKEN, Workspace, service, settle, wanted

API = wanted("service api", type="web_service")


def answering(status: int, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json={"message": "no"}, headers=headers)


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


def failing(status: int) -> ApiError:
    at = Workspace(services=[service("api")], faults={"GET /services": [answering(status)] * 9})
    with pytest.raises(ApiError) as error:
        at.client().observe([API])
    return error.value


def test_a_wrong_key_is_named_and_not_shown():
    with pytest.raises(ApiError) as error:
        Workspace().client(token="rnd_wrong").observe([API])
    assert "401" in error.value.message
    assert "RENDER_API_KEY" in error.value.hint
    assert "rnd_" not in f"{error.value.message} {error.value.hint}"


def test_a_missing_permission_is_named():
    error = failing(403)
    assert "403 to GET /services" in error.message
    assert error.hint == "RENDER_API_KEY needs a member of the workspace"
    assert TOKEN not in f"{error.message}{error.hint}"


def test_a_missing_permission_to_write_is_named():
    call = "PATCH /services/srv-api"
    at = Workspace(services=[service("api")], faults={call: [answering(403)]})
    with pytest.raises(ApiError, match=f"403 to {call}") as error:
        settle(at.client(), wanted("service api", health_check_path="/healthz"))
    assert error.value.hint == "RENDER_API_KEY needs a developer or an admin of the workspace"


@pytest.mark.parametrize("headers", [{"retry-after": "42"}, {"ratelimit-reset": "42"}])
def test_a_limit_is_waited_out(headers):
    at = Workspace(services=[service("api")], faults={"GET /services": [answering(429, **headers)]})
    assert at.client().observe([API]).resources
    assert at.clock.monotonic_s() >= 42


def test_two_failures_in_a_row_are_survived():
    at = Workspace(services=[service("api")], faults={"GET /key-value": [answering(500)] * 2})
    assert at.client().observe([API]).resources
    assert at.calls.count("GET /key-value") == 3


def test_more_than_that_are_told():
    assert "500" in failing(500).message


def test_a_slow_answer_is_asked_for_again():
    at = Workspace(services=[service("api")], faults={"GET /services/srv-api/env": [silent]})
    assert at.client().observe([API]).resources


def test_services_are_changed_as_often_in_a_minute_as_render_lets():
    at = Workspace(services=[service("api")])
    client = at.client()
    for path in range(11):
        settle(client, wanted("service api", health_check_path=f"/{path}"))
    assert len(at.written) == 11
    assert 50 <= at.clock.monotonic_s() <= 70
