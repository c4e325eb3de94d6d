import pytest

from keepwell.model.verdict import Status
from keepwell.policies.regions import Regions
from tests.policies.stacks import Edits, findings, judged, stack

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [(PASS, "region")]),
        (
            {"region": "eu-central-1", "render.region": "frankfurt", "supabase.region": "eu-central-1"},
            [(PASS, "region")],
        ),
        ({"render.region": "oregon"}, [(FAIL, "render.region")]),
        ({"render.region": "ohio"}, [(FAIL, "render.region")]),
        ({"supabase.region": "us-east-2"}, [(FAIL, "supabase.region")]),
        ({"region": "us-east-2"}, [(FAIL, "supabase.region"), (FAIL, "render.region")]),
        (
            {"region": "eu-west-3", "supabase.region": "eu-west-3"},
            [(FAIL, "region"), (FAIL, "render.region")],
        ),
        ({"render.services.api.region": "oregon"}, [(FAIL, "render.services.api.region")]),
        ({"render.services.api.region": "virginia"}, [(PASS, "region")]),
        ({"render.key_values.queue.region": "ohio"}, [(FAIL, "render.key_values.queue.region")]),
        ({"network.budget_ms": 0}, [(FAIL, "network.budget_ms")]),
        ({"network.budget_ms": -1}, [(FAIL, "network.budget_ms")]),
        ({"network.budget_ms": 0.9}, [(WARN, "network.budget_ms")]),
        ({"network.budget_ms": 1}, [(PASS, "region")]),
        ({"network.budget_ms": 10.1}, [(WARN, "network.budget_ms")]),
    ],
)  # fmt: skip
def test_both_vendors_stand_in_one_region(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(Regions(), edits) == expected


def test_a_pass_says_what_it_saw():
    [finding] = Regions().on_stack(stack())
    assert finding.message == (
        "Render virginia = AWS us-east-1 = Supabase us-east-1 (by city); network budget 10 ms"
    )


def test_the_hint_names_the_region_to_choose():
    [finding] = findings(Regions(), {"render.region": "oregon"})
    assert finding.hint == "Set it to virginia"
