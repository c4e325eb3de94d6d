"""The database takes connections and never answers: what a check of the port would call up."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    stage.postgres.freeze()
    yield stage.keep_alive_until("down")
    yield stage.verify(within_s=60)
    stage.postgres.thaw()
    yield stage.keep_alive_until("up")


POSTGRES_FROZEN = Scenario(
    title="Postgres is frozen (SIGSTOP), and thawed",
    expected=(
        "keep-alive: down (postgres)",
        "verify: unhealthy, exit 1 (postgres)",
        "keep-alive: up",
    ),
    play=_play,
)
