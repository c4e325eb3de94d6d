"""Somebody changes a setting in a dashboard: it is seen, and taken back."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage


def _play(stage: Stage) -> Generator[str]:
    stage.vendors.converge()
    stage.vendors.at.supabase.world.enforces_ssl ^= True
    yield stage.vendors.plan()
    yield stage.vendors.apply()
    yield stage.vendors.plan()


DRIFT = Scenario(
    title="Postgres is let speak without TLS, in Supabase's dashboard",
    expected=("plan: 1 change, exit 1", "apply: holds, exit 0", "plan: no changes, exit 0"),
    play=_play,
)
