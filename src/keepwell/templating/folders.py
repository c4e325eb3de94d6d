"""Where the templates are: beside `src/` in a checkout, within the package in a wheel.

Also judges a folder of overrides, so that a misspelt file name does not go unnoticed.
"""

import difflib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from keepwell.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent.parent
_LISTED = 5


def find_templates(package: Path = _PACKAGE) -> Path:
    """The folder of our own templates, for the package `keepwell` at this place.

    Raises:
        UsageError: the installation holds none.
    """
    beside_src = package.parent.parent / "templates"
    if package.parent.name == "src" and beside_src.is_dir():
        return beside_src
    packaged = package / "_templates"
    if packaged.is_dir():
        return packaged
    raise UsageError(
        f"no templates in {packaged}", hint="install keepwell again: its wheel carries them"
    )


def check_overrides(overrides: Path, *, ours: Path) -> None:
    """Accepts a folder whose every file replaces a template of ours.

    Raises:
        UsageError: it is not a readable folder, or holds other files; the nearest is named.
    """
    if not overrides.is_dir():
        raise UsageError(f"--templates: {overrides} is not a folder")
    known = sorted(_files(ours))
    strangers = (name for name in _files(overrides) if name not in known)
    listed = list(itertools.islice(strangers, _LISTED))
    if listed:
        raise UsageError(
            f"--templates: {overrides} holds what replaces no template: {', '.join(listed)}",
            hint=_hint(listed[0], known),
        )


def _files(folder: Path) -> Iterator[str]:
    for parent, _, names in os.walk(folder, onerror=_unreadable):
        for name in names:
            yield (Path(parent) / name).relative_to(folder).as_posix()


def _unreadable(error: OSError) -> None:
    raise UsageError(f"--templates: cannot read {error.filename}: {error.strerror}")


def _hint(stranger: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(stranger, known, n=1, cutoff=0)
    return f"the nearest template is {nearest[0]}" if nearest else "remove the file"
