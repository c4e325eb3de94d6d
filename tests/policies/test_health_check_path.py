import pytest

from keepwell.model.verdict import Status
from keepwell.policies.health_check_path import HealthCheckPath
from tests.policies.stacks import REMOVED, Edits, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
API = "render.services.api"
POLLED = f"{API}.health_check_path"
TARGET = "keep_alive.targets.api"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [(PASS, "render.services")]),
        ({POLLED: REMOVED}, [(WARN, API)]),
        ({POLLED: "/health"}, [(FAIL, POLLED)]),
        ({POLLED: "/Health/?full=1"}, [(FAIL, POLLED)]),
        ({POLLED: "/deep", "cloudflare.machine_paths.1.path": "/deep"}, [(FAIL, POLLED)]),
        ({POLLED: "/webhooks/meta"}, [(PASS, "render.services")]),
        ({POLLED: "/up", f"{TARGET}.url": "https://api.livestreamsell.example/up"}, [(FAIL, POLLED)]),
        (
            {POLLED: "/up", f"{TARGET}.url": "https://api.livestreamsell.example/up", f"{TARGET}.service": REMOVED},
            [(FAIL, POLLED)],
        ),
        (
            {POLLED: "/up", f"{TARGET}.url": "https://other.example/up", f"{TARGET}.service": REMOVED},
            [(PASS, "render.services")],
        ),
        (
            {POLLED: "/up", f"{TARGET}.url": "https://api.livestreamsell.example/up", f"{TARGET}.deep": False},
            [(PASS, "render.services")],
        ),
    ],
)  # fmt: skip
def test_render_never_polls_a_deep_path(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(HealthCheckPath(), edits) == expected
