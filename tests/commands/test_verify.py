"""verify over real sockets: an edge with TLS, and an origin that answers as it is told."""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keepwell.cli import main
from keepwell.commands.verify import VerifyRequest, run
from keepwell.commands.wiring import World
from keepwell.errors import UsageError
from keepwell.model.stack.edge import EdgeTls
from keepwell.rehearsal.edge import Edge, start_edge
from keepwell.stackfile import load
from tests.action_commands import parse_pairs
from tests.checks.samples import OTHER_SHA, SHA
from tests.clients.servers import Served, free_port, serving
from tests.worlds import err, make_world, on_runner, out

STACK = Path(__file__).parents[2] / "stack.yaml"
HOST = "api.livestreamsell.example"
URL = f"https://{HOST}/health"
SECRETS = {"HEALTH_TOKEN": "a-health-token", "PROBE_TOKEN": "a-probe-token"}
DETAILS = {
    f"{name}:responseTime": [{"observedValue": 1, "observedUnit": "ms", "status": "pass"}]
    for name in ("postgres", "redis")
}


class Script:
    """Answers one after the other; the last one stays."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any]]] = []

    def will(self, *releases: tuple[str, str]) -> None:
        """Each is a status word and the revision that says it."""
        self.answers = [
            (503 if word == "fail" else 200, {"status": word, "releaseId": sha, "checks": DETAILS})
            for word, sha in releases
        ]

    def __call__(self, connection: socket.socket) -> None:
        code, document = self.answers[0]
        if len(self.answers) > 1:
            self.answers.pop(0)
        body = json.dumps(document).encode()
        head = f"HTTP/1.1 {code} {http.client.responses[code]}\r\ncontent-length: {len(body)}\r\n"
        connection.sendall(head.encode() + b"\r\n" + body)


@pytest.fixture
def script() -> Script:
    script = Script()
    script.will(("pass", SHA))
    return script


@pytest.fixture
def origin(script: Script) -> Iterator[Served]:
    with serving(script) as served:
        yield served


@pytest.fixture
def edge(origin: Served, world: World) -> Iterator[Edge]:
    tls = load(STACK).stack.cloudflare.tls
    with start_edge(tls, hosts=[HOST], origin_port=origin.port, clock=world.clock) as edge:
        yield edge


@pytest.fixture
def world() -> World:
    return make_world(environ=SECRETS)


@pytest.fixture
def asking(edge: Edge) -> dict[str, Any]:
    return {
        "stack": STACK,
        "revision": SHA,
        "resolve": {HOST: edge.address},
        "ca": edge.ca_file,
        "format": "json",
    }


def report(world: World) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(out(world))
    return parsed


def findings(world: World) -> dict[str, str]:
    return {found["rule"]: found["status"] for found in report(world)["verdicts"][0]["findings"]}


def test_three_good_answers_in_a_row_pass(asking: dict[str, Any], world: World) -> None:
    assert run(VerifyRequest(**asking), world=world) == 0
    assert report(world)["outputs"] == {
        "verdict": "pass",
        "released-revision": SHA,
        "attempts": "3",
    }
    assert report(world)["conclusion"] == "passed 3 times in a row (3 asked)"
    assert set(findings(world).values()) == {"pass"}
    assert {"https_redirect", "hsts", "component_latency", "revision"} <= set(findings(world))
    assert world.clock.monotonic_s() == 10


def test_an_old_revision_is_waited_for(
    asking: dict[str, Any], world: World, script: Script
) -> None:
    script.will(("pass", OTHER_SHA), ("pass", OTHER_SHA), ("fail", SHA), ("pass", SHA))
    assert run(VerifyRequest(**asking), world=world) == 0
    assert report(world)["outputs"]["attempts"] == "6"
    assert err(world).splitlines() == [
        f"12:00:00Z  not rolled out: '{OTHER_SHA}' serves, wanted '{SHA}'",
        "12:00:10Z  down: 503, wanted 2xx; status 'fail'",
        f"12:00:15Z  up: {SHA} serves",
    ]


@pytest.mark.parametrize("word", ["pass", "fail"])
def test_a_revision_that_never_comes_is_not_rolled_out_however_the_old_one_is(
    asking: dict[str, Any], world: World, script: Script, word: str
) -> None:
    script.will((word, OTHER_SHA))
    assert run(VerifyRequest(**asking, within_s=20), world=world) == 3
    assert report(world)["outputs"] == {
        "verdict": "not-rolled-out",
        "released-revision": OTHER_SHA,
        "attempts": "5",
    }
    assert report(world)["status"] == "unknown"


def test_a_revision_that_is_ill_at_the_deadline_is_unhealthy(
    asking: dict[str, Any], world: World, script: Script
) -> None:
    script.will(("pass", SHA), ("fail", SHA))
    assert run(VerifyRequest(**asking, within_s=10), world=world) == 1
    assert report(world)["outputs"]["verdict"] == "unhealthy"
    assert "unhealthy: 503, wanted 2xx; status 'fail'" in report(world)["conclusion"]


def test_a_service_that_is_gone_is_unhealthy(asking: dict[str, Any], world: World) -> None:
    asking["resolve"] = {HOST: f"127.0.0.1:{free_port()}"}
    assert run(VerifyRequest(**asking, within_s=1), world=world) == 1
    assert report(world)["outputs"] == {
        "verdict": "unhealthy",
        "released-revision": "",
        "attempts": "1",
    }


def test_a_challenge_of_the_edge_could_not_be_told(
    asking: dict[str, Any], world: World, edge: Edge
) -> None:
    edge.is_challenging = True
    assert run(VerifyRequest(**asking, within_s=1), world=world) == 3
    assert report(world)["outputs"]["verdict"] == "could-not-tell"
    assert report(world)["conclusion"] == "could not tell: cf-mitigated: challenge (1 asked)"


def test_plain_http_that_is_not_redirected_spoils_a_pass(
    asking: dict[str, Any], world: World, origin: Served
) -> None:
    tls = EdgeTls(mode="full", automatic_mode="custom", always_https=False, minimum_version="1.2")
    with start_edge(tls, hosts=[HOST], origin_port=origin.port, clock=world.clock) as lax:
        asking |= {"resolve": {HOST: lax.address}, "ca": lax.ca_file}
        assert run(VerifyRequest(**asking), world=world) == 1
    assert findings(world)["https_redirect"] == "fail"
    assert report(world)["outputs"]["verdict"] == "unhealthy"
    assert "but http: 200 in plain text" in report(world)["conclusion"]
    assert "a-health-token" not in origin.requests[-1]


def test_credentials_are_sent_and_never_shown(
    asking: dict[str, Any], world: World, origin: Served
) -> None:
    run(VerifyRequest(**asking), world=world)
    assert "a-health-token" in origin.requests[0]
    assert "a-probe-token" in origin.requests[0]
    assert "-token" not in out(world) + err(world)


def test_a_url_alone_needs_no_stack_and_sends_none_of_its_headers(
    asking: dict[str, Any], world: World, origin: Served
) -> None:
    asking |= {"stack": Path("does-not-exist.yaml"), "url": f"{URL}?secret=1"}
    assert run(VerifyRequest(**asking, consecutive=1), world=world) == 0
    assert "x-keepwell-probe" not in origin.requests[0].lower()
    assert report(world)["verdicts"][0]["subject"] == f"service {URL}"
    assert "secret=1" not in out(world)


def test_without_a_revision_any_may_answer(asking: dict[str, Any], world: World) -> None:
    asking["revision"] = None
    assert run(VerifyRequest(**asking), world=world) == 0
    assert "revision" not in findings(world)


def test_the_report_ends_with_a_timeline(
    asking: dict[str, Any], world: World, script: Script
) -> None:
    script.will(("pass", OTHER_SHA), ("pass", OTHER_SHA), ("pass", SHA))
    run(VerifyRequest(**{**asking, "format": "text"}), world=world)
    printed = out(world)
    assert f"12:00:00Z    2 x  not rolled out: '{OTHER_SHA}' serves, wanted '{SHA}'" in printed
    assert f"12:00:10Z    3 x  up: {SHA} serves" in printed
    assert "TLS: TLSv1.3, certificate until" in printed
    assert "sha256" in printed
    assert printed.splitlines()[-1] == "PASS: passed 3 times in a row (5 asked)"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://api.example.com/", "does not start with https://"),
        ("https://user:hunter2@api.example.com/", "holds a user name or password"),
        ("https://127.0.0.1/", "127.0.0.1 is not a public address"),
        ("https://[::1]:8443/", "::1 is not a public address"),
    ],
)
def test_a_url_that_must_not_be_asked_is_refused(url: str, message: str) -> None:
    world = make_world()
    with pytest.raises(UsageError, match=message) as caught:
        run(VerifyRequest(url=url), world=world)
    assert "hunter2" not in str(caught.value) + err(world)
    assert world.clock.monotonic_s() == 0


@pytest.mark.parametrize(("bearer", "sent"), [("HEALTH_TOKEN", True), ("OTHER", False)])
def test_a_url_alone_gets_the_token_of_the_named_variable(
    asking: dict[str, Any], world: World, origin: Served, bearer: str, *, sent: bool
) -> None:
    assert run(VerifyRequest(**asking, url=URL, bearer=bearer), world=world) == 0
    assert all(("bearer a-health-token" in request.lower()) is sent for request in origin.requests)
    assert origin.requests


def test_on_a_runner_outputs_and_a_summary_are_written(
    asking: dict[str, Any], tmp_path: Path
) -> None:
    world = make_world(environ=SECRETS, runner=on_runner(tmp_path))
    run(VerifyRequest(**{**asking, "format": None}), world=world)
    assert parse_pairs((tmp_path / "output").read_text()) == {
        "status": "pass",
        "verdict": "pass",
        "released-revision": SHA,
        "attempts": "3",
    }
    assert "timeline" in (tmp_path / "summary.md").read_text()


def test_the_command_line_passes_every_option_on(
    asking: dict[str, Any], world: World, script: Script
) -> None:
    script.will(("pass", OTHER_SHA))
    code = main(
        [
            *("verify", "--url", URL, "--revision", SHA, "--consecutive", "2"),
            *("--within", "9", "--interval", "2", "--stack", "no.yaml", "--environment", "x"),
            *("--resolve", f"{HOST}={asking['resolve'][HOST]}", "--ca", str(asking["ca"])),
            *("--format", "json"),
        ],
        world=world,
    )
    assert code == 3
    assert report(world)["outputs"]["attempts"] == "5"


@pytest.mark.parametrize(
    "arguments",
    [["--consecutive", "0"], ["--within", "0"], ["--interval", "-1"], ["--within", "x"]],
)
def test_limits_that_make_no_sense_are_refused(
    arguments: list[str], world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *arguments], world=world) == 2
    assert arguments[0] in capsys.readouterr().err


def test_an_empty_variable_counts_as_unset(
    asking: dict[str, Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("URL", "REVISION", "CONSECUTIVE", "WITHIN", "INTERVAL", "ENVIRONMENT", "FORMAT"):
        monkeypatch.setenv(f"KEEPWELL_VERIFY_{name}", "")
    monkeypatch.setenv("KEEPWELL_VERIFY_STACK", str(STACK))
    monkeypatch.setenv("KEEPWELL_VERIFY_RESOLVE", f"{HOST}={asking['resolve'][HOST]}")
    monkeypatch.setenv("KEEPWELL_VERIFY_CA", str(asking["ca"]))
    assert main(["verify"], world=world) == 0
    assert out(world).splitlines()[-1] == "PASS: passed 3 times in a row (3 asked)"
