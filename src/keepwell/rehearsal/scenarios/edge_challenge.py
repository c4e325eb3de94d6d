"""The edge takes the probe for a bot: that says nothing about the service."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    stage.edge.is_challenging = True
    yield stage.keep_alive_until("edge-challenged")
    yield stage.verify(within_s=20)
    stage.edge.is_challenging = False
    yield stage.keep_alive_until("up")


EDGE_CHALLENGE = Scenario(
    title="the edge challenges the probe, then lets it through",
    expected=("keep-alive: edge-challenged", "verify: could-not-tell, exit 3", "keep-alive: up"),
    play=_play,
)
