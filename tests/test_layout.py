"""The house rules that a reader should not have to check by eye (CONTRIBUTING.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.checks import CHECKS
from keepwell.cli import COMMANDS, TERMINAL_ONLY
from keepwell.policies import POLICIES
from keepwell.rehearsal.scenarios import SCENARIOS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "keepwell"
SOURCES = sorted(
    path
    for folder in ("src", "examples", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
)
TESTS = sorted(
    {*(ROOT / "tests").rglob("*.py"), *(ROOT / "examples").rglob("test_*.py")} - {Path(__file__)}
)
README = (ROOT / "README.md").read_text()


def stems(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_package_itself_is_empty():
    assert (SOURCE / "__init__.py").read_text() == ""


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in TERMINAL_ONLY])
def test_an_action_is_a_command_is_a_test_is_a_heading(name: str):
    module = name.replace("-", "_")
    assert (ROOT / "actions" / name / "action.yml").is_file()
    assert (SOURCE / "commands" / f"{module}.py").is_file()
    assert (ROOT / "tests" / "commands" / f"test_{module}.py").is_file()
    assert f"\n### {name}\n" in README


def test_every_action_is_a_command():
    actions = {path.parent.name for path in (ROOT / "actions").glob("*/action.yml")}
    assert actions == set(COMMANDS) - set(TERMINAL_ONLY)


@pytest.mark.parametrize(
    ("registry", "folder"),
    [
        (POLICIES, SOURCE / "policies"),
        (CHECKS, SOURCE / "checks"),
        (SCENARIOS, SOURCE / "rehearsal" / "scenarios"),
    ],
)
def test_a_registry_lists_its_folder(registry, folder: Path):
    assert {name.replace("-", "_") for name in registry} == {
        stem for stem in stems(folder) if not stem.startswith("_")
    }


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=relative)
def test_a_file_stays_under_300_lines(path: Path):
    assert len(path.read_text().splitlines()) < 300


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_function_stays_under_50_lines(path: Path):
    long = [
        f"{node.name} has {length} lines"
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) >= 50
    ]
    assert long == []


PURE = ("policies", "checks", "decisions")


@pytest.mark.parametrize("folder", PURE)
def test_the_tests_of_the_core_mirror_it(folder: str):
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / folder).glob("test_*")}
    assert {stem for stem in stems(SOURCE / folder) if not stem.startswith("_")} <= tested


PATCHING = re.compile(r"monkeypatch\.(setattr|setitem|delattr)|unittest\.mock|mocker\b|MagicMock")


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_nothing_of_our_own_is_patched(path: Path):
    assert PATCHING.findall(path.read_text()) == []


@pytest.mark.parametrize("registry", [POLICIES, CHECKS], ids=["policies", "checks"])
def test_a_rule_documents_itself(registry):
    for name, rule in registry.items():
        title = (type(rule).__doc__ or "").strip()
        assert title, f"{name} has no title"
        assert "\n" not in title, f"the title of {name} is one line"
        assert title.endswith("."), f"the title of {name} is a sentence"


def test_every_dependency_has_a_reason():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("[project.optional-dependencies]")
    end = next(i for i, line in enumerate(lines) if line.startswith("[tool.hatch"))
    listed = [
        line for line in lines[start:end] if line.startswith('  "') and "keepwell[" not in line
    ]
    assert listed
    assert [line for line in listed if "#" not in line] == []


def test_no_lock_names_a_registry():
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), lock.name


ANCHOR = re.compile(r"README\.md#([a-z0-9-]+)")


def test_every_place_that_an_error_points_to_is_in_the_readme():
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    there = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}
    pointed = {anchor for path in SOURCES for anchor in ANCHOR.findall(path.read_text())}
    assert pointed
    assert pointed - there == set()
