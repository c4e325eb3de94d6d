"""keepwell scale, on a real Redis with the reference service's stream and a stand-in of Render."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keepwell.cli import main
from keepwell.errors import EXIT_TERMINATED
from keepwell.rehearsal.servers import Redis, start_redis
from keepwell.rehearsal.simulators.base import Fault
from tests.action_commands import parse_pairs
from tests.commands.scale_stage import GROUP, STREAM, Stage, staged
from tests.worlds import err, on_runner, out

SCALE = "POST /services/*/scale"


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with start_redis() as running:
        yield running


@pytest.fixture
def stage(server: Redis, tmp_path: Path) -> Iterator[Stage]:
    with staged(server, tmp_path) as made:
        yield made


def flood(stage: Stage) -> None:
    """Six come a minute for each that one worker with two lanes finishes."""
    stage.come(12)
    stage.take(4)
    stage.finish(2)


def test_it_grows_at_once_to_what_arrives(stage: Stage, tmp_path: Path):
    stage.clock.deeds = [lambda: flood(stage)]
    world = stage.world(runner=on_runner(tmp_path))
    assert stage.run(world) == 0
    assert stage.instances == 4
    outputs = parse_pairs((tmp_path / "output").read_text())
    assert outputs == {"status": "pass", "instances": "4", "reason": "arrivals"}
    assert "ai-worker: 1 -> 4 instances: what arrives keeps 12 lanes busy" in out(world)


def test_late_entries_add_instances(stage: Stage):
    stage.come(9, age_s=40)
    stage.take(3)
    world = stage.world()
    assert stage.run(world) == 0
    assert stage.instances == 2
    assert "the oldest entry waits for 4" in out(world)


def test_an_idle_service_shrinks_by_one_and_then_waits_for_the_cooldown(stage: Stage):
    stage.worker.details["numInstances"] = 4
    assert stage.run(stage.world()) == 0
    assert stage.instances == 3
    world = stage.world()
    assert stage.run(world) == 0
    assert (stage.instances, stage.told) == (3, 1)
    assert "the last change is too recent by 285 s" in out(world)
    stage.clock.sleep(270)
    assert stage.run(stage.world()) == 0
    assert stage.instances == 2


def test_a_deploy_starts_the_cooldown_too(stage: Stage):
    stage.worker.details["numInstances"] = 4
    stage.render.world.add_deploy(stage.worker, commit="a" * 40, trigger="manual")
    assert stage.run(stage.world()) == 0
    assert (stage.instances, stage.told) == (4, 0)


def test_a_dry_run_says_it_and_tells_render_nothing(stage: Stage):
    stage.clock.deeds = [lambda: flood(stage)]
    world = stage.world()
    assert stage.run(world, "--dry-run", "--format", "json") == 0
    report = json.loads(out(world))
    assert report["outputs"] == {"instances": "4", "reason": "arrivals"}
    assert report["conclusion"].startswith("dry run, Render is not told: ai-worker: 1 -> 4")
    assert (stage.instances, stage.told) == (1, 0)


def test_neither_a_sync_nor_a_plan_takes_back_what_the_queue_asked_for(stage: Stage):
    stage.clock.deeds = [lambda: flood(stage)]
    assert stage.run(stage.world()) == 0
    stage.push()
    assert stage.instances == 4
    stage.render.world.service("scaler").details["numInstances"] = 3  # this one is declared
    world = stage.world()
    main(["plan", "--stack", str(stage.stack), "--only", "render"], world=world)
    assert "instances: 3 -> 1" in out(world)
    assert "instances: 4" not in out(world)


def test_autoscaling_at_render_is_refused_with_a_hint(stage: Stage):
    stage.worker.autoscaling = {"enabled": True, "min": 1, "max": 3, "criteria": {}}
    stage.clock.deeds = [lambda: flood(stage)]
    world = stage.world()
    assert stage.run(world) == 1
    assert "Render scales it by itself" in out(world)
    assert "switch its autoscaling off" in out(world)
    assert stage.told == 0


def test_a_suspended_service_is_refused(stage: Stage):
    stage.render.world.suspend("ai-worker")
    stage.clock.deeds = [lambda: flood(stage)]
    world = stage.world()
    assert stage.run(world) == 1
    assert "it is suspended, by: billing" in out(world)
    assert stage.told == 0


@pytest.mark.parametrize(
    ("arguments", "environ", "expected"),
    [
        ((), {"REDIS_URL": ""}, (2, "REDIS_URL is not set")),
        ((), {"REDIS_URL": "webhooks"}, (2, "REDIS_URL is no address of a Redis")),
        ((), {"REDIS_URL": "redis://:hunter22@[::1"}, (2, "REDIS_URL is no address of a Redis")),
        ((), {"REDIS_URL": "redis://:hunter22@127.0.0.1:1"}, (3, "gave no answer")),
        ((), {"RENDER_API_KEY": ""}, (2, "RENDER_API_KEY is not set")),
        ((), {"RENDER_API_KEY": "rnd_wrong"}, (3, "render answered 401")),
        (("--service", "worker"), {}, (2, "'worker' is not among those that scale by a queue")),
        (
            ("--service", "api"),
            {},
            (2, "'api' is not among those that scale by a queue: ai-worker"),
        ),
    ],
)
def test_wrong_input_is_said_and_changes_nothing(
    stage: Stage, arguments: tuple[str, ...], environ: dict[str, str], expected: tuple[int, str]
):
    code, says = expected
    world = stage.world(environ=environ)
    assert stage.run(world, *arguments) == code
    assert stage.told == 0
    assert says in err(world)
    assert "hunter22" not in err(world)


def test_a_wrong_password_could_not_tell(stage: Stage):
    stage.redis.execute_command("ACL", "SETUSER", "scaler", "on", ">right", "~*", "+@all")
    url = stage.environ["REDIS_URL"].replace("://", "://scaler:wr0ngpass@")
    world = stage.world(environ={"REDIS_URL": url})
    assert stage.run(world) == 3
    assert "refused us (AuthenticationError)" in err(world)
    assert "wr0ngpass" not in err(world)
    assert stage.told == 0


def test_a_stream_that_is_not_there_could_not_tell(stage: Stage):
    stage.redis.delete(STREAM)
    world = stage.world()
    assert stage.run(world) == 3
    assert "there is no stream 'webhooks'" in err(world)


def test_a_service_that_render_does_not_have_could_not_tell(stage: Stage):
    stage.worker.name = "another"
    world = stage.world()
    assert stage.run(world) == 3
    assert "there is no service ai-worker at Render" in err(world)


def test_one_of_several_services_must_be_named(stage: Stage):
    text = stage.stack.read_text()
    declared = re.sub(r"\n    scaler:", "\n    other: *worker\n    scaler:", text)
    declared = declared.replace("    ai-worker:\n", "    ai-worker: &worker\n", 1)
    stage.stack.write_text(declared)
    world = stage.world()
    assert stage.run(world) == 2
    assert "services that scale by a queue: ai-worker, other; which one" in err(world)
    assert stage.run(stage.world(), "--service", "ai-worker") == 0


def watch(stage: Stage, *deeds: Callable[[], None]) -> list[str]:
    """What --watch says in rounds between which these things happen."""

    def stop() -> None:
        raise SystemExit(EXIT_TERMINATED)

    stage.clock.deeds = [*deeds, stop]
    world = stage.world()
    with pytest.raises(SystemExit):
        stage.run(world, "--watch")
    assert out(world) == ""
    return err(world).splitlines()


def nothing() -> None:
    """Happens."""


def test_watching_says_what_changes_and_nothing_twice(stage: Stage):
    said = watch(stage, nothing, nothing, lambda: flood(stage), nothing)
    assert [line.partition("  ")[2].partition(": ")[2].partition(":")[0] for line in said] == [
        "1 instance",
        "1 -> 4 instances",
        "4 instances",
    ]
    assert stage.instances == 4


def test_watching_outlives_redis_and_render(stage: Stage):
    script = stage.redis.dump(STREAM)

    def lose() -> None:
        stage.redis.delete(STREAM)

    def restore() -> None:
        stage.redis.restore(STREAM, 0, script)

    def refuse() -> None:
        stage.render.desk.plan_fault(
            Fault(call="GET /services/*/instances", what="status", times=4)
        )

    said = watch(stage, lose, restore, refuse, nothing, lambda: flood(stage))
    assert "nothing is changed: there is no stream 'webhooks'" in said[0]
    assert any("nothing is changed: render answered 503" in line for line in said)
    assert "1 -> 4 instances" in said[-1]
    assert stage.instances == 4


def test_watching_does_not_judge_by_a_look_before_a_fault(stage: Stage):
    """Redis came back empty: what was counted before it is no flow."""

    def anew() -> None:
        stage.come(50)
        stage.redis.delete(STREAM)
        stage.redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)

    said = watch(stage, lambda: stage.come(3), anew, nothing)
    assert "the stream began anew" in said[1]
    assert stage.told == 0


@pytest.mark.slow
def test_watching_stops_at_once_on_sigterm(stage: Stage):
    line = [sys.executable, "-m", "keepwell", "scale", "--watch", "--period", "600"]
    with subprocess.Popen(
        [*line, "--stack", str(stage.stack)],
        env={**os.environ, **stage.environ},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            while len(stage.redis.client_list(_type="normal")) == 1:  # ours
                assert running.poll() is None
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=60) == EXIT_TERMINATED
        finally:
            running.kill()
        assert running.stderr is not None
        assert running.stderr.read() == ""
