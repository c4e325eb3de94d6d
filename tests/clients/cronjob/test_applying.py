"""What is sent to cron-job.org, and that it converges."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from keepwell.decisions.diff import diff
from keepwell.errors import ApiError
from keepwell.model.plan import Action, Batch
from tests.clients.cronjob.account import PREFIX, Account
from tests.clients.cronjob.planning import (
    API,
    JOBS,
    apply,
    changes,
    converge,
    fresh,
    wanted,
)


def test_a_job_is_made_with_every_field_and_its_secret():
    account = fresh()
    converge(account, wanted())
    (body,) = account.sent
    assert body["job"]["title"] == API
    assert body["job"]["enabled"] is True
    assert body["job"]["schedule"]["hours"] == [-1]
    assert body["job"]["extendedData"]["headers"] == {"x-keepwell-probe": "s3cret"}
    assert {*body["job"]} == {*json.loads(JOBS.read_text())["jobs"][0]}


@pytest.mark.parametrize(
    ("by_hand", "after"),
    [
        ({"enabled": False}, {"enabled": True}),
        ({"url": "https://other.example/"}, {"url": "https://api.livestreamsell.example/health"}),
        ({"requestTimeout": 5}, {"requestTimeout": 30}),
        ({"folderId": 3}, {"folderId": 0}),
    ],
)
def test_what_was_changed_by_hand_is_sent_alone(
    by_hand: Mapping[str, Any], after: Mapping[str, Any]
):
    account = fresh(API)
    account.jobs[101] |= by_hand
    (change,) = changes(account, wanted())
    assert (change.before, change.after) == (by_hand, after)
    converge(account, wanted())
    assert account.sent == [{"job": after}]


def test_a_changed_schedule_is_sent_whole():
    account = fresh(API)
    account.jobs[101]["schedule"]["minutes"] = [0]
    converge(account, wanted())
    assert account.sent == [{"job": {"schedule": wanted().fields["schedule"]}}]


def test_an_auto_disabled_job_is_told_with_its_last_status_and_switched_on_again():
    account = fresh(API)
    account.jobs[101] |= {"enabled": False, "lastStatus": 4}
    (finding,) = account.client().observe([wanted()]).findings
    assert finding.rule == "job-disabled"
    assert (
        finding.message
        == f"the job {API} is switched off; its last execution failed: an HTTP error"
    )
    converge(account, wanted())
    assert account.jobs[101]["enabled"] is True
    assert account.client().observe([wanted()]).findings == ()


def test_of_two_jobs_with_one_title_the_older_stays():
    account = fresh(API)
    account.add(**{**account.jobs[101], "jobId": 0})
    account.jobs = dict(reversed(account.jobs.items()))
    newer = max(account.jobs)
    account.jobs[newer]["jobId"] = newer
    observation = account.client().observe([wanted()])
    assert [finding.rule for finding in observation.findings] == ["job-twice"]
    (change,) = changes(account, wanted())
    assert (change.action, change.resource.key, change.id) == (
        Action.DELETE,
        f"{API}#{newer}",
        str(newer),
    )
    converge(account, wanted())
    assert list(account.jobs) == [101]


def test_a_job_that_is_no_longer_desired_is_deleted_even_twice():
    account = fresh(API)
    pending = changes(account)
    assert [change.before for change in pending] == [
        {"url": "https://api.livestreamsell.example/health", "enabled": True}
    ]
    apply(account, pending)
    apply(account, pending)
    assert account.jobs == {}


def test_six_jobs_are_made_within_the_limit_of_five_a_minute():
    account = Account(secrets={"PROBE_TOKEN": "s3cret"})
    jobs = [wanted(f"{PREFIX}{name}") for name in "abcdef"]
    client = account.client()
    pending = diff(jobs, [client.observe(jobs)]).changes
    client.apply(Batch(vendor="cron-job-org", kind="job", changes=pending))
    assert account.clock.monotonic_s() == 60
    assert len(account.jobs) == 6


def test_history_and_folders_are_read_and_made():
    account = fresh(API)
    client = account.client()
    assert client.history("101") == ({"jobId": 101},)
    assert client.folders() == {}
    assert client.create_folder("keepwell") == 7
    assert client.folders() == {"keepwell": 7}
    with pytest.raises(ApiError):
        client.create_folder("keepwell")
    client.close()
