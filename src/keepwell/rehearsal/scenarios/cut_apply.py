"""A connection breaks in the middle of an apply: it says how far it came, and a rerun goes on."""

from collections.abc import Generator

from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.simulators.base import Fault
from keepwell.rehearsal.stage import Stage

_JOBS = "PUT /jobs"


def _play(stage: Stage) -> Generator[str]:
    vendors = stage.vendors
    vendors.converge()
    vendors.at.supabase.world.enforces_ssl ^= True
    vendors.at.cron_job_org.world.jobs.clear()
    desk = vendors.at.cron_job_org.desk
    desk.plan_fault(Fault(call=_JOBS, what="cut-after", times=99))
    yield vendors.apply()
    desk.clear_faults()
    yield vendors.apply()
    yield vendors.plan()


CUT_APPLY = Scenario(
    title="cron-job.org takes a job, and cuts the line before it says so",
    expected=(
        "apply: stopped after 1 of 2 steps, exit 3",
        "apply: holds, exit 0",
        "plan: no changes, exit 0",
    ),
    play=_play,
)
