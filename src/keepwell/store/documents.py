"""A folder of generated documents: what it holds, what differs, and the change made as one.

Only files that carry the marker of generated documents count as ours: what others made is neither
replaced nor removed.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from keepwell.errors import UsageError
from keepwell.model.document import Document

_HEAD_BYTES = 512
"""How far into a file the marker is looked for; it stands in the first lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A path, relative to the folder, where disk and documents differ.

    `before` is None where the file is missing, `after` where no document has that path any more.
    """

    path: str
    before: bytes | None
    after: bytes | None


def compare(
    folder: Path, documents: Sequence[Document], *, within: Sequence[str], marker: str
) -> tuple[Difference, ...]:
    """What `write` would change, in the order of paths; nothing where all is as it should be.

    Args:
        folder: the output folder; it need not exist.
        documents: what should be there.
        within: the subfolders in which documents of earlier runs are looked for ("" is `folder`).
        marker: what the head of every generated document holds.

    Raises:
        UsageError: the folder, or what stands in it, is a symbolic link, no folder, or unreadable.
    """
    try:
        _refuse_strange(folder, documents)
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error
    wanted = {document.path: document.text.encode() for document in documents}
    found = {path: _read(folder / path) for path in wanted}
    differences = [
        Difference(path=path, before=found[path], after=text)
        for path, text in wanted.items()
        if found[path] != text
    ]
    surplus = [
        Difference(path=path, before=_read(folder / path), after=None)
        for path in _ours(folder, within=within, marker=marker)
        if path not in wanted
    ]
    return tuple(sorted(differences + surplus, key=lambda difference: difference.path))


def read_documents(folder: Path, *, within: Sequence[str], marker: str) -> tuple[Document, ...]:
    """The generated documents that stand in the folder, in the order of their paths.

    Raises:
        UsageError: there are none, or one cannot be read.
    """
    try:
        found = {path: _read(folder / path) for path in _ours(folder, within=within, marker=marker)}
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error
    if not found:
        raise UsageError(
            f"{folder} holds no generated documents",
            hint=f"make them with keepwell generate --output {folder}",
        )
    return tuple(Document(path=path, text=(found[path] or b"").decode()) for path in sorted(found))


def write(folder: Path, differences: Sequence[Difference], *, marker: str) -> None:
    """Makes the folder as it should be, all or nothing as far as a file system can.

    Every new text is on the disk, under another name, before the first file is replaced.

    Raises:
        UsageError: a file in the way is not ours, or the folder cannot be written; what stood
            there still stands.
    """
    _refuse_foreign(folder, differences, marker=marker)
    staged: dict[Path, Path] = {}
    try:
        _stage(folder, differences, staged)
        for temporary, path in staged.items():
            temporary.replace(path)
        _remove(folder, differences)
        for parent in {(folder / difference.path).parent for difference in differences}:
            _flush(parent)
    except OSError as error:
        raise UsageError(
            f"cannot write {error.filename or folder}: {error.strerror}",
            hint="name a folder that you may write with --output",
        ) from error
    finally:
        for temporary in staged:
            temporary.unlink(missing_ok=True)


def _refuse_foreign(folder: Path, differences: Sequence[Difference], *, marker: str) -> None:
    for difference in differences:
        if difference.before is not None and not _is_ours(difference.before, marker=marker):
            raise UsageError(
                f"{folder / difference.path} was not made by keepwell, so it is not replaced",
                hint="move it away or remove it, or name another folder with --output",
            )


def _stage(folder: Path, differences: Sequence[Difference], staged: dict[Path, Path]) -> None:
    """Writes each new text to the disk, and into `staged` where it is and where it will be."""
    for difference in differences:
        if difference.after is None:
            continue
        path = folder / difference.path
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with temporary.open("xb") as file:
            staged[temporary] = path
            file.write(difference.after)
            file.flush()
            os.fsync(file.fileno())


def _remove(folder: Path, differences: Sequence[Difference]) -> None:
    for difference in differences:
        if difference.after is None:
            (folder / difference.path).unlink()


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_strange(folder: Path, documents: Sequence[Document]) -> None:
    files = [folder / document.path for document in documents]
    folders = {parent for file in files for parent in file.parents if folder in parent.parents}
    for path in (folder, *sorted(folders), *files):
        if path.is_symlink():
            raise UsageError(
                f"{path} is a symbolic link; documents are written to real files and folders only",
                hint=f"name its target, {path.readlink()}, or remove the link",
            )
        if path not in files and path.exists() and not path.is_dir():
            raise UsageError(f"{path} is not a folder", hint="name a folder with --output")


def _read(path: Path, *, limit: int = -1) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _is_ours(text: bytes, *, marker: str) -> bool:
    return marker.encode() in text[:_HEAD_BYTES]


def _ours(folder: Path, *, within: Sequence[str], marker: str) -> Iterator[str]:
    for name in within:
        for path in _files(folder / name):
            if _is_ours(_read(path, limit=_HEAD_BYTES) or b"", marker=marker):
                yield path.relative_to(folder).as_posix()


def _files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry) for entry in entries if entry.is_file(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {error.strerror}") from error
