"""Reads the stack file as text, within limits; never waits for a pipe or a device."""

import re
import stat
from pathlib import Path

from keepwell.errors import StackError
from keepwell.model.verdict import Place
from keepwell.stackfile.wording import printable, problem_at, stack_error

SIZE_LIMIT_BYTES = 1_000_000
"""200 services need about a tenth of it."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What YAML does not allow, and the line breaks that YAML 1.1 had beyond those of 1.2.

Source: https://yaml.org/spec/1.2.2/#51-character-set (read 2026-11).
"""


def read_text(path: Path) -> str:
    """The text of the file, without a byte order mark.

    Raises:
        StackError: it cannot be read, is too large, or is not text.
    """
    content = _read_bytes(path)
    if content.startswith(_UTF16_MARKS):
        raise StackError(f"{printable(path)}: this is UTF-16", hint="save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StackError(
            f"{printable(path)}: this is not text (byte {error.start + 1} is not UTF-8)",
            hint="name a YAML file, saved as UTF-8",
        ) from None
    _refuse_forbidden_characters(text, file=str(path))
    return text


def _read_bytes(path: Path) -> bytes:
    hint = "name the stack file with --stack FILE"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise StackError(f"{printable(path)}: this is a folder", hint=hint)
        if not stat.S_ISREG(status.st_mode):
            raise StackError(f"{printable(path)}: this is not a regular file", hint=hint)
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StackError(
            f"{printable(path)}: cannot be read: {reason.lower()}", hint=hint
        ) from None
    if len(content) > SIZE_LIMIT_BYTES:
        raise StackError(
            f"{printable(path)}: larger than {SIZE_LIMIT_BYTES // 1_000_000} MB",
            hint="is this the stack file? Real ones have some kilobytes",
        )
    return content


def _refuse_forbidden_characters(text: str, *, file: str) -> None:
    found = _FORBIDDEN.search(text)
    if found is None:
        return
    before = text[: found.start()]
    place = Place(file=file, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))
    message = f"the character U+{ord(found.group()):04X} is not allowed"
    hint = 'remove it, or write it as an escape in double quotes, as in "\\u001b"'
    raise stack_error(file, [problem_at(place, message, hint=hint)])
