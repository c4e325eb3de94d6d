from collections.abc import Mapping

import pytest

from keepwell.model.verdict import Status
from keepwell.policies import POLICIES, render_blueprint
from keepwell.policies._render_numbers import NUMBERED
from keepwell.policies.render_rules import RULES, RenderRules
from tests.policies.stacks import REMOVED, Edits, findings, judged

FAIL, WARN = Status.FAIL, Status.WARN
API, WORKER = "render.services.api", "render.services.ai-worker"
DISK = {"name": "files", "mount_path": "/files"}


@pytest.mark.parametrize(
    ("rule", "status", "path", "edits"),
    [
        ("R5", WARN, f"{WORKER}.disk", {f"{WORKER}.disk": DISK}),
        ("R6", FAIL, f"{API}.pre_deploy_command", {f"{API}.pre_deploy_command": "x", f"{API}.plan": "free"}),
        ("R6", FAIL, f"{WORKER}.pre_deploy_command", {f"{WORKER}.pre_deploy_command": "x", f"{WORKER}.type": "cron"}),
        ("R7", FAIL, f"{API}.instances", {f"{API}.plan": "free", f"{API}.instances": 2}),
        ("R13", WARN, f"{API}.branch", {f"{API}.branch": "main", f"{API}.previews": {"generation": "manual"}}),
        ("R15", FAIL, f"{API}.ip_allow_list", {f"{API}.ip_allow_list": []}),
        ("R16", FAIL, "render.env_groups.shared.X", {"render.env_groups.shared.X": {"secret": "LLM_API_KEY"}}),
        ("R16", FAIL, "render.env_groups.shared.X", {"render.env_groups.shared.X": {"key_value": "queue", "property": "host"}}),
        ("R18", FAIL, f"{API}.env_groups.1", {f"{API}.env_groups": ["shared", "shard"]}),
        ("R18", FAIL, f"{API}.env.X", {f"{API}.env.X": {"key_value": "queu", "property": "host"}}),
        ("R18", FAIL, f"{API}.env.X", {f"{API}.env.X": {"service": "apis", "property": "host"}}),
        ("R18", FAIL, f"{API}.env.X", {f"{API}.env.X": {"service": "ai-worker", "property": "host"}}),
        ("R18", FAIL, f"{WORKER}.env.X", {f"{WORKER}.env.X": {"service": "api", "property": "connectionString"}}),
        ("R22", WARN, f"{WORKER}.health_check_path", {f"{WORKER}.health_check_path": "/livez"}),
        ("R22", WARN, f"{WORKER}.domains", {f"{WORKER}.domains": ["w.livestreamsell.example"]}),
        ("R22", WARN, f"{WORKER}.render_subdomain", {f"{WORKER}.render_subdomain": "disabled"}),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(rule: str, status: Status, path: str, edits: Edits):
    [finding] = findings(RenderRules(), edits)
    assert finding.message.endswith(f"({rule})")
    assert (finding.status, finding.path) == (status, path)


def test_a_free_service_has_neither_disk_nor_zero_downtime():
    edits = {f"{API}.plan": "free", f"{API}.disk": DISK}
    assert judged(RenderRules(), edits) == [(WARN, f"{API}.disk"), (FAIL, f"{API}.disk")]


@pytest.mark.parametrize(
    "edits",
    [
        {},
        {f"{API}.pre_deploy_command": "migrate"},
        {f"{API}.plan": "free"},
        {f"{API}.branch": "main"},
        {f"{API}.branch": "main", f"{API}.previews": {"generation": "off"}},
        {f"{API}.ip_allow_list": [], "render.workspace_plan": "scale"},
        {"render.env_groups.shared.SESSION_KEY": {"generate": True}},
        {f"{WORKER}.env.X": {"service": "api", "property": "hostport"}},
        {f"{API}.health_check_path": REMOVED},
    ],
)
def test_what_render_allows_passes(edits: Edits):
    assert judged(RenderRules(), edits) == [(Status.PASS, "render.services")]


def test_the_nearest_name_is_offered():
    [finding] = findings(RenderRules(), {f"{API}.env_groups": ["shard"]})
    assert finding.message == "api refers to no env group: shard (is it shared?) (R18)"


def test_each_of_the_22_rules_is_judged_or_cannot_apply():
    assert list(NUMBERED) == [f"R{number}" for number in range(1, 23)]
    for rule in NUMBERED.values():
        assert rule.judged_by in POLICIES or (rule.judged_by is None and rule.reason)


@pytest.mark.parametrize(
    ("policy", "rules"), [("render_rules", RULES), ("render_blueprint", render_blueprint.RULES)]
)
def test_a_rule_is_judged_where_the_list_says(policy: str, rules: Mapping[str, object]):
    listed = {number for number, rule in NUMBERED.items() if rule.judged_by == policy}
    assert listed == set(rules)
