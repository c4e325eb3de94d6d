import os
from pathlib import Path

import pytest

from keepwell.errors import UsageError
from keepwell.model.document import Document
from keepwell.store.documents import Difference, compare, write

MARKER = "Made by us"
HEAD = f"# {MARKER}\n"
DOCUMENTS = (
    Document(path="a.yaml", text=HEAD + "a: 1\n"),
    Document(path="sub/deep/b.json", text=HEAD + "😀\n"),
)


def differences(folder: Path, documents=DOCUMENTS, *, within=("", "sub", "sub/deep")):
    return compare(folder, documents, within=within, marker=MARKER)


def write_all(folder: Path, found=None) -> None:
    write(folder, differences(folder) if found is None else found, marker=MARKER)


def everything(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_written_no_longer_differs(tmp_path: Path):
    output = tmp_path / "not" / "there" / "yet"
    found = differences(output)
    assert [(d.path, d.before) for d in found] == [("a.yaml", None), ("sub/deep/b.json", None)]
    write_all(output, found)
    assert everything(output) == {document.path: document.text for document in DOCUMENTS}
    assert differences(output) == ()


def test_only_what_differs_is_written(tmp_path: Path):
    write_all(tmp_path)
    untouched = (tmp_path / "sub/deep/b.json").stat()
    (tmp_path / "a.yaml").write_text(HEAD + "changed by hand")
    [difference] = differences(tmp_path)
    assert difference == Difference(
        path="a.yaml", before=HEAD.encode() + b"changed by hand", after=DOCUMENTS[0].text.encode()
    )
    write_all(tmp_path, [difference])
    after = (tmp_path / "sub/deep/b.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (untouched.st_ino, untouched.st_mtime_ns)


def test_a_document_that_is_no_longer_made_goes_but_files_of_others_stay(tmp_path: Path):
    write_all(tmp_path)
    (tmp_path / "sub/hand-made.json").write_text("{}")
    (tmp_path / "sub/late-marker.txt").write_text("x" * 600 + MARKER)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/old.yaml").write_text(HEAD)
    [difference] = differences(tmp_path, DOCUMENTS[:1])
    assert (difference.path, difference.after) == ("sub/deep/b.json", None)
    write_all(tmp_path, [difference])
    assert set(everything(tmp_path)) == {
        "a.yaml", "sub/hand-made.json", "sub/late-marker.txt", "elsewhere/old.yaml",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "a: 1\n", "x" * 600 + MARKER])
def test_a_file_that_others_made_is_not_replaced_and_neither_is_any_other(
    tmp_path: Path, text: str
):
    (tmp_path / "sub/deep").mkdir(parents=True)
    (tmp_path / "sub/deep/b.json").write_text(text)
    with pytest.raises(UsageError, match=r"b\.json was not made by keepwell"):
        write_all(tmp_path)
    assert everything(tmp_path) == {"sub/deep/b.json": text}


def test_a_failure_half_way_leaves_everything_as_it_was(tmp_path: Path):
    write_all(tmp_path)
    before = everything(tmp_path)
    changed = [Document(path=d.path, text=d.text + "more\n") for d in DOCUMENTS]
    obstacle = tmp_path / "sub/deep" / f".b.json.{os.getpid()}.tmp"
    obstacle.mkdir()
    with pytest.raises(UsageError, match=r"cannot write .*b\.json.*: File exists"):
        write_all(tmp_path, differences(tmp_path, changed))
    assert everything(tmp_path) == before
    assert obstacle.is_dir()


def test_files_are_as_readable_as_any_other_new_file(tmp_path: Path):
    write_all(tmp_path)
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "a.yaml").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("place", ["out", "out/sub", "out/sub/deep"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, place: str):
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("precious")
    with pytest.raises(UsageError, match=f"{place} is not a folder"):
        differences(tmp_path / "out")
    assert (tmp_path / place).read_text() == "precious"


@pytest.mark.parametrize("place", ["out", "out/sub", "out/a.yaml", "out/sub/deep/b.json"])
def test_a_symbolic_link_is_refused_and_its_target_named(tmp_path: Path, place: str):
    (tmp_path / "target").mkdir()
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).symlink_to(tmp_path / "target")
    with pytest.raises(UsageError, match=f"{place} is a symbolic link") as caught:
        differences(tmp_path / "out")
    assert str(tmp_path / "target") in caught.value.hint


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path):
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(UsageError, match=r"cannot read .*a\.yaml: Is a directory"):
        differences(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    output = tmp_path / ("x" * 300)
    with pytest.raises(UsageError, match="File name too long"):
        write_all(output)
