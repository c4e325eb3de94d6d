"""The queue is gone: the process still serves, but the service is not well."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    stage.redis.kill()
    yield stage.keep_alive_until("down")
    yield stage.verify(within_s=20)
    stage.redis.start()
    yield stage.keep_alive_until("up")


REDIS_KILLED = Scenario(
    title="Redis is killed, and started again",
    expected=("keep-alive: down (redis)", "verify: unhealthy, exit 1 (redis)", "keep-alive: up"),
    play=_play,
)
