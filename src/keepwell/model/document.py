"""What is generated: text files, each for one vendor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One generated file. `path` is relative to the output folder, with forward slashes.

    Documents hold no secret, only references (`secret://NAME`).
    """

    path: str
    text: str
