"""The registry is the folder, and every policy speaks under its own name."""

from pathlib import Path

import pytest

import keepwell.policies
from keepwell.model.verdict import Finding, Status
from keepwell.policies import POLICIES, StackPolicy
from tests.policies.stacks import REMOVED, Edits, stack

BROKEN: Edits = {
    "region": "eu-west-3",
    "network.budget_ms": 0,
    "render.workspace_plan": "hobby",
    "render.services.api.scaling": REMOVED,
    "render.services.api.plan": "tiny",
    "render.services.api.disk": {"name": "files", "mount_path": "/files"},
    "render.services.api.health_check_path": "/health",
    "render.services.api.render_subdomain": "enabled",
    "render.services.api.env.LLM_API_KEY": {"secret": "LLM_API_KEY"},
    "render.services.api.env.ADMIN_PASSWORD": "x",
    "cloudflare.tls.mode": "full",
    "cloudflare.dns.0.name": "www",
    "cloudflare.bots.fight_mode": True,
    "cloudflare.rate_limits.api.period_s": 60,
    "keep_alive.github_actions.schedule": "* * * * *",
}
"""Each policy about stacks finds something here."""


def test_the_registry_is_the_folder():
    folder = Path(keepwell.policies.__path__[0])
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    assert set(POLICIES) == files


def findings(edits: Edits | None = None) -> list[tuple[str, Finding]]:
    edited = stack(edits)
    return [
        (name, finding)
        for name, policy in POLICIES.items()
        if isinstance(policy, StackPolicy)
        for finding in policy.on_stack(edited)
    ]


@pytest.mark.parametrize("edits", [{}, BROKEN], ids=["well", "broken"])
def test_a_finding_carries_the_name_of_its_policy(edits: Edits):
    found = findings(edits)
    assert found
    assert [finding.rule for _, finding in found] == [name for name, _ in found]


def test_every_policy_about_stacks_can_fail():
    failing = {name for name, finding in findings(BROKEN) if finding.status is Status.FAIL}
    about_stacks = {name for name, policy in POLICIES.items() if isinstance(policy, StackPolicy)}
    assert failing | {"render_rules"} == about_stacks
    assert Status.WARN in {
        found.status for name, found in findings(BROKEN) if name == "render_rules"
    }


def test_what_is_wrong_comes_with_place_reason_hint_and_link():
    wrong = [finding for _, finding in findings(BROKEN) if finding.status is not Status.PASS]
    for finding in wrong:
        assert finding.path
        assert finding.why
        assert finding.hint
        assert finding.see.startswith("https://")


def test_a_policy_that_passes_says_so_with_a_link():
    for _, finding in findings():
        assert finding.message
        assert finding.see.startswith("https://")
