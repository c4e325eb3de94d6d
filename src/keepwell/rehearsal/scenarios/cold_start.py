"""The service had gone to sleep: it is woken within its grace, and nobody calls it down."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage

_WAKES_AFTER_S = 25.0


def _play(stage: Stage) -> Generator[str]:
    stage.edge.put_to_sleep(wakes_after_s=_WAKES_AFTER_S)
    yield stage.keep_alive_until("waking")
    yield stage.keep_alive_until("up")


COLD_START = Scenario(
    title="the service sleeps, and takes 25 s to wake",
    expected=("keep-alive: waking", "keep-alive: up"),
    play=_play,
)
