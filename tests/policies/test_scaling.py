import pytest

from keepwell.model.verdict import Status
from keepwell.policies.scaling import Scaling
from tests.policies.stacks import REMOVED, Edits, findings, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
API = "render.services.api"
WORKER = "render.services.ai-worker"
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
        ({f"{WORKER}.disk": DISK}, [(FAIL, f"{WORKER}.disk")]),
        ({f"{WORKER}.disk": DISK, f"{WORKER}.instances": 1}, [(PASS, "render.services")]),
        ({f"{WORKER}.instances": REMOVED}, [(WARN, WORKER)]),
        (
            {f"{WORKER}.instances": REMOVED, f"{WORKER}.scaling": {"min": 1, "max": 3, "cpu_percent": 70}},
            [(PASS, "render.services")],
        ),
        (
            {f"{WORKER}.instances": REMOVED, f"{WORKER}.type": "cron",
             f"{WORKER}.scaling": {"min": 1, "max": 3, "cpu_percent": 70}},
            [(FAIL, f"{WORKER}.scaling")],
        ),
    ],
)  # fmt: skip
def test_scaling_is_what_render_honours(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(Scaling(), edits) == expected


def test_a_pass_says_the_ranges():
    [finding] = findings(Scaling())
    assert finding.message == "api: 1 to 10 instances; ai-worker: 2 of its own"
