"""What is said of secrets and their places."""

from dataclasses import replace

import pytest

from keepwell.decisions.secrets_places import Place, State
from keepwell.decisions.secrets_report import applied_elsewhere, report_check, report_push
from keepwell.errors import ApiError, KeepwellError, UsageError
from keepwell.model.plan import Account
from keepwell.model.verdict import Finding, Report, Status
from tests.decisions.changes import change as changed
from tests.decisions.changes import plan, resource


def place(state: State, address: str = "render env-var api/A", secret: str = "A") -> Place:
    return Place(secret=secret, resource=resource(address, value=f"secret://{secret}"), state=state)


RULE = place(State.MISSING, "cloudflare rule p/r")
JOB = place(State.DIFFERS, "cron-job-org job j")
EDGE = place(State.UNCOMPARED, "supabase edge-secret A")


def check(
    *places: Place, unused: tuple[str, ...] = (), findings: tuple[Finding, ...] = ()
) -> Report:
    return report_check(places, unused=unused, findings=findings)


def told(report: Report) -> list[tuple[str, Status]]:
    return [(each.rule, each.status) for each in report.verdicts[0].findings]


@pytest.mark.parametrize(
    ("places", "found", "conclusion"),
    [
        ([], [], "no places"),
        ([place(State.PRESENT)], [("present", Status.PASS)], "places: 1 present"),
        ([place(State.MISSING)], [("missing", Status.FAIL)], "places: 1 missing"),
        ([place(State.DIFFERS)], [("differs", Status.FAIL)], "places: 1 differs"),
        ([EDGE], [("compared", Status.UNKNOWN)], "places: 1 not compared"),
        ([place(State.UNASKED)], [], "places: 1 not asked"),
        (
            [place(State.PRESENT), EDGE, JOB],
            [("differs", Status.FAIL), ("compared", Status.UNKNOWN)],
            "places: 1 present, 1 differs, 1 not compared",
        ),
    ],
)
def test_a_check_judges_each_place(places: list[Place], found, conclusion: str):
    report = check(*places)
    assert told(report) == found
    assert report.conclusion == conclusion


def test_places_of_one_secret_that_cannot_be_compared_are_told_at_once():
    other = place(State.UNCOMPARED, "vault vault-secret B", "B")
    report = check(EDGE, replace(EDGE, resource=resource("vault vault-secret A")), other)
    assert [each.message for each in report.verdicts[0].findings] == [
        "A could not be compared at edge functions, vault",
        "B could not be compared at vault",
    ]


def test_what_is_missing_is_pushed_and_parts_of_rules_are_applied():
    report = check(place(State.MISSING), RULE, JOB)
    hints = [each.hint for each in report.verdicts[0].findings]
    assert hints == [
        "set A, then run keepwell secrets push A",
        "run keepwell apply --only cloudflare",
        "run keepwell apply --only cron-job-org",
    ]


def test_what_is_unused_or_could_not_be_asked_is_told_first():
    token = Finding(rule="token", status=Status.UNKNOWN, message="x was not asked")
    report = check(place(State.PRESENT), unused=("OLD",), findings=(token,))
    assert told(report)[:2] == [("token", Status.UNKNOWN), ("unused", Status.WARN)]


def test_a_check_lays_out_places_and_counts_them():
    report = check(place(State.MISSING), EDGE)
    (table,) = report.tables
    assert table.columns == ("secret", "place", "state")
    assert table.rows == [
        ("A", "render api", "missing"),
        ("A", "edge functions", "not compared"),
    ]
    assert report.outputs == {"missing": "1", "differs": "0"}
    assert check().tables == ()


CHANGES = [
    changed("render env-var api/A", value="secret://A"),
    changed("supabase edge-secret A", value="secret://A"),
]
BATCHES = plan(*CHANGES).batches
SENT = [change.address for change in CHANGES]


def test_a_push_tells_what_was_sent_and_what_still_differs():
    places = [place(State.DIFFERS), EDGE]
    report = report_push(places, sent=SENT, account=Account(done=BATCHES), findings=())
    assert told(report) == [("differs", Status.FAIL)]
    assert report.conclusion == "2 of 2 sent; places: 1 differs, 1 not compared"
    assert report.tables[0].rows == [
        ("A", "render api", "differs", "sent"),
        ("A", "edge functions", "not compared", "sent"),
    ]
    assert report.outputs == {"missing": "0", "differs": "1", "sent": "2"}


def test_a_push_of_nothing_has_no_outcomes():
    report = report_push([place(State.PRESENT)], sent=[], account=Account(), findings=())
    assert report.tables[0].rows == [("A", "render api", "present")]
    assert told(report) == []


@pytest.mark.parametrize(
    ("error", "status", "hint"),
    [
        (ApiError("no answer"), Status.UNKNOWN, "run it again: it goes on from there"),
        (UsageError("no", hint="set X"), Status.FAIL, "set X; then run it again: it goes on from"),
    ],
)
def test_a_push_that_stopped_tells_where(error: KeepwellError, status: Status, hint: str):
    account = Account(done=BATCHES[:1], failed=BATCHES[1], error=error)
    places = [place(State.MISSING), replace(EDGE, state=State.MISSING)]
    report = report_push(places, sent=SENT, account=account, findings=())
    (step,) = report.verdicts[0].findings
    assert (step.rule, step.status) == ("step", status)
    assert step.message == f"update supabase edge-secret A: {error.message}"
    assert step.hint.startswith(hint)
    assert report.conclusion == "1 of 2 sent; then it stopped"
    assert report.tables[0].columns == ("secret", "place", "before", "outcome")
    assert [row[3] for row in report.tables[0].rows] == ["sent", "not sent"]
    assert report.outputs == {"sent": "1"}


def test_what_only_apply_brings_is_named_once_for_each_secret():
    other = place(State.PRESENT, "cloudflare rule p/q", "B")
    found = list(applied_elsewhere([RULE, place(State.PRESENT), JOB, other]))
    assert [(each.message, each.hint) for each in found] == [
        (
            "A is in cloudflare rule p/r, cron-job-org job j",
            "run keepwell apply --only cloudflare,cron-job-org, if its value changed",
        ),
        (
            "B is in cloudflare rule p/q",
            "run keepwell apply --only cloudflare, if its value changed",
        ),
    ]
