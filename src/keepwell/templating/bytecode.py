"""Compiled templates, kept beside Python's own bytecode, so that the next process need not compile.

As with Python's own: none where PYTHONDONTWRITEBYTECODE forbids it or the folder cannot be written,
and of no use once the template has changed. What cannot be read is compiled anew.
"""

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


def bytecode_folder() -> Path | None:
    """Where Python keeps the bytecode of this package; None where it may not."""
    return None if sys.dont_write_bytecode else Path(cache_from_source(__file__)).parent


class Bytecode(BytecodeCache):
    """One file per template in `folder`. `options` are those that shape what is compiled."""

    def __init__(self, folder: Path, *, options: str) -> None:
        self._folder = folder
        self._options = options

    def get_source_checksum(self, source: str) -> str:
        """A checksum of the template and of the options."""
        return super().get_source_checksum(self._options + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket, unless there is nothing, or nothing of use."""
        with suppress(Exception), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what is in the bucket, if it can."""
        path = self._path(bucket)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                bucket.write_bytecode(file)
            temporary.replace(path)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.j2c"
