"""The account of one apply: a line before each batch is sent and one after, for people.

    {"at":"2026-11-26T10:00:00Z","event":"sending","what":"update cloudflare setting ssl"}

Each line is on the disk before the next thing happens, so that after a kill it shows what was being
done. Nothing reads it back: a rerun observes instead. It holds addresses, never values.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from keepwell.errors import UsageError


class Journal:
    """One file, made at the first line: `FOLDER/YYYYMMDDTHHMMSSZ-apply.ndjson`."""

    def __init__(self, folder: Path, *, started_at: datetime) -> None:
        self.path = folder / f"{started_at:%Y%m%dT%H%M%SZ}-apply.ndjson"

    def write(self, event: str, what: str, *, at: datetime) -> None:
        """Appends a line and waits until it is on the disk.

        Raises:
            UsageError: the folder cannot be written.
        """
        line = {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "event": event, "what": what}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(
                f"cannot write the journal {self.path}: {error.strerror}",
                hint="name a folder that this process may write with --journal",
            ) from error
