"""cron-job.org: jobs made, changed, switched on again, removed; folders, history and refusals."""

from contextlib import closing, suppress
from functools import partial

from keepwell.clients.cronjob import TERMS, CronJob
from keepwell.decisions import desired_cronjob
from keepwell.errors import KeepwellError
from keepwell.rehearsal.simulators.base import Exchange, serve
from keepwell.rehearsal.simulators.cronjob import CronJobSimulator
from tests.contracts.sessions.standing import (
    a_clock,
    api,
    changed,
    converge,
    documents,
    kept,
    lookup,
    refused,
    remove,
)

TOKEN = "a-token"
PREFIX = "keepwell:livestreamsell/"
FOREIGN = {"title": "backup", "url": "https://example.com/backup", "enabled": True}


def session() -> list[Exchange]:
    clock = a_clock()
    stand_in = CronJobSimulator(clock=clock, token=TOKEN)
    stand_in.world.add(FOREIGN)
    desired = desired_cronjob.desired(documents())
    with serve(stand_in.app) as url:
        with closing(
            CronJob(
                api(TERMS, url=url, token=TOKEN, clock=clock),
                clock=clock,
                lookup=lookup,
                prefix=PREFIX,
            )
        ) as client:
            assert converge(client, desired) == []
            stand_in.world.titled(f"{PREFIX}api")["enabled"] = False
            assert converge(client, desired) == []
            assert converge(client, changed(desired, f"{PREFIX}api", requestTimeout=10)) == []
            number = stand_in.world.titled(f"{PREFIX}api")["jobId"]
            stand_in.world.run(number, status=1)
            stand_in.world.run(number, status=4)
            assert len(client.history(str(number))) == 2
            client.create_folder("keepwell")
            assert "keepwell" in client.folders()
            remove(client, desired, key=f"{PREFIX}api")
            with suppress(KeepwellError):
                client.history("1")
            refused(stand_in.desk, 403, 429, 500, call=partial(client.observe, desired))
        with (
            closing(
                CronJob(
                    api(TERMS, url=url, token="wrong", clock=clock),
                    clock=clock,
                    lookup=lookup,
                    prefix=PREFIX,
                )
            ) as stranger,
            suppress(KeepwellError),
        ):
            stranger.observe(desired)
    return kept(stand_in.desk)
