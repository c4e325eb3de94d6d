import os
from pathlib import Path

import pytest

from keepwell.errors import StackError
from keepwell.stackfile.reading import SIZE_LIMIT_BYTES, read_text


def refusal_of(path: Path) -> StackError:
    with pytest.raises(StackError) as caught:
        read_text(path)
    assert caught.value.exit_code == 2
    assert "\x1b" not in str(caught.value)
    return caught.value


def written(folder: Path, content: bytes) -> Path:
    path = folder / "stack.yaml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", ["ä: 1\n".encode(), "\ufeffä: 1\n".encode()])
def test_utf_8_is_read_with_or_without_its_mark(content: bytes, tmp_path: Path):
    assert read_text(written(tmp_path, content)) == "ä: 1\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_other_encodings_are_refused(encoding: str, tmp_path: Path):
    refusal = refusal_of(written(tmp_path, "\ufeffä: 1"[encoding == "latin-1" :].encode(encoding)))
    assert "UTF-" in refusal.message
    assert "UTF-8" in refusal.hint


def test_what_is_too_large_is_refused_and_what_just_fits_is_not(tmp_path: Path):
    assert len(read_text(written(tmp_path, b"#" * SIZE_LIMIT_BYTES))) == SIZE_LIMIT_BYTES
    refusal = refusal_of(written(tmp_path, b"#" * (SIZE_LIMIT_BYTES + 1)))
    assert refusal.message.endswith("larger than 1 MB")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.yaml", "no such file or directory"),
        (".", "this is a folder"),
        ("fifo", "this is not a regular file"),
        ("/dev/zero", "this is not a regular file"),
        ("loop", "symbolic link"),
        ("n" * 300, "file name too long"),
        ("nul\0", "null"),
        ("esc\x1b[31m", "no such file"),
    ],
)
def test_what_is_no_file_is_named_and_never_waited_for(name: str, said: str, tmp_path: Path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refusal = refusal_of(tmp_path / name)
    assert said in refusal.message
    assert "--stack" in refusal.hint


@pytest.mark.parametrize(
    ("text", "place", "sign"),
    [
        ("a: 1\nb: \x1b[31m", (2, 4), "U+001B"),
        ("a\x00", (1, 2), "U+0000"),
        ("# ä\x7f", (1, 4), "U+007F"),
        ("a: 1 # \u2028 b: 2", (1, 8), "U+2028"),
        ("a: \x85", (1, 4), "U+0085"),
    ],
)
def test_control_characters_are_refused_by_number_with_their_place(
    text: str, place: tuple[int, int], sign: str, tmp_path: Path
):
    (problem,) = refusal_of(written(tmp_path, text.encode())).problems
    assert (problem.line, problem.column) == place
    assert sign in problem.message
