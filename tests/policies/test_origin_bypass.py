import pytest

from keepwell.model.verdict import Status
from keepwell.policies.origin_bypass import OriginBypass
from tests.policies.stacks import REMOVED, Edits, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
API = "render.services.api"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [(PASS, "render.services")]),
        ({f"{API}.type": "pserv"}, [(PASS, "render.services")]),
        ({f"{API}.render_subdomain": "enabled"}, [(FAIL, f"{API}.render_subdomain")]),
        ({f"{API}.render_subdomain": REMOVED}, [(FAIL, f"{API}.render_subdomain")]),
        ({f"{API}.domains": []}, [(FAIL, f"{API}.render_subdomain")]),
        ({f"{API}.domains": [], f"{API}.render_subdomain": REMOVED}, [(WARN, API)]),
    ],
)
def test_no_service_is_reachable_past_the_edge(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(OriginBypass(), edits) == expected
