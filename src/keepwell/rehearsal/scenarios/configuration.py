"""The configuration is generated from the stack file, and is then what the stack file says."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    yield stage.generate(check=False)
    yield stage.generate(check=True)


CONFIGURATION = Scenario(
    title="the configuration is generated, then compared",
    expected=("generate: exit 0", "check: exit 0"),
    play=_play,
)
