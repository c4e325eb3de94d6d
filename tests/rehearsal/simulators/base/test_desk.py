"""Faults, limits, tokens and the journal, in front of an application that repeats what it got."""

import threading
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.base import Desk, Fault, Policy
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON


def echo_behind_a_desk(*, limits: bool = False):
    handled: list[str] = []

    async def echo(request: Request) -> JSONResponse:
        handled.append(request.method)
        return JSONResponse({"body": (await request.body()).decode(), "q": request.url.query})

    clock = ManualClock(NOON)
    policy = Policy(
        quotas=((lambda method, _: method == "GET", 3, 60.0),),
        headers=lambda limit, left, reset_s: {"left": f"{left} of {limit}, {reset_s:.0f} s"},
        request_id="answer-number",
    )
    desk = Desk(token="t0ken", clock=clock, limits=limits, policy=policy)
    routes = [Route("/echo/{what}", echo, methods=["GET", "PUT"])]
    app = desk.mount(Starlette(routes=routes))
    return SimpleNamespace(app=app, desk=desk, clock=clock, handled=handled)


def test_what_went_over_the_wire_is_in_the_journal():
    echo = echo_behind_a_desk()
    with asking(echo) as client:
        client.put("/echo/a?b=c", json={"d": 1})
    (exchange,) = echo.desk.journal
    assert (exchange.method, exchange.path, exchange.query) == ("PUT", "/echo/a", "b=c")
    assert exchange.request_body == b'{"d":1}'
    assert exchange.request_headers["content-type"] == "application/json"
    assert exchange.status == 200
    assert exchange.answer_headers["answer-number"] == "sim-000001"
    assert b'"q":"b=c"' in exchange.answer_body


@pytest.mark.parametrize("token", ["Bearer wrong", "", "t0ken"])
def test_nobody_gets_in_without_the_token(token: str):
    echo = echo_behind_a_desk()
    with asking(echo) as client:
        assert client.get("/echo/a", headers={"authorization": token}).status_code == 401
    assert echo.handled == []


@pytest.mark.parametrize(
    ("what", "is_handled", "outcome"),
    [
        ("status", False, 503),
        ("cut-before", False, httpx.RemoteProtocolError),
        ("cut-after", True, httpx.RemoteProtocolError),
        ("timeout", False, httpx.ReadTimeout),
        ("slow", True, 200),
        ("content-type", True, 200),
        ("empty", True, 202),
        ("hook-before", True, 200),
        ("hook-after", True, 200),
    ],
)
def test_each_fault_does_what_it_says(what, is_handled: bool, outcome):  # noqa: FBT001
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(call="GET /echo/*", what=what))
    with asking(echo) as client:
        if isinstance(outcome, int):
            assert client.get("/echo/a").status_code == outcome
        else:
            with pytest.raises(outcome):
                client.get("/echo/a", timeout=0.2)
        assert echo.handled == ["GET"] * is_handled
        assert client.get("/echo/a").status_code == 200


def test_a_spoiled_answer_is_spoiled():
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(what="content-type"))
    echo.desk.plan_fault(Fault(what="empty", nth=2))
    with asking(echo) as client:
        assert client.get("/echo/a").headers["content-type"] == "text/html"
        assert client.get("/echo/a").content == b""


def test_a_timeout_with_a_delay_ends_by_closing():
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(what="timeout", delay_s=0.01))
    with asking(echo) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/echo/a")
    assert [each.status for each in echo.desk.journal] == [0]


def test_a_status_on_demand_has_the_headers_of_every_answer_and_its_own():
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(what="status", status=429, headers={"Retry-After": "7"}))
    with asking(echo) as client:
        headers = client.get("/echo/a").headers
    assert (headers["retry-after"], headers["left"]) == ("7", "2 of 3, 60 s")
    assert headers["answer-number"] == "sim-000001"


def test_faults_count_calls_each_for_itself():
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(what="status", status=500))
    echo.desk.plan_fault(Fault(what="status", status=502, nth=2))
    with asking(echo) as client:
        assert [client.get("/echo/a").status_code for _ in range(3)] == [500, 502, 200]


def test_an_application_that_breaks_down_is_told_at_the_end():
    echo = echo_behind_a_desk()

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    echo.app = echo.desk.mount(broken)
    with (
        pytest.raises(ZeroDivisionError),
        asking(echo) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.get("/echo/a")


def test_an_open_connection_does_not_keep_a_server_from_stopping():
    echo = echo_behind_a_desk()
    echo.desk.latency_s = 60.0
    with asking(echo) as client, pytest.raises(httpx.ReadTimeout):
        client.get("/echo/a", timeout=0.1)
    assert echo.handled == []


@pytest.mark.parametrize(
    ("call", "meets"),
    [
        ("*", True),
        ("GET /echo/*", True),
        ("* /echo/*", True),
        ("GET /**", True),
        ("PUT /echo/*", False),
        ("GET /*", False),
        ("GET /echo/b", False),
    ],
)
def test_a_fault_meets_the_calls_that_match(call: str, meets: bool):  # noqa: FBT001
    assert Fault(call=call, what="status").concerns("GET", "/echo/a") is meets


def test_a_fault_meets_the_nth_call_and_as_many_as_it_says():
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(what="status", nth=2, times=2, status=500))
    with asking(echo) as client:
        assert [client.get("/echo/a").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_fault_that_no_call_has_met_is_told():
    echo = echo_behind_a_desk()
    early, late = Fault(what="status"), Fault(what="status", nth=2)
    never = Fault(what="status", call="GET /never")
    for fault in (early, late, never):
        echo.desk.plan_fault(fault)
    with asking(echo) as client:
        assert echo.desk.unmet() == [early, late, never]
        client.get("/echo/a")
        assert echo.desk.unmet() == [late, never]
        client.get("/echo/a")
        assert echo.desk.unmet() == [never]
    echo.desk.clear_faults()
    assert echo.desk.unmet() == []


def test_cleared_faults_do_not_happen():
    echo = echo_behind_a_desk()
    echo.desk.plan_fault(Fault(what="status"))
    echo.desk.clear_faults()
    with asking(echo) as client:
        assert client.get("/echo/a").status_code == 200


@pytest.mark.parametrize(("what", "seen"), [("hook-before", []), ("hook-after", ["GET"])])
def test_a_hook_runs_before_or_after_the_call_is_handled(what, seen: list[str]):
    echo = echo_behind_a_desk()
    found: list[list[str]] = []
    done = threading.Event()

    def hook() -> None:
        found.append(list(echo.handled))
        done.set()

    echo.desk.plan_fault(Fault(what=what, hook=hook))
    with asking(echo) as client:
        client.get("/echo/a")
    assert done.is_set()
    assert found == [seen]


def test_calls_over_the_limit_are_refused_until_the_window_has_passed():
    echo = echo_behind_a_desk(limits=True)
    with asking(echo) as client:
        answers = [client.get("/echo/a") for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert answers[0].headers["left"] == "2 of 3, 60 s"
        assert answers[3].headers["retry-after"] == "60"
        assert client.put("/echo/a").status_code == 200
        echo.clock.sleep(61)
        assert client.get("/echo/a").status_code == 200


def test_limits_are_told_and_not_enforced_unless_asked_for():
    echo = echo_behind_a_desk()
    with asking(echo) as client:
        answers = [client.get("/echo/a") for _ in range(5)]
    assert {each.status_code for each in answers} == {200}
    assert answers[4].headers["left"] == "0 of 3, 60 s"
