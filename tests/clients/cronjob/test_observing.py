"""What is seen of the jobs at cron-job.org."""

from collections.abc import Mapping
from typing import Any

import pytest

from keepwell.decisions.diff import diff
from keepwell.model.resource import Observation
from keepwell.model.secret import HIDDEN
from tests.clients.cronjob.account import PREFIX
from tests.clients.cronjob.planning import API, changes, converge, fresh, headers, wanted
from tests.worlds import NOON


def test_a_plan_takes_two_round_trips_and_asks_no_details_of_other_jobs():
    account = fresh(API, f"{PREFIX}web")
    account.add("of somebody else")
    gone = account.add(f"{PREFIX}gone")
    observation = account.client().observe([wanted(), wanted(f"{PREFIX}web")])
    assert observation.calls == 3
    assert account.asked[0] == "GET /jobs"
    assert f"GET /jobs/{gone}" not in account.asked
    assert [each.key for each in observation.resources] == [API, f"{PREFIX}web", f"{PREFIX}gone"]
    assert observation.taken_at == NOON


def test_what_we_did_not_make_is_not_seen():
    account = fresh()
    account.add("keepwell:shop")
    account.add("keepwell:shopping/api")
    assert account.client().observe([]).resources == ()


@pytest.mark.parametrize(
    "harmless",
    [
        {"lastStatus": 4, "nextExecution": None, "new-field": 1},
        {
            "schedule": {
                **wanted().fields["schedule"],
                "minutes": [57, 2, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52],
                "x": 1,
            }
        },
        {"extendedData": {"headers": {"X-Keepwell-Probe": "s3cret"}, "body": ""}},
    ],
)
def test_what_is_none_of_our_business_is_no_difference(harmless: Mapping[str, Any]):
    account = fresh(API)
    account.jobs[101] |= harmless
    assert changes(account, wanted()) == []


@pytest.mark.parametrize(
    ("extended", "before"),
    [
        (headers(**{"x-keepwell-probe": "old"}), headers(**{"x-keepwell-probe": HIDDEN})),
        (
            headers(**{"x-keepwell-probe": "s3cret", "Cookie": "a"}),
            headers(**{"x-keepwell-probe": "secret://PROBE_TOKEN", "Cookie": HIDDEN}),
        ),
        ({"headers": [], "body": "password=a"}, {"headers": {}, "body": HIDDEN}),
    ],
)
def test_no_value_of_a_header_or_body_is_shown(extended: Any, before: Any):
    account = fresh(API)
    account.jobs[101]["extendedData"] = extended
    (change,) = changes(account, wanted())
    assert change.before == {"extendedData": before}
    assert change.after == {"extendedData": headers(**{"x-keepwell-probe": "secret://PROBE_TOKEN"})}
    converge(account, wanted())


def test_a_password_set_by_hand_is_not_shown():
    account = fresh(API)
    account.jobs[101]["auth"] = {"enable": True, "user": "me", "password": "mine"}
    (change,) = changes(account, wanted())
    assert change.before["auth"] == {"enable": True, "user": HIDDEN, "password": HIDDEN}


def test_a_job_without_headers_agrees_with_phps_empty_list():
    account = fresh()
    bare = wanted(extendedData={"headers": {}, "body": ""})
    converge(account, bare)
    account.jobs[101]["extendedData"]["headers"] = []
    assert changes(account, bare) == []


def test_a_secret_that_is_not_at_hand_is_named_and_changes_nothing():
    account = fresh(API)
    account.secrets.clear()
    observation: Observation = account.client().observe([wanted()])
    assert observation.uncompared == ["PROBE_TOKEN"]
    assert diff([wanted()], [observation]).changes == []


def test_an_unknown_status_is_told_as_it_is():
    account = fresh(API)
    account.jobs[101] |= {"enabled": False, "lastStatus": 42}
    (finding,) = account.client().observe([wanted()]).findings
    assert finding.message.endswith("ended with the status 42")


def test_a_job_that_is_meant_to_be_off_is_no_finding():
    account = fresh()
    converge(account, wanted(enabled=False))
    assert account.client().observe([wanted(enabled=False)]).findings == ()
