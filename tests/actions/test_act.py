"""The actions under act, a second implementation of the runner, from another repository's workflow.

act sets INPUT_* in composites, which GitHub does not; our own runner catches what that hides.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.actions.machine import ROOT, Machine

ACT = shutil.which("act", path=f"{os.environ.get('PATH')}:{Path.home() / 'go' / 'bin'}")
WORKFLOW = """\
on: workflow_dispatch
jobs:
  gate:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - id: first
        uses: somebody/keepwell/actions/generate@v1
      - uses: somebody/keepwell/actions/generate@v1
        with: { check: "true" }
      - run: echo "documents changed $CHANGED, $STATUS"
        env:
          CHANGED: ${{ steps.first.outputs.changed }}
          STATUS: ${{ steps.first.outputs.status }}
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(ACT is None, reason="act is not installed; .ci/run installs it"),
]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """What a release holds of us."""
    for name in ("actions", "requirements", "src", "templates"):
        shutil.copytree(
            ROOT / name, tmp_path / "keepwell" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path / "keepwell"


def git(*arguments: str, folder: Path) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_workflow_of_another_repository_generates_and_checks(
    machine: Machine, published: Path
) -> None:
    workspace = machine.workspace.folder
    workflow = workspace / ".github" / "workflows" / "gate.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW)
    git("init", "--quiet", folder=workspace)
    git("add", "--all", folder=workspace)
    git("commit", "--quiet", "--message", "all", folder=workspace)
    done = subprocess.run(
        [
            ACT or "act",
            *("workflow_dispatch", "--platform", "ubuntu-24.04=-self-hosted"),
            *("--local-repository", f"somebody/keepwell@v1={published}"),
        ],
        cwd=workspace,
        env={**machine.environ, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "documents changed 10, warn" in done.stdout
    assert "all are fresh" in done.stdout
    assert machine.workspace.traps_sprung == set()
