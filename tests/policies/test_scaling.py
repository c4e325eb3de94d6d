import pytest

from keepwell.model.verdict import Status
from keepwell.policies.scaling import Scaling
from tests.policies.stacks import REMOVED, Edits, findings, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
API = "render.services.api"
WORKER = "render.services.ai-worker"
QUEUE = f"{WORKER}.scale_by_queue"
BY_CPU = {"min": 1, "max": 3, "cpu_percent": 70}
FIXED: Edits = {QUEUE: REMOVED, f"{WORKER}.instances": 2}
DISK = {"name": "files", "mount_path": "/files"}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [(PASS, "render.services")]),
        ({f"{API}.scaling": {"min": 1, "max": 3, "memory_percent": 70}}, [(PASS, "render.services")]),
        ({f"{API}.scaling": REMOVED}, [(FAIL, API)]),
        ({f"{API}.scaling": REMOVED, "cloudflare.machine_paths": []}, [(WARN, API)]),
        ({f"{API}.scaling.min": 11}, [(FAIL, f"{API}.scaling.min")]),
        ({f"{API}.scaling.max": 1}, [(WARN, f"{API}.scaling")]),
        ({f"{API}.scaling.cpu_percent": REMOVED}, [(FAIL, f"{API}.scaling")]),
        ({f"{API}.instances": 2}, [(WARN, f"{API}.scaling")]),
        ({f"{API}.plan": "free"}, [(FAIL, f"{API}.scaling")]),
        ({"render.workspace_plan": "hobby"}, [(FAIL, f"{API}.scaling")]),
        ({f"{API}.disk": DISK}, [(FAIL, f"{API}.disk")]),
        (FIXED, [(PASS, "render.services")]),
        ({**FIXED, f"{WORKER}.disk": DISK}, [(FAIL, f"{WORKER}.disk")]),
        ({QUEUE: REMOVED, f"{WORKER}.disk": DISK, f"{WORKER}.instances": 1}, [(PASS, "render.services")]),
        ({QUEUE: REMOVED}, [(WARN, WORKER)]),
        ({QUEUE: REMOVED, f"{WORKER}.scaling": BY_CPU}, [(PASS, "render.services")]),
        (
            {QUEUE: REMOVED, f"{WORKER}.type": "cron", f"{WORKER}.scaling": BY_CPU},
            [(FAIL, f"{WORKER}.scaling")],
        ),
    ],
)  # fmt: skip
def test_scaling_is_what_render_honours(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(Scaling(), edits) == expected


KEYLESS = "render.services.scaler.env.RENDER_API_KEY"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [(PASS, "render.services")]),
        ({f"{QUEUE}.min": 7}, [(FAIL, f"{QUEUE}.min")]),
        ({f"{QUEUE}.min": 6}, [(PASS, "render.services")]),
        ({f"{WORKER}.instances": 2}, [(FAIL, QUEUE)]),
        ({f"{WORKER}.scaling": {"min": 1, "max": 3, "cpu_percent": 70}}, [(FAIL, QUEUE)]),
        ({f"{WORKER}.plan": "free"}, [(FAIL, QUEUE)]),
        ({f"{WORKER}.type": "cron"}, [(FAIL, QUEUE)]),
        ({f"{WORKER}.disk": DISK}, [(FAIL, f"{WORKER}.disk")]),
        ({"render.services.scaler.docker_command": "sleep infinity"}, [(WARN, QUEUE)]),
        ({KEYLESS: REMOVED}, [(FAIL, "render.services.scaler")]),
        (
            {"render.services.scaler.docker_command": REMOVED,
             "render.services.scaler.start_command": "keepwell scale --watch"},
            [(PASS, "render.services")],
        ),
    ],
)  # fmt: skip
def test_a_number_that_follows_a_queue_can_do_so(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(Scaling(), edits) == expected


def test_a_pass_says_the_ranges():
    [finding] = findings(Scaling())
    assert finding.message == (
        "api: 1 to 10 instances; ai-worker: 1 to 6 by its queue; scaler: 1 of its own"
    )
