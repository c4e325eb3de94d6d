"""A checkout that tries to run its own code in our process, and to send us to its own index."""

import shutil
from pathlib import Path

from tests.actions.wheel_index import Index

ROOT = Path(__file__).parents[2]
MODULES = (
    "click",
    "hashlib",
    "httpx",
    "keepwell",
    "pip",
    "pydantic",
    "sitecustomize",
    "usercustomize",
    "yaml",
)


class HostileWorkspace:
    """The checkout of another repository: its stack file, and traps all around it."""

    def __init__(self, folder: Path, *, index: Index) -> None:
        self.folder = folder
        self._index = index
        self._witness = folder.with_name("witness")
        folder.mkdir()
        shutil.copy(ROOT / "stack.yaml", folder)
        trap = f"open({str(self._witness)!r}, 'a').write(__name__ + '\\n')\n"
        for module in MODULES:
            (folder / f"{module}.py").write_text(trap)
        for_uv = f'index-url = "{index.hostile_url}"\nextra-index-url = ["{index.hostile_url}"]\n'
        (folder / "pyproject.toml").write_text(f"[tool.uv]\n{for_uv}")
        (folder / "uv.toml").write_text(for_uv)
        (folder / "pip.conf").write_text(f"[global]\nindex-url = {index.hostile_url}\n")
        interpreter = folder / ".venv" / "bin" / "python"
        interpreter.parent.mkdir(parents=True)
        (folder / ".venv" / "pyvenv.cfg").write_text("version = 3.11.0\n")
        interpreter.write_text(f"#!/bin/sh\necho python >> '{self._witness}'\nexit 1\n")
        interpreter.chmod(0o755)

    @property
    def traps_sprung(self) -> set[str]:
        """The names of what acted in somebody's process."""
        sprung = set(self._witness.read_text().split()) if self._witness.exists() else set()
        hostile = any(path.startswith("/hostile") for path in self._index.requested)
        return sprung | ({"index"} if hostile else set())

    def files(self) -> set[str]:
        """Everything in the checkout, by relative path."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}
