"""The examples of the README: each runs its command and answers what it printed.

The commands run in a copy of the checkout's stack, so that no example can change the checkout.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]

MISTAKES = (
    ("  region: virginia", "  regoin: virginia"),
    ("cpu_percent: 60", "cpu_percent: sixty"),
    ("persistence: journal-snapshot", "persistence: on"),
    (
        "META_VERIFY_TOKEN: { kind: webhook,",
        "META_VERIFY_TOKEN: { value: aa11bb22cc33, kind: webhook,",
    ),
)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder with the stack and what was generated from it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "stack.yaml", folder)
        shutil.copytree(ROOT / "generated", folder / "generated")
        yield folder


def printed(command: str, *, folder: Path, shown: str | None = None) -> str:
    """A console block: the command as a user would type it, and all that it printed."""
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={name: value for name, value in environ.items() if not name.startswith("GITHUB_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    code = f"(exit {done.returncode})\n" if done.returncode else ""
    return f"```console\n$ {shown or command}\n{done.stdout.rstrip()}\n{code}```\n"


def mistakes() -> str:
    """A stack with one mistake of each kind."""
    with workplace() as folder:
        text = (folder / "stack.yaml").read_text()
        for right, wrong in MISTAKES:
            if right not in text:
                raise ValueError(f"stack.yaml no longer holds {right!r}")
            text = text.replace(right, wrong, 1)
        (folder / "stack.yaml").write_text(text)
        return printed("keepwell generate", folder=folder)


def generated() -> str:
    """The comparison that the gate makes."""
    with workplace() as folder:
        return printed("keepwell generate --check", folder=folder)


def schema() -> str:
    """The head of the schema."""
    with workplace() as folder:
        return printed("keepwell schema | head -n 8", folder=folder)


EXAMPLES: Mapping[str, Callable[[], str]] = {
    "mistakes": mistakes,
    "generate": generated,
    "schema": schema,
}
