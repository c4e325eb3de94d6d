"""keep-alive over real sockets: the real stack file, an edge with TLS, an origin of ours behind it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from keepwell.cli import main
from keepwell.commands.keep_alive import KeepAliveRequest, run
from keepwell.commands.wiring import World
from keepwell.model.probe import NoAnswer
from keepwell.rehearsal.edge import Edge, start_edge
from keepwell.stackfile import load
from keepwell.store.history import History, Row
from tests.action_commands import parse_pairs
from tests.worlds import NOON, err, make_world, on_runner, out

STACK = Path(__file__).parents[2] / "stack.yaml"
HOST = "api.livestreamsell.example"
SITE = "site.livestreamsell.example"
SECRETS = {"HEALTH_TOKEN": "a-health-token", "PROBE_TOKEN": "a-probe-token"}
CLOSED_PORT = 1
NEUTRAL_CLOSED = {"1.1.1.1": f"127.0.0.1:{CLOSED_PORT}", "8.8.8.8": f"127.0.0.1:{CLOSED_PORT}"}


class Health(BaseHTTPRequestHandler):
    """An origin with /health: details for whoever shows the token, 503 when told to fail."""

    def do_GET(self) -> None:
        self.server.heard.append(dict(self.headers.items()))  # type: ignore[attr-defined]
        self.server.meeting.wait(timeout=10)  # type: ignore[attr-defined]
        document: dict[str, Any] = {"status": "fail" if self.server.is_failing else "pass"}  # type: ignore[attr-defined]
        if self.headers.get("authorization") == f"Bearer {SECRETS['HEALTH_TOKEN']}":
            document["checks"] = {
                f"{name}:responseTime": [
                    {"observedValue": value, "observedUnit": "ms", "status": "pass"}
                ]
                for name, value in (("postgres", 1.25), ("redis", 0.5))
            }
        self.send_response(503 if self.server.is_failing else 200)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *args: object) -> None:
        pass


class Origin(ThreadingHTTPServer):
    is_failing = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Health)
        self.heard: list[dict[str, str]] = []
        self.meeting = threading.Barrier(1)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def world() -> World:
    return make_world(environ=SECRETS)


@pytest.fixture
def edge(origin: Origin, world: World) -> Iterator[Edge]:
    tls = load(STACK).stack.cloudflare.tls
    with start_edge(
        tls, hosts=[HOST, SITE], origin_port=origin.server_port, clock=world.clock
    ) as edge:
        yield edge


@pytest.fixture
def asking(edge: Edge, tmp_path: Path) -> dict[str, Any]:
    resolve = {HOST: edge.address, SITE: edge.address, "1.1.1.1": edge.address}
    return {"stack": STACK, "history": tmp_path / "history", "resolve": resolve, "ca": edge.ca_file}


def rows(asking: dict[str, Any]) -> list[Row]:
    day = History(asking["history"]).read(NOON.date())
    assert day.skipped == ()
    return list(day.rows)


def with_two_targets(folder: Path, **keep_alive: Any) -> Path:
    stack = yaml.safe_load(STACK.read_text())
    stack["keep_alive"]["targets"]["site"] = {"url": f"https://{SITE}/", "service": "api"}
    stack["keep_alive"] |= keep_alive
    path = folder / "two.yaml"
    path.write_text(yaml.safe_dump(stack))
    return path


def test_a_target_that_is_up_is_recorded_with_phases_and_components(
    asking: dict[str, Any], world: World
) -> None:
    assert run(KeepAliveRequest(**asking), world=world) == 0
    [row] = rows(asking)
    assert (row.at, row.target, row.state, row.answer) == (NOON, "api", "up", 200)
    assert row.components_ms == {"postgres": 1.25, "redis": 0.5}
    assert row.phases.connect_ms is not None
    assert row.phases.ttfb_ms is not None
    assert row.wake_s is None


def test_the_table_names_target_state_answer_and_components(
    asking: dict[str, Any], world: World
) -> None:
    run(KeepAliveRequest(**asking), world=world)
    line = next(line for line in out(world).splitlines() if line.startswith("api "))
    assert line.split()[:3] == ["api", "up", "200"]
    assert "postgres 1.25 ms, redis 0.5 ms" in line
    assert out(world).splitlines()[-1] == "PASS: 1 target asked and recorded: 1 up"


def test_the_service_hears_the_secrets_and_nobody_else_does(
    asking: dict[str, Any], world: World, origin: Origin
) -> None:
    run(KeepAliveRequest(**asking), world=world)
    [heard] = origin.heard
    assert heard["authorization"] == "Bearer a-health-token"
    assert heard["x-keepwell-probe"] == "a-probe-token"
    recorded = History(asking["history"]).path(NOON.date()).read_text()
    assert "-token" not in out(world) + err(world) + recorded


def test_secrets_that_are_unset_are_told_and_the_target_is_asked_without_them(
    asking: dict[str, Any], origin: Origin
) -> None:
    world = make_world()
    assert run(KeepAliveRequest(**asking), world=world) == 0
    assert "warning: HEALTH_TOKEN is not set, so api is asked without its bearer" in err(world)
    assert "warning: PROBE_TOKEN is not set, so api is asked without its header" in err(world)
    assert rows(asking)[0].state == "up"
    assert rows(asking)[0].components_ms == {}
    assert "authorization" not in origin.heard[0]


def test_down_is_recorded_and_fails_only_when_asked_to(
    asking: dict[str, Any], world: World, origin: Origin
) -> None:
    origin.is_failing = True
    assert run(KeepAliveRequest(**asking), world=world) == 0
    assert run(KeepAliveRequest(**asking, fail_on_down=True), world=world) == 1
    assert [(row.state, row.answer) for row in rows(asking)] == [("down", 503)] * 2
    assert "FAIL: 1 target asked and recorded: 1 down (api)" in out(world)


def test_a_refused_connection_is_down_as_long_as_a_neutral_address_answers(
    asking: dict[str, Any], world: World
) -> None:
    asking["resolve"] = asking["resolve"] | {HOST: f"127.0.0.1:{CLOSED_PORT}"}
    assert run(KeepAliveRequest(**asking, fail_on_down=True), world=world) == 1
    assert [(row.state, row.answer) for row in rows(asking)] == [("down", NoAnswer.REFUSED)]


def test_an_offline_monitor_calls_nobody_down(asking: dict[str, Any], world: World) -> None:
    asking["resolve"] = {HOST: f"127.0.0.1:{CLOSED_PORT}"} | NEUTRAL_CLOSED
    assert run(KeepAliveRequest(**asking, fail_on_down=True), world=world) == 0
    assert [row.state for row in rows(asking)] == ["no-data"]
    assert "the monitor is offline" in out(world)
    assert "UNKNOWN: 1 target asked and recorded: 1 no-data (api)" in out(world)


def test_an_answer_counts_although_no_neutral_address_does(
    asking: dict[str, Any], world: World
) -> None:
    asking["resolve"] = asking["resolve"] | NEUTRAL_CLOSED
    run(KeepAliveRequest(**asking), world=world)
    assert [row.state for row in rows(asking)] == ["up"]


def test_without_neutral_hosts_no_answer_is_down(
    asking: dict[str, Any], world: World, tmp_path: Path
) -> None:
    asking["stack"] = with_two_targets(tmp_path, neutral_hosts=[])
    asking["resolve"] = dict.fromkeys([HOST, SITE], f"127.0.0.1:{CLOSED_PORT}")
    run(KeepAliveRequest(**asking), world=world)
    assert [row.state for row in rows(asking)] == ["down", "down"]


def test_a_service_that_sleeps_is_asked_again_until_it_has_woken(
    asking: dict[str, Any], world: World, edge: Edge
) -> None:
    edge.put_to_sleep(wakes_after_s=25)
    assert run(KeepAliveRequest(**asking, fail_on_down=True), world=world) == 0
    [row] = rows(asking)
    assert (row.state, row.answer, row.wake_s) == ("waking", 200, 30)
    assert "api: 503, may be waking; asked again in 10 s" in err(world)
    assert "api: 503, may be waking; asked again in 20 s" in err(world)
    assert "woke after 30 s; at first: 503" in out(world)

    run(KeepAliveRequest(**asking), world=world)
    assert rows(asking)[-1].state == "up"


def test_a_service_that_does_not_wake_within_its_grace_is_down(
    asking: dict[str, Any], world: World, edge: Edge
) -> None:
    edge.put_to_sleep(wakes_after_s=1000)
    assert run(KeepAliveRequest(**asking, fail_on_down=True), world=world) == 1
    assert [row.state for row in rows(asking)] == ["down"]
    assert "still not awake after 90 s" in out(world)
    assert world.clock.monotonic_s() == 90


def test_a_challenge_of_the_edge_is_neither_up_nor_down(
    asking: dict[str, Any], world: World, edge: Edge
) -> None:
    edge.is_challenging = True
    assert run(KeepAliveRequest(**asking, fail_on_down=True), world=world) == 0
    assert [(row.state, row.answer) for row in rows(asking)] == [("edge-challenged", 403)]


def test_every_target_is_asked_and_the_outputs_say_which_are_down(
    asking: dict[str, Any], tmp_path: Path
) -> None:
    asking["stack"] = with_two_targets(tmp_path)
    asking["resolve"] = asking["resolve"] | {HOST: f"127.0.0.1:{CLOSED_PORT}"}
    world = make_world(environ=SECRETS, runner=on_runner(tmp_path))
    run(KeepAliveRequest(**asking), world=world)
    assert [(row.target, row.state) for row in rows(asking)] == [("api", "down"), ("site", "up")]
    assert parse_pairs((tmp_path / "output").read_text()) == {
        "status": "fail",
        "down": "api",
        "targets": "2",
    }
    assert "2 targets asked and recorded: 1 up, 1 down (api)" in out(world)


def test_targets_are_asked_at_the_same_time(
    asking: dict[str, Any], world: World, origin: Origin, tmp_path: Path
) -> None:
    origin.meeting = threading.Barrier(2)  # nobody is answered before both have asked
    asking["stack"] = with_two_targets(tmp_path)
    run(KeepAliveRequest(**asking), world=world)
    assert [row.state for row in rows(asking)] == ["up", "up"]


def test_the_command_line_passes_every_option_on(
    asking: dict[str, Any], world: World, origin: Origin
) -> None:
    origin.is_failing = True
    resolve = ",".join(f"{host}={address}" for host, address in asking["resolve"].items())
    code = main(
        [
            *("keep-alive", "--stack", str(STACK), "--environment", "production"),
            *("--history", str(asking["history"]), "--resolve", resolve),
            *("--ca", str(asking["ca"]), "--fail-on-down", "--format", "json"),
        ],
        world=world,
    )
    assert code == 1
    assert json.loads(out(world))["outputs"] == {"down": "api", "targets": "1"}
    assert len(rows(asking)) == 1
