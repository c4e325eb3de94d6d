"""The database answers from far away: the service works, over its budget of latency."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage

_DELAY_S = 0.03


def _play(stage: Stage) -> Generator[str]:
    stage.line.delay_s = _DELAY_S
    yield stage.keep_alive_until("degraded")
    yield stage.verify(within_s=120)
    stage.line.delay_s = 0.0
    yield stage.keep_alive_until("up")


SLOW_DATABASE = Scenario(
    title="the way to Postgres takes 30 ms more, each way",
    expected=("keep-alive: degraded (postgres)", "verify: pass, exit 0", "keep-alive: up"),
    play=_play,
)
