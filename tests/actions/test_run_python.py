"""The launcher, `actions/run`, on machines that have this and lack that."""

import os
import platform
import stat
import sys
from pathlib import Path

from tests.actions.machine import UV, Machine


def test_without_python_it_says_so(machine: Machine, bare: str) -> None:
    done = machine.launch(path=bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("::error title=No Python 3.11 or newer::")


def test_an_old_python_is_passed_over(machine: Machine, with_uv: str, bare: str) -> None:
    old = machine.folder / "old"
    old.mkdir()
    (old / "python3").write_text("#!/bin/sh\necho 'Unknown option: -P' >&2\nexit 2\n")
    (old / "python3").chmod(0o755)
    done = machine.launch(path=f"{old}:{with_uv}:{bare}")
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.launch(path=f"{old}:{bare}").returncode == 2


def test_a_python_that_uv_keeps_is_found_and_not_that_of_the_checkout(
    machine: Machine, bare: str
) -> None:
    version, minor = platform.python_version(), "{}.{}".format(*sys.version_info)
    kept = machine.folder / "pythons"
    interpreter = (
        kept / f"cpython-{version}-linux-{platform.machine()}-gnu" / "bin" / f"python{minor}"
    )
    interpreter.parent.mkdir(parents=True)
    interpreter.symlink_to(Path(sys.base_prefix) / "bin" / f"python{minor}")
    bin_folder = machine.folder / "uv-only"
    bin_folder.mkdir()
    (bin_folder / "uv").symlink_to(UV)
    done = machine.launch(path=f"{bin_folder}:{bare}", UV_PYTHON_INSTALL_DIR=str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.workspace.traps_sprung == set()


def test_without_an_installer_it_says_so(machine: Machine, with_uv: str, bare: str) -> None:
    python_only, _, _ = with_uv.partition(":")
    done = machine.launch(path=f"{python_only}:{bare}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("::error title=No installer::")


def test_away_from_a_runner_the_store_is_the_users_alone(
    machine: Machine, with_uv: str, bare: str
) -> None:
    del machine.environ["RUNNER_TEMP"]
    done = machine.launch(path=f"{with_uv}:{bare}", TMPDIR=str(machine.folder / "temp"))
    assert done.returncode == 0, done.stderr
    store = machine.folder / "temp" / f"keepwell-{os.getuid()}"
    assert stat.S_IMODE(store.stat().st_mode) == 0o700


def test_away_from_a_runner_a_planted_link_is_refused(
    machine: Machine, with_uv: str, bare: str
) -> None:
    del machine.environ["RUNNER_TEMP"]
    planted = machine.folder / "planted"
    planted.mkdir()
    (machine.folder / "temp" / f"keepwell-{os.getuid()}").symlink_to(planted)
    done = machine.launch(path=f"{with_uv}:{bare}", TMPDIR=str(machine.folder / "temp"))
    assert done.returncode == 2
    assert done.stderr.startswith("::error title=Unsafe folder::")
    assert list(planted.iterdir()) == []
