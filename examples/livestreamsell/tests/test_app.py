"""The web service as it is deployed: the image's files, the stack's command, real dependencies."""

import hashlib
import hmac
import json
import shlex
import shutil
import signal
import site
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import yaml

from keepwell.clock import SystemClock
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis
from keepwell.rehearsal.servers.server import free_port

LONG_S = 20.0
ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "examples/livestreamsell/Dockerfile").read_text()
SECRET = "app-secret"


def copy_as_the_image_does(target: Path) -> None:
    """Does each COPY of the Dockerfile; there is no Docker where the tests run."""
    lines = [line.split() for line in DOCKERFILE.splitlines() if line.startswith("COPY")]
    for _, source, destination in lines:
        for found in sorted(ROOT.glob(source)):
            place = target / destination
            if found.is_dir():
                shutil.copytree(found, place)
            else:
                place = place / found.name if destination.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, place)


def image_command() -> list[str]:
    [command] = [line for line in DOCKERFILE.splitlines() if line.startswith("CMD")]
    words: list[str] = json.loads(command.removeprefix("CMD"))
    return words


@pytest.fixture(scope="module")
def dependencies() -> Iterator[tuple[Postgres, Redis]]:
    with start_postgres() as postgres, start_redis() as queue:
        yield postgres, queue


@pytest.fixture
def image(tmp_path: Path) -> Path:
    copy_as_the_image_does(tmp_path)
    return tmp_path


@pytest.fixture
def environment(image: Path, dependencies: tuple[Postgres, Redis]) -> dict[str, str]:
    postgres, queue = dependencies
    return {
        "PYTHONPATH": f"{image}:{image / 'src'}:{site.getsitepackages()[0]}",
        "DATABASE_URL": postgres.dsn,
        "REDIS_URL": queue.url,
        "META_APP_SECRET": SECRET,
        "META_VERIFY_TOKEN": "verify-token",
        "HEALTH_TOKEN": "health-token",
        "RENDER_GIT_COMMIT": "8f2c",
    }


@pytest.fixture
def service(image: Path, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """The image's command on a port of our own, as a process that is asked over loopback."""
    port = free_port()
    program, *options = image_command()
    options[options.index("0.0.0.0")], options[options.index("10000")] = "127.0.0.1", str(port)
    with (
        subprocess.Popen(
            [sys.executable, "-S", "-m", program, *options], cwd=image, env=environment
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=LONG_S) as client,
    ):
        try:
            wait_until_alive(client, process)
            yield client
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=LONG_S)


def wait_until_alive(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    clock = SystemClock()
    give_up_s = clock.monotonic_s() + LONG_S
    while clock.monotonic_s() < give_up_s and process.poll() is None:
        try:
            assert client.get("/livez").status_code == 200
        except httpx.TransportError:
            clock.sleep(0.05)
        else:
            return
    pytest.fail("the service did not start")


def deliver(service: httpx.Client) -> httpx.Response:
    digest = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    return service.post("/webhooks/meta", content=b"{}", headers=headers)


def test_it_is_deeply_healthy_and_names_its_release(service: httpx.Client) -> None:
    answer = service.get("/health", headers={"authorization": "Bearer health-token"})
    assert answer.status_code == 200
    assert answer.json()["releaseId"] == "8f2c"
    assert {name.partition(":")[0] for name in answer.json()["checks"]} == {"postgres", "redis"}


def test_a_signed_webhook_reaches_the_queue(
    service: httpx.Client, dependencies: tuple[Postgres, Redis]
) -> None:
    assert deliver(service).status_code == 200
    with redis.Redis.from_url(dependencies[1].url) as queue:
        entries: Any = queue.xrange("webhooks")
    assert entries[-1][1][b"body"] == b"{}"


def test_health_and_intake_tell_of_a_queue_that_is_gone_and_alive_stays_alive(
    service: httpx.Client, dependencies: tuple[Postgres, Redis]
) -> None:
    dependencies[1].kill()
    try:
        delivered = deliver(service)
        healthy, alive = service.get("/health"), service.get("/livez")
    finally:
        dependencies[1].start()
    assert (delivered.status_code, healthy.status_code, alive.status_code) == (503, 503, 200)


def test_the_image_holds_what_the_worker_needs(image: Path, environment: dict[str, str]) -> None:
    code = "import examples.livestreamsell.worker, keepwell; print(keepwell.__file__)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=image,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(image / "src/keepwell/__init__.py")


def test_the_stack_runs_the_commands_of_the_image() -> None:
    services = yaml.safe_load((ROOT / "stack.yaml").read_text())["render"]["services"]
    assert shlex.split(services["api"]["docker_command"]) == image_command()
    assert f"`{services['ai-worker']['docker_command']}`" in DOCKERFILE


def test_the_worker_knows_how_long_render_lets_it_finish() -> None:
    worker = yaml.safe_load((ROOT / "stack.yaml").read_text())["render"]["services"]["ai-worker"]
    assert float(worker["env"]["SHUTDOWN_DELAY_S"]) == worker["max_shutdown_delay_s"]


def test_the_image_does_not_run_as_root_and_installs_only_what_is_hashed() -> None:
    assert "USER 10001:10001" in DOCKERFILE.splitlines()
    assert "--require-hashes" in DOCKERFILE
