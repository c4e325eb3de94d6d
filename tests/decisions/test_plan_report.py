from datetime import timedelta

import pytest

from keepwell.decisions.plan_report import describe, report_plan, summarise
from keepwell.model.plan import Action
from keepwell.model.secret import HIDDEN
from keepwell.model.verdict import Finding, Status
from tests.decisions.changes import NOON, change, observed, plan, resource

LONG = "starts_with(http.request.uri.path, " + '"/api/") and ' * 5


@pytest.mark.parametrize(
    ("change_", "lines"),
    [
        (
            change("cloudflare setting ssl", before={"value": "full"}, value="strict"),
            ["! setting ssl", "    value: full -> strict"],
        ),
        (
            change("render scaling api", Action.CREATE, min=1, max=10, enabled=True),
            ["+ scaling api", "    min: 1", "    max: 10", "    enabled: true"],
        ),
        (
            change("dns record TXT old", Action.DELETE, before={"values": ["secret-looking"]}),
            ["- record TXT old"],
        ),
        (
            change("render env-var api/T", before={"value": HIDDEN}, value="secret://TOKEN"),
            ["! env-var api/T", "    value: (another value, not shown) -> (secret TOKEN)"],
        ),
        (
            change("cloudflare rule p/r", before={"expression": LONG}, expression=LONG + "x"),
            ["! rule p/r", "    expression:", f"-     {LONG}", f"+     {LONG}x"],
        ),
        (
            change("cloudflare rule p/r", Action.CREATE, expression='eq "secret://TOKEN"'),
            ["+ rule p/r", '    expression: eq "secret://TOKEN"'],
        ),
    ],
    ids=["update", "create", "delete", "secret", "long", "reference inside"],
)
def test_a_change_reads(change_, lines: list[str]):
    assert describe(change_).split("\n") == lines


def test_who_else_makes_a_change_is_named():
    made = change("render service api", Action.CREATE, plan="pro")
    synced = type(made)(
        action=made.action,
        resource=made.resource,
        before=made.before,
        after=made.after,
        by="Render's next sync",
    )
    assert describe(synced).split("\n")[0] == "+ service api  (by Render's next sync)"


def test_a_plan_without_changes_is_one_line():
    old = NOON - timedelta(minutes=5)
    empty = plan(observations=[observed(), observed(vendor="dns", taken_at=old)])
    said = summarise(empty, now=NOON)
    assert said.startswith(
        "no changes: as declared are cloudflare (0 calls), dns (0 calls, 5 min ago); digest "
    )
    report = report_plan("plan", empty, findings=(), now=NOON)
    assert [*report.verdicts, *report.tables, *report.excerpts] == []


def test_a_plan_counts_by_vendor_and_action():
    some = plan(
        change("cloudflare setting ssl", value="strict"),
        change("dns record A a", Action.CREATE, values=["1"]),
        change("dns record A b", Action.DELETE),
        observations=[
            observed(resource("cloudflare setting ssl", value="full")),
            observed(vendor="dns"),
        ],
    )
    report = report_plan("plan", some, findings=(), now=NOON)
    assert report.conclusion.startswith("changes: 1 to create, 1 to update, 1 to delete")
    assert report.tables[0].rows == [
        ("cloudflare", "0", "1", "0", "1", "1", "now"),
        ("dns", "1", "0", "1", "0", "0", "now"),
    ]
    assert [excerpt.title for excerpt in report.excerpts] == ["cloudflare", "dns"]
    assert report.outputs == {
        "digest": some.digest,
        "changes": "3",
        "creates": "1",
        "updates": "1",
        "deletes": "1",
    }


def test_the_findings_of_vendors_and_of_the_plan_make_its_status():
    suspended = Finding(rule="suspended", status=Status.WARN, message="api is suspended")
    refused = Finding(rule="deletes", status=Status.FAIL, message="no")
    seen = plan(observations=[observed(findings=[suspended])])
    assert report_plan("plan", seen, findings=(), now=NOON).status is Status.WARN
    assert report_plan("plan", seen, findings=[refused], now=NOON).status is Status.FAIL


def test_secrets_that_were_not_compared_are_named_once():
    seen = plan(observations=[observed(uncompared=["B", "A", "B"])])
    (verdict,) = report_plan("plan", seen, findings=(), now=NOON).verdicts
    assert verdict.findings[0].message == "there, but not compared: A, B"


@pytest.mark.parametrize(
    ("age", "shown", "status"),
    [
        (timedelta(seconds=59), "now", Status.PASS),
        (timedelta(minutes=5), "5 min ago", Status.PASS),
        (timedelta(hours=5), "5 h ago", Status.PASS),
        (timedelta(hours=27), "27 h ago", Status.UNKNOWN),
        (timedelta(days=4), "4 days ago", Status.UNKNOWN),
    ],
)
def test_the_age_of_an_observation_shows(age: timedelta, shown: str, status: Status):
    ssl = change("cloudflare setting ssl", value="strict")
    report = report_plan(
        "plan", plan(ssl, observations=[observed(taken_at=NOON - age)]), findings=(), now=NOON
    )
    assert report.tables[0].rows[0][-1] == shown
    assert report.status is status


def test_without_an_observation_there_is_nothing_to_count():
    nothing = report_plan("plan", plan(), findings=(), now=NOON)
    assert not nothing.tables
    assert nothing.conclusion == "no vendor was asked"


def test_programs_get_the_changes_as_values():
    some = plan(
        change("render env-var api/T", before={"value": HIDDEN}, value="secret://TOKEN"),
        change("dns record A b", Action.DELETE, before={"values": ["1"]}),
    )
    details = report_plan("plan", some, findings=(), now=NOON).details
    assert details["changes"] == [
        {
            "action": "update",
            "vendor": "render",
            "kind": "env-var",
            "key": "api/T",
            "before": {"value": HIDDEN},
            "after": {"value": "secret://TOKEN"},
            "by": "keepwell",
        },
        {
            "action": "delete",
            "vendor": "dns",
            "kind": "record",
            "key": "A b",
            "before": {},
            "after": {},
            "by": "keepwell",
        },
    ]
