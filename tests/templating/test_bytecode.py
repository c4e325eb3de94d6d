import subprocess
import sys
from pathlib import Path

import pytest

from keepwell.errors import StackError
from keepwell.templating.engine import Engine
from tests.templating.stacks import small_stack


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    return tmp_path / "compiled"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    path = tmp_path / "templates" / "t.j2"
    path.write_text("{{ stack.name | json }}")
    return path


def filled(template: Path, compiled: Path) -> str:
    return Engine(template.parent, compiled=compiled).fill("t.j2", stack=small_stack())


def test_a_compiled_template_is_kept_and_used_again(template: Path, compiled: Path):
    assert filled(template, compiled) == '"small"'
    [kept] = compiled.iterdir()
    before = kept.stat()
    assert filled(template, compiled) == '"small"'
    [kept] = compiled.iterdir()
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_template_that_changed_is_compiled_anew(template: Path, compiled: Path):
    filled(template, compiled)
    template.write_text("{{ stack.environment | json }}")
    assert filled(template, compiled) == '"production"'
    assert len(list(compiled.iterdir())) == 1


@pytest.mark.parametrize("left", [0, 5, 20, 60, -1])
def test_what_is_damaged_is_compiled_anew(template: Path, compiled: Path, left: int):
    filled(template, compiled)
    [kept] = compiled.iterdir()
    kept.write_bytes(kept.read_bytes()[:left])
    assert filled(template, compiled) == '"small"'


def test_a_folder_that_cannot_be_written_does_not_matter(template: Path, compiled: Path):
    compiled.write_text("a file in its place")
    assert filled(template, compiled) == '"small"'
    assert compiled.read_text() == "a file in its place"


def test_a_failure_names_its_line_whether_compiled_before_or_not(template: Path, compiled: Path):
    template.write_text("\n\n{{ 1 / stack.network.budget_ms - 1 / 0 }}")
    for _ in range(2):
        with pytest.raises(StackError) as caught:
            filled(template, compiled)
        assert caught.value.problems[0].line == 3


@pytest.mark.parametrize(("option", "expected"), [("-B", "None"), ("-I", "__pycache__")])
def test_it_is_kept_where_python_keeps_its_own_if_it_keeps_any(option: str, expected: str):
    code = "from keepwell.templating.bytecode import bytecode_folder as f; print(f() and f().name)"
    done = subprocess.run(
        [sys.executable, option, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == f"{expected}\n"
