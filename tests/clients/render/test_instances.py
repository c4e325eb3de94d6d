"""How many instances a service runs on."""

import math
from datetime import timedelta
from typing import Any

import httpx
import pytest

from keepwell.clients.render.instances import Instances
from keepwell.errors import ApiError, CouldNotTell
from keepwell.model.scaling import Fleet
from tests.clients.render.double import Fault, Workspace, service
from tests.worlds import NOON

ONE = "/services/srv-worker"


def answering(*bodies: Any, status: int = 200) -> list[Fault]:
    def of(body: Any) -> Fault:
        return lambda _: httpx.Response(status, json=body)

    return [of(body) for body in bodies]


def event(type_: str, *, ago_s: float) -> dict[str, Any]:
    at = NOON - timedelta(seconds=ago_s)
    return {"event": {"id": "e", "type": type_, "timestamp": at.isoformat()}, "cursor": "1"}


def workspace(*events: dict[str, Any], running: int = 2, **details: Any) -> Workspace:
    rows = [{"id": f"worker-{n}", "createdAt": "t"} for n in range(running)]
    found = service("worker", "background_worker", **{"numInstances": 2, **details})
    return Workspace(
        services=[found],
        faults={
            f"GET {ONE}/instances": answering(rows, rows),
            f"GET {ONE}/events": answering(list(events), list(events)),
            f"GET {ONE}": answering(found, found),
        },
    )


def of(at: Workspace, name: str = "worker") -> Instances:
    return at.client().instances(name)


def test_what_is_wanted_and_what_runs():
    found = of(workspace(running=1)).fleet(within_s=300)
    assert found == Fleet(wanted=2, running=1, quiet_s=math.inf)


@pytest.mark.parametrize(
    ("types", "quiet_s"),
    [
        (["instance_count_changed"], 100.0),
        (["deploy_started", "deploy_ended"], 100.0),
        (["a_new_type", "deploy_ended"], 200.0),
        (["server_restarted"], math.inf),
    ],
)
def test_it_is_quiet_since_the_last_change_or_deploy(types: list[str], quiet_s: float):
    events = [event(type_, ago_s=100.0 * n) for n, type_ in enumerate(types, start=1)]
    assert of(workspace(*events)).fleet(within_s=300).quiet_s == quiet_s


def test_events_are_asked_for_as_far_back_as_is_needed():
    at = workspace()
    of(at).fleet(within_s=7200)
    (asked,) = [each for each in at.asked if each.url.path.endswith("/events")]
    assert asked.url.params["startTime"] == "2026-11-24T10:00:00+00:00"


def test_autoscaling_is_seen():
    at = workspace(autoscaling={"enabled": True, "min": 1, "max": 3})
    assert of(at).fleet(within_s=300).is_autoscaled
    at = workspace(autoscaling={"enabled": False, "min": 1, "max": 3})
    assert not of(at).fleet(within_s=300).is_autoscaled


def test_who_suspended_it_is_told():
    at = workspace()
    at.services[0] |= {"suspended": "suspended", "suspenders": ["billing"]}
    assert of(at).fleet(within_s=300).suspenders == ("billing",)
    at.services[0]["suspenders"] = []
    at.faults.clear()
    at.faults |= workspace().faults
    assert of(at).fleet(within_s=300).suspenders == ("somebody",)


def test_its_id_is_looked_up_once():
    at = workspace()
    instances = of(at)
    instances.fleet(within_s=300)
    instances.fleet(within_s=300)
    assert at.calls.count("GET /services") == 1
    assert at.calls.count(f"GET {ONE}") == 1


def test_a_number_is_told():
    at = workspace()
    instances = of(at)
    instances.fleet(within_s=300)
    instances.scale_to(5)
    assert at.written == [(f"POST {ONE}/scale", {"numInstances": 5})]


def test_a_service_that_is_not_there_is_named():
    with pytest.raises(CouldNotTell, match="there is no service worcker at Render"):
        of(workspace(), "worcker").fleet(within_s=300)


def test_more_than_nine_a_minute_wait_for_the_next_minute():
    at = workspace()
    instances = of(at)
    instances.fleet(within_s=300)
    for count in range(10):
        instances.scale_to(count + 1)
    assert at.clock.monotonic_s() == 60.0
    assert len(at.written) == 10


def test_a_refusal_is_an_error_of_the_api():
    at = workspace()
    at.faults = {f"GET {ONE}/instances": answering({"message": "no"}, status=403)}
    with pytest.raises(ApiError):
        of(at).fleet(within_s=300)
