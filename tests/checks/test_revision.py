from typing import Any

import pytest

from keepwell.checks.revision import Revision
from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.verdict import Status
from tests.checks.samples import OTHER_SHA, SHA, answer, body, make_probe, silence

TABLE = [
    (SHA, SHA, Status.PASS),
    (SHA[:7], SHA, Status.PASS),
    (SHA, SHA[:12].upper(), Status.PASS),
    (SHA[:6], SHA, Status.UNKNOWN),
    (SHA[:7], SHA[:6], Status.UNKNOWN),
    (OTHER_SHA, SHA, Status.UNKNOWN),
    (SHA[:-1] + "0", SHA, Status.UNKNOWN),
    ("v1.2.3", "v1.2.3", Status.PASS),
    ("v1.2.34", "v1.2.3", Status.UNKNOWN),
]


@pytest.mark.parametrize(("wanted", "serving", "status"), TABLE)
def test_the_serving_commit_must_be_the_wanted_one(
    wanted: str, serving: str, status: Status
) -> None:
    found = Revision().look(answer(make_probe(revision=wanted), body=body(releaseId=serving)))
    assert found is not None
    assert found.status is status
    assert serving in found.message


@pytest.mark.parametrize("fields", [{}, {"releaseId": None}, {"releaseId": ""}, {"releaseId": 7}])
def test_a_document_without_a_commit_is_unknown(fields: dict[str, Any]) -> None:
    found = Revision().look(answer(make_probe(revision=SHA), body=body(**fields)))
    assert found is not None
    assert found.status is Status.UNKNOWN
    assert "no `releaseId`" in found.message


def test_where_no_document_is_expected_a_revision_is_not_taken_on_trust() -> None:
    page = answer(make_probe(revision=SHA, is_deep=False), body=b"<html>")
    found = Revision().look(page)
    assert found is not None
    assert found.status is Status.UNKNOWN
    assert "no health document names the revision" in found.message


@pytest.mark.parametrize(
    "sample",
    [
        answer(body=body(releaseId=OTHER_SHA)),
        answer(make_probe(revision=SHA), code=502, body=b"Bad Gateway"),
        silence(NoAnswer.REFUSED, make_probe(revision=SHA)),
        silence(NoAnswer.REFUSED, make_probe(revision=SHA, is_deep=False)),
    ],
)
def test_it_does_not_apply_without_a_wanted_commit_or_a_document(sample: Sample) -> None:
    assert Revision().look(sample) is None
