"""Which jobs the generated document asks for."""

import json
from pathlib import Path

from keepwell.decisions.desired_cronjob import desired
from keepwell.model.document import Document

GENERATED = Path(__file__).parents[2] / "generated"
PATH = "cron-job-org/jobs.json"


def test_the_real_jobs_with_every_field():
    (job,) = desired([Document(path=PATH, text=(GENERATED / PATH).read_text())])
    assert job.address == "cron-job-org job keepwell:livestreamsell/api"
    assert set(job.fields) == {
        "url",
        "enabled",
        "saveResponses",
        "requestMethod",
        "requestTimeout",
        "redirectSuccess",
        "folderId",
        "schedule",
        "notification",
        "auth",
        "extendedData",
    }
    assert job.fields["extendedData"]["headers"] == {"x-keepwell-probe": "secret://PROBE_TOKEN"}


def test_jobs_in_order_and_other_documents_passed_over():
    jobs = [{"title": "b", "url": "https://b.example"}, {"title": "a", "url": "https://a.example"}]
    documents = [
        Document(path="render.yaml", text="not: json"),
        Document(path=PATH, text=json.dumps({"_generated": "by", "jobs": jobs})),
    ]
    assert [(each.key, each.fields) for each in desired(documents)] == [
        ("b", {"url": "https://b.example"}),
        ("a", {"url": "https://a.example"}),
    ]
    assert desired(documents[:1]) == ()
