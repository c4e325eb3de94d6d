"""Machines in small: a PATH with chosen programs, and a package index on loopback."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.hostile import HostileWorkspace
from tests.actions.machine import ROOT, UV, Machine
from tests.actions.wheel_index import Index, locked_wheels, serving

PROGRAMS = ("bash", "chmod", "dirname", "env", "mkdir", "mktemp", "readlink", "rm", "sha256sum")


@pytest.fixture(scope="session")
def wheels() -> Path:
    cache = ROOT / ".cache" / "wheels"
    cache.mkdir(parents=True, exist_ok=True)
    return locked_wheels(ROOT / "requirements" / "apply.txt", cache=cache)


@pytest.fixture
def index(wheels: Path) -> Iterator[Index]:
    with serving(wheels) as running:
        yield running


def _folder_of(programs: dict[str, Path], *, folder: Path) -> Path:
    folder.mkdir()
    for name, target in programs.items():
        (folder / name).symlink_to(target)
    return folder


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH without Python and without uv."""
    found = {name: Path(shutil.which(name) or name) for name in PROGRAMS}
    return str(_folder_of(found, folder=tmp_path_factory.mktemp("machine") / "bin"))


@pytest.fixture(scope="session")
def with_uv(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What goes before a PATH to have uv, and a Python that has neither pip nor anything of ours."""
    folder = tmp_path_factory.mktemp("with-uv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    return f"{folder / 'venv' / 'bin'}:{_folder_of({'uv': UV}, folder=folder / 'bin')}"


@pytest.fixture(scope="session")
def with_pip(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What goes before a PATH to have a Python with pip, and no uv."""
    folder = tmp_path_factory.mktemp("with-pip")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    return str(folder / "venv" / "bin")


@pytest.fixture
def machine(tmp_path: Path, index: Index) -> Machine:
    (tmp_path / "temp").mkdir()
    return Machine(
        folder=tmp_path,
        index=index,
        workspace=HostileWorkspace(tmp_path / "workspace", index=index),
        environ={
            "HOME": str(tmp_path),
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "PIP_INDEX_URL": index.url,
            "UV_CACHE_DIR": str(tmp_path / "uv-cache"),
        },
    )
