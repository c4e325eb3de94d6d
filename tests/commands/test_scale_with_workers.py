"""scale --watch with what it is for: workers of the reference service, as many as Render was told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from examples.livestreamsell.tests.doubles import enqueue, process, values, webhook
from keepwell.clock import SystemClock
from keepwell.rehearsal.servers import Postgres, Redis, start_postgres, start_redis
from tests.commands.scale_stage import Stage, staged

WEBHOOKS = 240
GIVE_UP_S = 120.0

pytestmark = pytest.mark.slow


@pytest.fixture
def redis() -> Iterator[Redis]:
    with start_redis() as server:
        yield server


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture
def stage(redis: Redis, tmp_path: Path) -> Iterator[Stage]:
    with staged(redis, tmp_path) as made:
        yield made


class Workers:
    """Runs what Render would: as many workers as it was told."""

    def __init__(self, running: ExitStack, redis: Redis, postgres: Postgres) -> None:
        self._running = running
        self._redis = redis
        self._postgres = postgres
        self.count = 0

    def become(self, count: int) -> None:
        """Starts those that are missing."""
        while self.count < count:
            self.count += 1
            worker = process(
                self._redis,
                self._postgres,
                RENDER_INSTANCE_ID=f"worker-{self.count}",
                WORKER_LANES="2",
                TENANT_LANES="2",
                LLM_DELAY_S="0.25",
            )
            self._running.enter_context(worker)


def test_a_burst_gets_more_workers_and_every_webhook_its_reply(
    stage: Stage, redis: Redis, postgres: Postgres
) -> None:
    names = coming = [f"m{number}" for number in range(WEBHOOKS)]
    line = [sys.executable, "-m", "keepwell", "scale", "--watch", "--period", "1"]
    environ = {**os.environ, **stage.environ}
    clock = SystemClock()
    with ExitStack() as running:
        workers = Workers(running, redis, postgres)
        workers.become(stage.instances)
        scaler = running.enter_context(
            subprocess.Popen([*line, "--stack", str(stage.stack)], env=environ)
        )
        running.callback(scaler.kill)
        give_up_s = clock.monotonic_s() + GIVE_UP_S
        while stage.redis.xlen("webhooks:replies") < WEBHOOKS:
            assert clock.monotonic_s() < give_up_s
            assert scaler.poll() is None
            batch, coming = coming[:4], coming[4:]
            enqueue(redis, *(webhook(name, tenant=name) for name in batch))
            workers.become(stage.instances)
            clock.sleep(0.2)
        assert stage.instances > 1
    replies = values(redis, "webhooks:replies", "event")
    assert replies == sorted(f"messaging:{name}" for name in names)
