"""A later commit was applied; the documents of the commit before it take its change back."""

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from keepwell.model.document import Document
from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage
from keepwell.store.documents import compare, write
from keepwell.templating import FOLDERS, MARKER, generate

_EXPIRY = re.compile(r"(?<=^jwt_expiry = )\d+$", re.MULTILINE)


def _play(stage: Stage) -> Generator[str]:
    stage.vendors.converge()
    earlier = generate(stage.stack)
    later = [replace(each, text=_EXPIRY.sub("61", each.text)) for each in earlier]
    yield stage.vendors.apply(documents=_written(stage.folder / "later", later))
    yield stage.vendors.plan()
    yield stage.vendors.apply(documents=_written(stage.folder / "earlier", earlier))
    yield stage.vendors.plan()


def _written(folder: Path, documents: Sequence[Document]) -> Path:
    differences = compare(folder, documents, within=FOLDERS, marker=MARKER)
    write(folder, differences, marker=MARKER)
    return folder


UNDO = Scenario(
    title="tokens of Auth live 61 s since a later commit; the earlier one is applied again",
    expected=(
        "apply: holds, exit 0",
        "plan: 1 change, exit 1",
        "apply: holds, exit 0",
        "plan: no changes, exit 0",
    ),
    play=_play,
)
