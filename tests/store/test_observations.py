import json
from dataclasses import replace
from pathlib import Path

import pytest

from keepwell.errors import UsageError
from keepwell.model.verdict import Finding, Status
from keepwell.store.observations import read_observations, write_observations
from tests.decisions.changes import observed, resource

SEEN = observed(
    resource("cloudflare setting ssl", value="strict", id_="x"),
    resource("cloudflare rule p/r", is_ours=False, rules=[{"a": [1, None]}]),
    fixed={"cloudflare setting waf": "not available"},
    uncompared=["TOKEN"],
    findings=[Finding(rule="foreign", status=Status.WARN, message="ä", hint="look")],
)


def test_what_was_written_is_read(tmp_path: Path):
    path = tmp_path / "deep" / "observation.json"
    write_observations(path, [SEEN], redact=str)
    (seen,) = read_observations(path)
    assert list(seen.resources) == list(SEEN.resources)
    assert list(seen.findings) == list(SEEN.findings)
    assert (seen.vendor, seen.fixed, seen.calls) == (SEEN.vendor, SEEN.fixed, SEEN.calls)
    assert list(seen.uncompared) == ["TOKEN"]
    assert seen.taken_at == SEEN.taken_at


def test_writing_replaces_the_file_whole(tmp_path: Path):
    path = tmp_path / "observation.json"
    write_observations(path, [SEEN, SEEN], redact=str)
    write_observations(path, [replace(SEEN, resources=())], redact=str)
    assert [len(seen.resources) for seen in read_observations(path)] == [0]
    assert [each.name for each in tmp_path.iterdir()] == ["observation.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no observation"),
        ("{}", "is no observation"),
        ("[]", "is no observation"),
        ('{"schema": 2, "observations": []}', "schema 2 instead of 1"),
        ('{"schema": 1, "observations": [{"vendor": "x"}]}', "is no observation"),
        ('{"schema": 1, "observations": ["x"]}', "is no observation"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, text: str, said: str):
    path = tmp_path / "observation.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_observations(path)


def test_a_time_without_a_zone_is_refused(tmp_path: Path):
    path = tmp_path / "observation.json"
    write_observations(path, [SEEN], redact=str)
    content = json.loads(path.read_text())
    content["observations"][0]["taken_at"] = "2026-11-26T12:00:00"
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError, match="no time zone"):
        read_observations(path)


def test_a_file_that_is_not_there_says_what_makes_it(tmp_path: Path):
    with pytest.raises(UsageError) as caught:
        read_observations(tmp_path / "none.json")
    assert "drift" in caught.value.hint


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_observations(tmp_path / "file" / "observation.json", [SEEN], redact=str)
