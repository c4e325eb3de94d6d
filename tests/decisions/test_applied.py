import pytest

from keepwell.decisions.applied import judge_digest, report_account
from keepwell.decisions.plan_report import report_plan
from keepwell.errors import ApiError, Refused
from keepwell.model.plan import Account
from keepwell.model.verdict import Status
from tests.decisions.changes import NOON, change, observed, plan

SSL = change("cloudflare setting ssl", value="strict")
TLS = change("cloudflare setting tls", value="1.2")
HSTS = change("cloudflare setting hsts", value="on")
PLAN = plan(SSL, TLS, HSTS, observations=[observed()])
PLANNED = report_plan("apply", PLAN, findings=(), now=NOON)


@pytest.mark.parametrize(
    ("expected", "refusals"),
    [("", 0), (PLAN.digest, 0), (PLAN.digest[:12], 0), ("0" * 40, 1), (PLAN.digest + "0", 1)],
)
def test_only_the_agreed_plan_passes(expected: str, refusals: int):
    found = judge_digest(PLAN, expected=expected)
    assert len(found) == refusals
    assert all(each.status is Status.FAIL for each in found)


def report(account: Account, left=None):
    return report_account(PLANNED, account=account, left=left, journal="j.ndjson")


def test_all_done_and_nothing_left():
    done = report(Account(done=PLAN.batches), plan())
    assert done.status is Status.PASS
    assert done.conclusion == "applied in 3 steps; a second plan is empty"
    assert [row[1] for row in done.tables[-1].rows] == ["done"] * 3
    assert (done.outputs["applied"], done.outputs["left"]) == ("3", "0")


def test_all_done_and_something_left_is_a_no():
    left = report(Account(done=PLAN.batches), plan(TLS))
    assert left.status is Status.FAIL
    assert left.conclusion == "all 3 steps were done, and 1 resources still differ"
    assert left.excerpts[-1].title == "still different"
    assert "! setting tls" in left.excerpts[-1].text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ApiError("cloudflare answered 500"), Status.UNKNOWN),
        (Refused("the ruleset moved"), Status.FAIL),
    ],
)
def test_a_failed_step_says_what_was_done_and_what_not(error, status: Status):
    one, two, three = PLAN.batches
    stopped = report(Account(done=[one], failed=two, error=error, waiting=[three]))
    assert stopped.status is status
    assert stopped.conclusion == "stopped after 1 of 3 steps: update cloudflare setting tls"
    assert [row[1] for row in stopped.tables[-1].rows] == ["done", "FAILED", "not begun"]
    (finding,) = stopped.verdicts[-1].findings
    assert error.message in finding.message
    assert finding.hint == "run apply again: it goes on from there"
    assert "left" not in stopped.outputs


def test_services_with_new_variables_wait_for_a_deploy():
    variables = plan(
        change("render env-var api/A", value="1"),
        change("render env-var api/B", value="1"),
        change("render env-group-var shared/C", value="1"),
    )
    done = report(Account(done=variables.batches), plan())
    assert done.status is Status.WARN
    assert [found.message for found in done.verdicts[-1].findings[1:]] == [
        "api runs with its former variables until its next deploy",
        "what is linked to shared runs with its former variables until its next deploy",
    ]


def test_what_cannot_be_seen_after_is_no_pass():
    unseen = report(Account(done=PLAN.batches, error=ApiError("supabase answered 500")))
    assert unseen.status is Status.UNKNOWN
    assert unseen.conclusion == "all 3 steps were done, and what came of them could not be seen"


def test_a_failed_step_keeps_the_hint_of_its_error():
    error = ApiError("403", hint="the token needs Zone: Edit", see="README.md#cloudflare-token")
    (finding,) = report(Account(failed=PLAN.batches[0], error=error)).verdicts[-1].findings
    assert finding.hint.startswith("the token needs Zone: Edit; then run apply again")
    assert finding.see == "README.md#cloudflare-token"
