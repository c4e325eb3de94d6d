import json
from datetime import timedelta
from pathlib import Path

import pytest

from keepwell.errors import UsageError
from keepwell.store.journal import Journal
from tests.decisions.changes import NOON


def test_each_line_says_what_was_being_done(tmp_path: Path):
    journal = Journal(tmp_path / "journal", started_at=NOON)
    journal.write("sending", "update cloudflare setting ssl", at=NOON)
    journal.write("done", "update cloudflare setting ssl", at=NOON + timedelta(seconds=2))
    assert journal.path.name == "20261126T120000Z-apply.ndjson"
    assert [json.loads(line) for line in journal.path.read_text().splitlines()] == [
        {"at": "2026-11-26T12:00:00Z", "event": "sending", "what": "update cloudflare setting ssl"},
        {"at": "2026-11-26T12:00:02Z", "event": "done", "what": "update cloudflare setting ssl"},
    ]


def test_an_apply_that_sends_nothing_leaves_no_file(tmp_path: Path):
    Journal(tmp_path / "journal", started_at=NOON)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_stops_the_apply(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write the journal"):
        Journal(tmp_path / "file", started_at=NOON).write("sending", "x", at=NOON)
