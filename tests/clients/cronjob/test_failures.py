"""What is said and done when cron-job.org refuses or does not answer."""

from collections.abc import Callable

import httpx
import pytest

from keepwell.errors import ApiError, UsageError
from keepwell.model.plan import Action
from tests.clients.cronjob.account import TOKEN, Account
from tests.clients.cronjob.planning import API, apply, changes, converge, fresh, wanted


def cut(account: Account) -> Callable[[httpx.Request], httpx.Response]:
    """Acts, and is not heard."""

    def act(request: httpx.Request) -> httpx.Response:
        account.act(request)
        raise httpx.ReadError("connection lost", request=request)

    return act


def test_a_missing_secret_stops_before_anything_is_sent():
    account = Account()
    with pytest.raises(UsageError) as raised:
        converge(account, wanted())
    assert raised.value.message == (
        f"cron-job-org job {API} needs the variable PROBE_TOKEN, which is not set"
    )
    assert account.sent == []


def test_a_job_that_goes_between_list_and_details_is_made_anew():
    account = fresh(API)

    def gone(request: httpx.Request) -> httpx.Response:
        account.jobs.clear()
        return account.act(request)

    account.faults["GET /jobs/101"] = [gone]
    assert [change.action for change in changes(account, wanted())] == [Action.CREATE]


def test_a_job_made_unheard_is_not_made_twice():
    account = fresh()
    account.faults["PUT /jobs"] = [cut(account)]
    with pytest.raises(ApiError):
        apply(account, changes(account, wanted()))
    assert account.asked.count("PUT /jobs") == 1
    assert changes(account, wanted()) == []


def test_a_change_made_unheard_is_sent_again():
    account = fresh(API)
    account.jobs[101]["enabled"] = False
    account.faults["PATCH /jobs/101"] = [cut(account)]
    converge(account, wanted())
    assert account.asked.count("PATCH /jobs/101") == 2


def test_an_incomplete_list_is_no_ground_to_make_a_job_twice():
    account = fresh(API)
    account.some_failed = True
    with pytest.raises(ApiError) as raised:
        account.client().observe([wanted()])
    assert raised.value.message == "cron-job.org could not list all jobs"


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "CRON_JOB_ORG_API_KEY is wrong or has expired"),
        (403, "CRON_JOB_ORG_API_KEY needs to be allowed from this address"),
        (429, "wait, then run it again"),
        (500, "cron-job.org has a fault of its own"),
        (400, ""),
    ],
)
def test_an_error_without_a_body_is_told_with_the_next_step(status: int, hint: str):
    account = fresh()
    account.faults["GET /jobs"] = [lambda _: httpx.Response(status)] * 4
    with pytest.raises(ApiError) as raised:
        account.client().observe([])
    assert raised.value.message == f"cron-job.org answered {status} to GET /jobs"
    assert raised.value.hint.startswith(hint)
    assert TOKEN not in f"{raised.value}{raised.value.hint}"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]"])
def test_an_answer_without_its_part_is_told(body: bytes):
    account = fresh()
    answer = httpx.Response(200, content=body, headers={"content-type": "application/json"})
    account.faults["GET /jobs"] = [lambda _: answer]
    with pytest.raises(ApiError) as raised:
        account.client().observe([])
    assert raised.value.message == "cron-job.org answered without jobs"
