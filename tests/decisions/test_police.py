import pytest

from keepwell.decisions.police import judge_documents, judge_stack
from keepwell.model.document import Document
from keepwell.model.verdict import Status
from keepwell.policies import POLICIES, DocumentPolicy, StackPolicy
from tests.policies.stacks import stack

BLUEPRINT = Document(path="render.yaml", text="services: [{type: keyvalue, name: queue}]\n")


def test_every_policy_about_stacks_is_asked_in_the_order_of_the_registry():
    rules = [finding.rule for finding in judge_stack(stack())]
    asked = [name for name, policy in POLICIES.items() if isinstance(policy, StackPolicy)]
    assert list(dict.fromkeys(rules)) == asked


def test_every_policy_about_documents_is_asked_in_the_order_of_the_registry():
    rules = [finding.rule for finding in judge_documents([BLUEPRINT])]
    asked = [name for name, policy in POLICIES.items() if isinstance(policy, DocumentPolicy)]
    assert list(dict.fromkeys(rules)) == asked


def test_the_stack_of_livestreamsell_breaks_no_policy():
    found = judge_stack(stack())
    assert max(finding.status for finding in found) is Status.WARN
    warned = [finding for finding in found if finding.status is Status.WARN]
    assert [finding.rule for finding in warned] == ["tls_legs"]


def test_what_is_wrong_is_not_lost_among_what_is_well():
    found = [*judge_stack(stack({"render.region": "oregon"})), *judge_documents([BLUEPRINT])]
    failed = [finding.path for finding in found if finding.status is Status.FAIL]
    assert failed == ["render.region", "render.yaml"]


def test_a_policy_that_raises_is_a_bug_and_is_heard():
    with pytest.raises(ValueError, match="Expecting value"):
        judge_documents([Document(path="cloudflare/firewall.json", text="no JSON")])
