"""What is declared reaches every vendor, and then nothing is left to do."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    stage.vendors.at.push(stage.stack)
    yield stage.vendors.plan()
    yield stage.vendors.apply()
    yield stage.vendors.plan()


APPLIED = Scenario(
    title="vendors that know nothing of the stack are planned, and applied",
    expected=("plan: changes, exit 1", "apply: holds, exit 0", "plan: no changes, exit 0"),
    play=_play,
)
