"""What should stand at cron-job.org: the external clock's jobs.

Reads the generated document and nothing else. What stands there now, `clients.cronjob` observes.
"""

import json
from collections.abc import Sequence

from keepwell.model.document import Document
from keepwell.model.resource import Resource

VENDOR = "cron-job-org"

_PATH = "cron-job-org/jobs.json"


def desired(documents: Sequence[Document]) -> tuple[Resource, ...]:
    """The jobs of the generated document, in its order: `job` TITLE.

    Fields are those of a DetailedJob but for the title: url, enabled, saveResponses, requestMethod,
    requestTimeout, redirectSuccess, folderId, schedule, notification, auth, extendedData.
    Source: https://docs.cron-job.org/rest-api.html#detailedjob (read 2026-11).
    """
    return tuple(
        Resource(
            vendor=VENDOR,
            kind="job",
            key=job["title"],
            fields={name: value for name, value in job.items() if name != "title"},
        )
        for document in documents
        if document.path == _PATH
        for job in json.loads(document.text)["jobs"]
    )
