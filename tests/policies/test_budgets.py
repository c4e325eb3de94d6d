import pytest

from keepwell.model.verdict import Status
from keepwell.policies.budgets import Budgets
from tests.policies.stacks import REMOVED, Edits, findings, stack

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
HOURS, MINUTES, CALLS = "render.services", "keep_alive.github_actions", "keep_alive.cron_job_org"
SCHEDULE = f"{MINUTES}.schedule"
FREE = "render.services.api.plan"
SECOND = {"type": "web", "runtime": "docker", "plan": "free"}
SECOND_TARGET = {"url": "https://second.livestreamsell.example/health", "service": "second"}


def about(path: str, edits: Edits) -> list[tuple[Status, str]]:
    """(status, the numbers that the message starts with) of the findings about one allowance."""
    return [
        (finding.status, " ".join(finding.message.split()[:3]))
        for finding in findings(Budgets(), edits)
        if finding.path.startswith(path)
    ]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, (PASS, "0 of 750")),
        ({FREE: "free"}, (WARN, "744 of 750")),
        ({FREE: "free", "render.services.second": SECOND}, (WARN, "744 of 750")),
        (
            {FREE: "free", "render.services.second": SECOND, "keep_alive.targets.second": SECOND_TARGET},
            (FAIL, "1488 of 750"),
        ),
        ({FREE: "free", "keep_alive.every_minutes": 15}, (PASS, "0 of 750")),
    ],
)  # fmt: skip
def test_free_instance_hours_are_counted(edits: Edits, expected: tuple[Status, str]):
    assert about(HOURS, edits) == [expected]


def test_a_free_service_that_may_sleep_is_said():
    [hours, *_] = findings(Budgets(), {"render.services.second": SECOND})
    assert "1 may sleep" in hours.message


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [(PASS, "1488 of 3000")]),
        ({f"{MINUTES}.minutes_per_month": 1860}, [(PASS, "1488 of 1860")]),
        ({f"{MINUTES}.minutes_per_month": 1859}, [(WARN, "1488 of 1859")]),
        ({f"{MINUTES}.minutes_per_month": 1488}, [(WARN, "1488 of 1488")]),
        ({f"{MINUTES}.minutes_per_month": 1487}, [(FAIL, "1488 of 1487")]),
        ({SCHEDULE: "*/5 * * * *"}, [(FAIL, "8928 of 3000")]),
        ({SCHEDULE: "*/2 4 * * *"}, [(WARN, "the schedule fires"), (PASS, "930 of 3000")]),
        ({SCHEDULE: "61 * * * *"}, [(FAIL, "minute '61' is")]),
        ({f"{MINUTES}.repository": "public", SCHEDULE: "*/5 * * * *"}, [(PASS, "8928 runs a")]),
        ({MINUTES: REMOVED}, [(PASS, "no minutes of")]),
    ],
)
def test_minutes_of_actions_are_counted(edits: Edits, expected: list[tuple[Status, str]]):
    assert about(MINUTES, edits) == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, (PASS, "12 of 100")),
        ({"keep_alive.every_minutes": 1}, (PASS, "58 of 100")),
        ({"keep_alive.every_minutes": 60}, (PASS, "2 of 100")),
        ({f"{CALLS}.calls_per_day": 14}, (WARN, "12 of 14")),
        ({f"{CALLS}.calls_per_day": 11}, (FAIL, "12 of 11")),
        ({f"{CALLS}.jobs_per_target": 2}, (PASS, "9 of 100")),
        ({CALLS: REMOVED}, (PASS, "no calls of")),
    ],
)
def test_calls_of_cron_job_org_are_counted(edits: Edits, expected: tuple[Status, str]):
    assert about(CALLS, edits) == [expected]


def test_fifteen_targets_are_what_the_api_can_follow():
    """Source: 6 collections of 1 + 15 calls are 96 of 100."""
    target = stack().keep_alive.targets["api"].model_dump(exclude_unset=True)
    edits: Edits = {f"keep_alive.targets.t{number}": target for number in range(14)}
    assert about(CALLS, edits) == [(WARN, "96 of 100")]
    assert about(CALLS, {**edits, "keep_alive.targets.more": target}) == [(FAIL, "102 of 100")]
