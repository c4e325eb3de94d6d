"""A deploy has not come through: the old revision serves, well and healthy."""

import secrets
from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    with stage.serving(secrets.token_hex(20)):
        yield stage.keep_alive_until("up")
        yield stage.verify(within_s=20)
    yield stage.verify(within_s=120)


OLD_REVISION = Scenario(
    title="an old revision serves, then the new one",
    expected=("keep-alive: up", "verify: not-rolled-out, exit 3", "verify: pass, exit 0"),
    play=_play,
)
