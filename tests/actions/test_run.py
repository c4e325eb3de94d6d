"""The launcher, `actions/run`: what it installs, and that nothing of the checkout acts in it."""

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.actions.hostile import MODULES
from tests.actions.machine import ROOT, UV, Machine
from tests.actions.wheel_index import serving

BASE = ROOT / "requirements" / "base.txt"


def test_the_traps_spring_where_nothing_guards_against_them(machine: Machine) -> None:
    here = machine.workspace.folder
    environ = {**machine.environ, "PATH": os.defpath, "PYTHONPATH": "."}
    for module in MODULES:
        subprocess.run(
            [sys.executable, "-c", f"import {module}"], cwd=here, env=environ, check=True
        )
    uv = [str(UV), "pip", "install", "--quiet", "--target", "../x", "idna"]
    assert subprocess.run(uv, cwd=here, env=environ, capture_output=True, check=False).returncode
    assert machine.workspace.traps_sprung == {*MODULES, "index", "python"}


@pytest.mark.parametrize("file", ["uv.toml", "pyproject.toml"])
def test_each_file_of_uv_is_a_trap_by_itself(
    file: str, machine: Machine, with_uv: str, bare: str
) -> None:
    here = machine.workspace.folder
    for other in {"uv.toml", "pyproject.toml"} - {file}:
        (here / other).unlink()
    shutil.rmtree(here / ".venv")
    environ = {**machine.environ, "PATH": f"{with_uv}:{bare}"}
    command = [str(UV), "pip", "install", "--quiet", "--target", "../x", "idna"]
    subprocess.run(command, cwd=here, env=environ, capture_output=True, check=False)
    assert machine.workspace.traps_sprung == {"index"}


def test_uv_installs_from_the_owners_index_and_nothing_of_the_checkout_acts(
    machine: Machine, with_uv: str, bare: str
) -> None:
    before = machine.workspace.files()
    done = machine.launch(path=f"{with_uv}:{bare}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("keepwell, version ")
    assert "/simple/httpx/" in machine.index.requested
    assert machine.workspace.traps_sprung == set()
    assert machine.workspace.files() == before


@pytest.mark.slow
def test_pip_installs_from_the_owners_index_and_nothing_of_the_checkout_acts(
    machine: Machine, with_pip: str, bare: str
) -> None:
    before = machine.workspace.files()
    done = machine.launch(path=f"{with_pip}:{bare}", PYTHONPATH=".")
    assert (done.returncode, done.stderr) == (0, "")
    assert "/simple/httpx/" in machine.index.requested
    assert machine.workspace.traps_sprung == set()
    assert machine.workspace.files() == before


@pytest.mark.slow
def test_pip_follows_the_configuration_that_the_user_named(
    machine: Machine, with_pip: str, bare: str
) -> None:
    config = machine.folder / "user-pip.conf"
    config.write_text(f"[global]\nindex-url = {machine.environ.pop('PIP_INDEX_URL')}\n")
    done = machine.launch(path=f"{with_pip}:{bare}", PIP_CONFIG_FILE=str(config))
    assert done.returncode == 0, done.stderr
    assert "/simple/httpx/" in machine.index.requested


def test_uv_follows_the_configuration_that_the_user_named(
    machine: Machine, with_uv: str, bare: str
) -> None:
    config = machine.folder / "user-uv.toml"
    config.write_text(f'index-url = "{machine.environ.pop("PIP_INDEX_URL")}"\n')
    done = machine.launch(path=f"{with_uv}:{bare}", UV_CONFIG_FILE=str(config))
    assert done.returncode == 0, done.stderr
    assert "/simple/httpx/" in machine.index.requested


def test_the_index_of_uv_goes_before_that_of_pip(machine: Machine, with_uv: str, bare: str) -> None:
    url = machine.environ["PIP_INDEX_URL"]
    path = f"{with_uv}:{bare}"
    done = machine.launch(path=path, UV_DEFAULT_INDEX=url, PIP_INDEX_URL=machine.index.hostile_url)
    assert done.returncode == 0, done.stderr
    assert machine.workspace.traps_sprung == set()


def test_variables_of_the_callers_own_installs_do_not_reach_ours(
    machine: Machine, with_uv: str, bare: str
) -> None:
    (machine.folder / "other.txt").write_text("idna==1.0\n")
    done = machine.launch(
        path=f"{with_uv}:{bare}",
        PYTHONHOME="/nowhere",
        PYTHONSTARTUP="yaml.py",
        UV_CONSTRAINT="../other.txt",
        UV_EXCLUDE_NEWER="2001-01-01",
        UV_OVERRIDE="../other.txt",
        UV_PROJECT="/nowhere",
        UV_PYTHON="3.1",
        UV_SYSTEM_PYTHON="1",
        UV_WORKING_DIR="/nowhere",
        VIRTUAL_ENV=".venv",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.workspace.traps_sprung == set()


@pytest.mark.slow
def test_variables_of_the_callers_own_pip_do_not_reach_ours(
    machine: Machine, with_pip: str, bare: str
) -> None:
    (machine.folder / "other.txt").write_text("idna==1.0\n")
    done = machine.launch(
        path=f"{with_pip}:{bare}",
        PIP_CONSTRAINT="../other.txt",
        PIP_DRY_RUN="1",
        PIP_EDITABLE=".",
        PIP_PREFIX="/nowhere",
        PIP_REQUIREMENT="../other.txt",
        PIP_REQUIRE_VIRTUALENV="1",
        PIP_ROOT="/nowhere",
        PIP_USER="1",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wheel_with_another_hash_is_refused_and_leaves_nothing(
    machine: Machine, with_uv: str, bare: str, wheels: Path
) -> None:
    tampered = machine.folder / "tampered"
    shutil.copytree(wheels, tampered)
    for wheel in tampered.glob("idna-*"):
        wheel.write_bytes(wheel.read_bytes() + b"\0")
    with serving(tampered) as index:
        done = machine.launch(
            path=f"{with_uv}:{bare}", PIP_INDEX_URL=index.url, UV_NO_VERIFY_HASHES="1"
        )
    assert done.returncode == 3
    assert "::error title=Dependencies not installed::" in done.stderr
    assert list(machine.store.iterdir()) == []


def test_what_is_installed_is_used_again(machine: Machine, with_uv: str, bare: str) -> None:
    path = f"{with_uv}:{bare}"
    assert machine.launch(path=path).returncode == 0
    asked = len(machine.index.requested)
    assert machine.launch(path=path).returncode == 0
    assert len(machine.index.requested) == asked
    assert [folder.name for folder in machine.store.iterdir()] == [
        f"{hashlib.sha256(BASE.read_bytes()).hexdigest()}-{sys.implementation.cache_tag}{sys.abiflags}"
    ]


def test_a_later_launch_starts_python_once(machine: Machine, with_uv: str, bare: str) -> None:
    counted, log = machine.folder / "counted", machine.folder / "log"
    counted.mkdir()
    named = counted / "python{}.{}".format(*sys.version_info)
    real = Path(with_uv.partition(":")[0]) / "python"
    named.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {real} "$@"\n')
    named.chmod(0o755)
    (counted / "python3").symlink_to(named.name)
    path = f"{counted}:{with_uv}:{bare}"
    assert machine.launch(path=path).returncode == 0
    log.unlink()
    assert machine.launch(path=path).returncode == 0
    assert log.read_text() == "-P -m keepwell --version\n"


def test_four_cold_launches_at_once_all_succeed_and_leave_one_folder(
    machine: Machine, with_uv: str, bare: str
) -> None:
    with ThreadPoolExecutor(4) as pool:
        launches = [pool.submit(machine.launch, path=f"{with_uv}:{bare}") for _ in range(4)]
    assert [launch.result().returncode for launch in launches] == [0, 0, 0, 0]
    assert len(list(machine.store.iterdir())) == 1


def test_arguments_and_the_exit_code_pass_through(
    machine: Machine, with_uv: str, bare: str
) -> None:
    done = machine.launch("no such 'command'", path=f"{with_uv}:{bare}")
    assert done.returncode == 2
    assert "no such 'command'" in done.stderr


def own_copy(folder: Path, *, requirements: dict[str, bytes]) -> Path:
    """The launcher of a keepwell that has these requirements."""
    for name, content in requirements.items():
        (folder / "requirements").mkdir(parents=True, exist_ok=True)
        (folder / "requirements" / name).write_bytes(content)
    (folder / "src").symlink_to(ROOT / "src")
    shutil.copytree(ROOT / "actions", folder / "actions")
    return folder / "actions" / "run"


def test_a_command_with_a_lock_of_its_own_gets_that(
    machine: Machine, with_uv: str, bare: str
) -> None:
    base, own = BASE.read_bytes(), BASE.read_bytes() + b"# and more\n"
    requirements = {"base.txt": base, "verify.txt": own}
    launcher = own_copy(machine.folder / "keepwell", requirements=requirements)
    done = machine.launch("verify", "--help", path=f"{with_uv}:{bare}", launcher=launcher)
    assert done.returncode == 0, done.stderr
    (folder,) = machine.store.iterdir()
    assert folder.name.startswith(hashlib.sha256(own).hexdigest())


@pytest.mark.parametrize("command", ["apply", "observe", "plan", "secrets"])
def test_commands_that_ask_the_vendors_share_one_lock(
    command: str, machine: Machine, with_uv: str, bare: str
) -> None:
    base, shared = BASE.read_bytes(), BASE.read_bytes() + b"# and octoDNS\n"
    requirements = {"base.txt": base, "apply.txt": shared}
    launcher = own_copy(machine.folder / "keepwell", requirements=requirements)
    machine.launch(command, "--help", path=f"{with_uv}:{bare}", launcher=launcher)
    (folder,) = machine.store.iterdir()
    assert folder.name.startswith(hashlib.sha256(shared).hexdigest())


def test_a_lock_without_hashes_is_refused(machine: Machine, with_uv: str, bare: str) -> None:
    launcher = own_copy(machine.folder / "keepwell", requirements={"base.txt": b"idna==3.20\n"})
    done = machine.launch(path=f"{with_uv}:{bare}", launcher=launcher)
    assert done.returncode == 3
    assert list(machine.store.iterdir()) == []
