"""Programs of the stack: ready or told why not, and gone after the block."""

import os
import sys
from pathlib import Path

import pytest

from keepwell.errors import KeepwellError
from keepwell.rehearsal.process import Program, answers, running
from keepwell.rehearsal.servers.server import free_port
from keepwell.rehearsal.servers.watchdog import processes_of


def program(code: str, folder: Path, **environ: str) -> Program:
    return Program(
        name="test", command=[sys.executable, "-c", code], environ=environ, folder=folder
    )


def test_a_server_is_ready_when_it_answers_and_gone_with_its_children_after(tmp_path: Path) -> None:
    (tmp_path / "livez").write_text("ok")
    port = free_port()
    code = (
        "import subprocess, sys, http.server as s; subprocess.Popen(['sleep', '600']);"
        f"s.HTTPServer(('127.0.0.1', {port}), s.SimpleHTTPRequestHandler).serve_forever()"
    )
    with running(program(code, tmp_path), is_ready=lambda: answers(port, path="/livez")) as pid:
        family = processes_of(pid)
        assert len(family) == 2
        assert not answers(port, path="/none")
    assert [each for each in family if processes_of(each)] == []
    assert not answers(port, path="/livez")


def test_a_program_that_ends_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    asked = program("import sys; sys.exit('set REDIS_URL')", tmp_path)
    with (
        pytest.raises(KeepwellError, match="did not start: set REDIS_URL"),
        running(asked, is_ready=lambda: False),
    ):
        pass


def test_it_gets_its_own_variables_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "secret")
    told = tmp_path / "told"
    code = f"import os; open({str(told)!r}, 'w').write(','.join(os.environ)); import time; time.sleep(600)"
    with running(
        program(code, tmp_path, THEIRS="1"),
        is_ready=lambda: told.exists() and bool(told.read_text()),
    ):
        names = set(told.read_text().split(","))
    assert {"THEIRS", "PATH", "PYTHONPATH"} <= names
    assert "OURS" not in names
    assert os.environ["OURS"] == "secret"
