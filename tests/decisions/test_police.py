from keepwell.decisions.police import judge_stack
from keepwell.model.verdict import Status
from keepwell.policies import POLICIES, StackPolicy
from tests.policies.stacks import stack


def test_every_policy_on_stacks_is_asked_in_the_order_of_the_registry():
    rules = [finding.rule for finding in judge_stack(stack())]
    asked = [name for name, policy in POLICIES.items() if isinstance(policy, StackPolicy)]
    assert list(dict.fromkeys(rules)) == asked


def test_the_stack_of_livestreamsell_holds_every_policy():
    assert max(finding.status for finding in judge_stack(stack())) <= Status.WARN


def test_what_is_wrong_is_not_lost_among_what_is_well():
    found = judge_stack(stack({"render.region": "oregon"}))
    assert [finding.path for finding in found if finding.status is Status.FAIL] == ["render.region"]
