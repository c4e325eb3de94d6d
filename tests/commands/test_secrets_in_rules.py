"""keepwell secrets check where a secret is a part: in Cloudflare's rules and cron-job.org's jobs."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from keepwell.cli import main
from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.base import serve
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from keepwell.rehearsal.simulators.cronjob import CronJobSimulator
from tests.worlds import NOON, err, make_world, out

STACK = str(Path(__file__).parents[2] / "stack.yaml")
SOME = ("--stack", STACK, "--only", "cloudflare,cron-job-org")


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """The stand-ins of both vendors, with what apply brings them."""
    clock = ManualClock(NOON)
    cloudflare, cronjob = CloudflareSimulator(clock=clock), CronJobSimulator(clock=clock)
    with ExitStack() as served:
        yield {
            "CLOUDFLARE_API_TOKEN": cloudflare.desk.token,
            "KEEPWELL_CLOUDFLARE_URL": served.enter_context(serve(cloudflare.app)),
            "CRON_JOB_ORG_API_KEY": cronjob.desk.token,
            "KEEPWELL_CRON_JOB_ORG_URL": served.enter_context(serve(cronjob.app)),
        }


def run(environ: dict[str, str], *arguments: str, **values: str) -> tuple[int, str]:
    """Runs a command with these values of secrets, of which none may be told."""
    world = make_world(environ={**environ, **values})
    code = main([*arguments, *SOME], world=world)
    said = out(world) + err(world)
    assert not [value for value in values.values() if value in said]
    return code, said


def test_parts_of_rules_and_jobs_are_places_too(environ: dict[str, str], tmp_path: Path):
    code, said = run(environ, "secrets", "check", PROBE_TOKEN="a-probe-token")
    assert code == 1
    assert "UNKNOWN" not in said
    assert "places: 2 missing" in said
    journal = ("--journal", str(tmp_path))
    values = {"PROBE_TOKEN": "a-probe-token", "HEALTH_TOKEN": "a-health-token"}
    code, said = run(environ, "apply", "--yes", "--allow-large", *journal, **values)
    assert code == 0, said
    code, said = run(environ, "secrets", "check", **values)
    assert code == 0, said
    code, said = run(environ, "secrets", "check", PROBE_TOKEN="another-token")
    assert code == 1
    assert "PROBE_TOKEN is another value at cloudflare rule" in said
    assert "PROBE_TOKEN is another value at cron-job-org job" in said
    assert "run keepwell apply --only cloudflare" in said
    code, said = run(environ, "secrets", "check")
    assert code == 3
    assert "places: 2 not compared" in said
