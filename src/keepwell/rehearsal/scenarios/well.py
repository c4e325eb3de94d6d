"""Nothing is wrong: the service is up, and its revision proven."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    yield stage.keep_alive_until("up")
    yield stage.verify(within_s=120)


WELL = Scenario(
    title="all is well",
    expected=("keep-alive: up", "verify: pass, exit 0"),
    play=_play,
)
