"""The GitHub runner: what it tells us by variables, and the files through which we answer.

One of the few modules that know environment variables by name. Away from a runner nothing is
written. Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands (read 2026-11).
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from keepwell.errors import UsageError

SUMMARY_LIMIT_BYTES = 900 * 1024
"""The runner drops a summary over 1 MiB whole; this leaves room for the note of the cut."""

_CUT_NOTE = "\n\n*The rest was cut: GitHub drops summaries over 1 MiB.*\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """The runner that this process is a step of, if there is one."""

    is_github: bool = False
    output_file: Path | None = None
    summary_file: Path | None = None
    sha: str | None = None
    run_url: str | None = None
    repository: str | None = None
    api_url: str | None = None
    event_file: Path | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Runner":
        """Reads the runner's variables; an empty one counts as unset."""

        def path(name: str) -> Path | None:
            return Path(environ[name]) if environ.get(name) else None

        return cls(
            is_github=environ.get("GITHUB_ACTIONS") == "true",
            output_file=path("GITHUB_OUTPUT"),
            summary_file=path("GITHUB_STEP_SUMMARY"),
            sha=environ.get("GITHUB_SHA") or None,
            run_url=_run_url(environ),
            repository=environ.get("GITHUB_REPOSITORY") or None,
            api_url=environ.get("GITHUB_API_URL") or None,
            event_file=path("GITHUB_EVENT_PATH"),
        )

    def head_sha(self) -> str | None:
        """The commit that people see: the head of the pull request, else the run's own commit.

        For a pull request `sha` is a merge that nobody made, and no status should stand there.
        """
        try:
            event = json.loads(self.event_file.read_text("utf-8")) if self.event_file else {}
            return str(event["pull_request"]["head"]["sha"])
        except (OSError, ValueError, KeyError, TypeError):
            return self.sha

    def write_outputs(self, outputs: Mapping[str, str]) -> None:
        """Appends the step's outputs, each behind a delimiter that no value can forge."""
        if self.output_file is None:
            return
        text = "".join(_output_block(name, value) for name, value in outputs.items())
        _append(self.output_file, text)

    def write_summary(self, markdown: str) -> None:
        """Appends to the step's summary, cut to what the runner takes.

        The blank line at the end lets a step call keepwell twice: without it the second heading
        would still belong to the HTML block that ends the first summary.
        """
        if self.summary_file is None:
            return
        encoded = markdown.encode()
        if len(encoded) > SUMMARY_LIMIT_BYTES:
            markdown = encoded[:SUMMARY_LIMIT_BYTES].decode(errors="ignore") + _CUT_NOTE
        _append(self.summary_file, markdown.rstrip("\n") + "\n\n")

    def mask(self, value: str, stream: TextIO) -> None:
        """Asks the runner to hide `value` in every log line from now on."""
        if self.is_github:
            stream.write(f"::add-mask::{command_data(value)}\n")
            stream.flush()


def command_data(text: str) -> str:
    """Escapes the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _run_url(environ: Mapping[str, str]) -> str | None:
    parts = [environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else None


def _output_block(name: str, value: str) -> str:
    delimiter = f"keepwell_{os.urandom(16).hex()}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            f"cannot write the runner's file {path}: {error.strerror}",
            hint="GITHUB_OUTPUT and GITHUB_STEP_SUMMARY must name files that this job may write",
        ) from error
