"""From wanted jobs to changes, as `plan` does it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keepwell.decisions.desired_cronjob import desired
from keepwell.decisions.diff import diff
from keepwell.model.document import Document
from keepwell.model.plan import Batch, Change
from keepwell.model.resource import Resource
from tests.clients.cronjob.account import PREFIX, Account

JOBS = Path(__file__).parents[3] / "generated" / "cron-job-org" / "jobs.json"
API = f"{PREFIX}api"


def wanted(title: str = API, **changes: Any) -> Resource:
    """A job as the real document has it, under another title."""
    document = Document(path="cron-job-org/jobs.json", text=JOBS.read_text())
    (job,) = desired([document])
    return Resource(vendor=job.vendor, kind="job", key=title, fields={**job.fields, **changes})


def headers(**values: str) -> Mapping[str, Any]:
    return {"headers": values, "body": ""}


def fresh(*titles: str) -> Account:
    """An account after a first apply of these titles."""
    account = Account(secrets={"PROBE_TOKEN": "s3cret"})
    converge(account, *map(wanted, titles))
    account.asked.clear()
    account.sent.clear()
    return account


def changes(account: Account, *jobs: Resource) -> list[Change]:
    return list(diff(jobs, [account.client().observe(jobs)]).changes)


def apply(account: Account, pending: list[Change]) -> None:
    for change in pending:
        account.client().apply(Batch(vendor="cron-job-org", kind="job", changes=[change]))


def converge(account: Account, *jobs: Resource) -> None:
    apply(account, changes(account, *jobs))
    assert changes(account, *jobs) == []
