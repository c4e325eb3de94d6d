"""A machine in small: where a launcher is started, and with what."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.actions.hostile import HostileWorkspace
from tests.actions.wheel_index import Index

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")


@dataclass(kw_only=True)
class Machine:
    """A folder of its own, an index, a checkout to stand in, variables."""

    folder: Path
    index: Index
    workspace: HostileWorkspace
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "temp" / "keepwell"

    def launch(
        self, *arguments: str, path: str, launcher: Path = ROOT / "actions" / "run", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [launcher, *(arguments or ("--version",))],
            cwd=self.workspace.folder,
            env={**self.environ, "PATH": path, **environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
