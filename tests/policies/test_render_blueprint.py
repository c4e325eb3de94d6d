import pytest

from keepwell.model.document import Document
from keepwell.model.verdict import Status
from keepwell.policies.render_blueprint import RenderBlueprint

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN

BLUEPRINT = """\
previews:
  generation: "off"
services:
  - type: web
    name: api
    runtime: docker
    autoDeployTrigger: "off"
  - type: keyvalue
    name: queue
    persistenceMode: "off"
    ipAllowList: []
envVarGroups:
  - name: shared
    envVars: []
"""


def judged(text: str) -> list[tuple[Status, str]]:
    found = RenderBlueprint().on_documents([Document(path="render.yaml", text=text)])
    return [(finding.status, finding.message.rpartition("(")[2].rstrip(")")) for finding in found]


def test_a_blueprint_that_is_well_passes_once():
    [finding] = RenderBlueprint().on_documents([Document(path="render.yaml", text=BLUEPRINT)])
    assert finding.status is PASS
    assert finding.message == "R11, R12, R14, R17, R20, R21 hold"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('generation: "off"', "generation: off", (FAIL, "R11")),
        ('autoDeployTrigger: "off"', "autoDeployTrigger: off", (FAIL, "R11")),
        ('persistenceMode: "off"', "persistenceMode: off", (FAIL, "R11")),
        ("runtime: docker", "env: docker", (WARN, "R12")),
        ('autoDeployTrigger: "off"', "autoDeploy: false", (WARN, "R12")),
        ("type: keyvalue", "type: redis", (WARN, "R12")),
        ('previews:\n  generation: "off"', "previewsEnabled: true", (WARN, "R12")),
        ("    ipAllowList: []\n", "", (FAIL, "R14")),
        ("    ipAllowList: []\n", "    ipAllowList:\n", (FAIL, "R14")),
        ("name: queue", "name: api", (FAIL, "R17")),
        ("services:\n", "databases:\n  - name: api\nservices:\n", (FAIL, "R17")),
        (
            "    envVars: []\n",
            "    envVars: []\n  - name: shared\n    envVars: []\n",
            (FAIL, "R17"),
        ),
        ("runtime: docker", "runtime: docker\n    previewPlan: starter", (FAIL, "R20")),
        ("ipAllowList: []", "ipAllowList: []\n    previews: {plan: starter}", (FAIL, "R20")),
        ("runtime: docker", 'runtime: docker\n    previews: {generation: "off"}', (WARN, "R21")),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, expected: tuple[Status, str]):
    assert old in BLUEPRINT
    assert judged(BLUEPRINT.replace(old, new, 1)) == [expected]


@pytest.mark.parametrize("text", ["services:\n", "version: '1'\n"])
def test_a_blueprint_without_services_breaks_nothing(text: str):
    assert [status for status, _ in judged(text)] == [PASS]


def test_without_a_blueprint_there_is_nothing_to_judge():
    assert RenderBlueprint().on_documents([]) == []
