import pytest

from keepwell.model.verdict import Status
from keepwell.policies.plans import Plans
from tests.policies.stacks import Edits, findings, judged

FAIL, PASS = Status.FAIL, Status.PASS
API, WORKER = "render.services.api.plan", "render.services.ai-worker.plan"
QUEUE = "render.key_values.queue.plan"
WELL = [(PASS, "render")]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, WELL),
        ({API: "free"}, WELL),
        ({API: "pro max"}, WELL),
        ({API: "pro_max"}, WELL),
        ({API: "2c-4g"}, WELL),
        ({API: "starter plus"}, [(FAIL, API)]),
        ({API: "Standard"}, [(FAIL, API)]),
        ({WORKER: "free"}, [(FAIL, WORKER)]),
        ({WORKER: "pro ultra"}, WELL),
        ({"render.services.ai-worker.type": "pserv", WORKER: "free"}, [(FAIL, WORKER)]),
        ({"render.services.ai-worker.type": "cron", WORKER: "pro ultra"}, [(FAIL, WORKER)]),
        ({QUEUE: "1g"}, WELL),
        ({QUEUE: "pro max"}, [(FAIL, QUEUE)]),
        (
            {"render.services.api.previews": {"generation": "manual", "plan": "tiny"}},
            [(FAIL, "render.services.api.previews.plan")],
        ),
    ],
)  # fmt: skip
def test_every_plan_is_one_that_render_has(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(Plans(), edits) == expected


@pytest.mark.parametrize(
    ("plan", "hint"),
    [
        ("Standard", 'Write "standard"'),
        ("strater", 'Write "starter"'),
        ("xxxxxxxxxxxxxx", "Choose one of starter, standard, pro, pro plus, 0.5c-512mb"),
    ],
)
def test_the_hint_names_the_nearest_plan(plan: str, hint: str):
    [finding] = findings(Plans(), {WORKER: plan})
    assert finding.hint.startswith(hint)
