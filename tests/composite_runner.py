"""Runs a composite action the way GitHub's runner does, for tests that want the real thing.

It knows what our actions use: inputs and their defaults, expressions, `if`, step `env`, bash with
the runner's flags, the files of each step, workflow commands, output mapping. The environment
starts clean, so an action that relies on INPUT_* (which composites never get) fails here too.
Whatever else an action.yml may hold (`uses:`, other shells) is an error, never skipped.
Source: https://github.com/actions/runner/tree/v2.336.0/src/Runner.Worker (read 2026-11)
"""

import os
import signal
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.action_commands import Annotation, CommandReader, RunnerError, parse_pairs
from tests.action_expressions import Contexts, as_text, interpolate, is_met

BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
_STEP_KEYS = {"id", "name", "if", "shell", "env", "run"}
_FILES = ("OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that ran. `log` is what a reader sees: commands taken out, masks applied."""

    name: str
    exit_code: int
    log: str = field(repr=False)
    outputs: Mapping[str, str]
    summary: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of an action. `exported` is what it left to the rest of the job (GITHUB_ENV)."""

    steps: tuple[Step, ...]
    outputs: Mapping[str, str]
    exported: Mapping[str, str]

    @property
    def has_failed(self) -> bool:
        return any(step.exit_code for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeRunner:
    """A job: its workspace, its temporary folder, its variables, what the context `github` holds."""

    workspace: Path
    temp: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    github: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 120

    def run(self, action: Path, *, inputs: Mapping[str, str] | None = None) -> Run:
        """Runs the action in the folder `action`.

        Raises:
            RunnerError: the runner would refuse the action or a file of it, or we do not know it.
            ExpressionError: an expression asks for more than we know.
        """
        description = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
        if description["runs"]["using"] != "composite":
            raise RunnerError(f"{action} is not composite")
        defaults = {name: entry.get("default") for name, entry in description["inputs"].items()}
        given = {name: as_text(value) for name, value in {**defaults, **(inputs or {})}.items()}
        job = _Job(runner=self, action=action, inputs=given)
        for number, step in enumerate(description["runs"]["steps"], start=1):
            job.take(step, number=number)
        outputs = {
            name: interpolate(output["value"], contexts=job.contexts())
            for name, output in description.get("outputs", {}).items()
        }
        return Run(steps=tuple(job.steps), outputs=outputs, exported=job.exported)


class _Job:
    """What changes while the steps of one action run."""

    def __init__(self, *, runner: CompositeRunner, action: Path, inputs: Mapping[str, str]) -> None:
        self._runner = runner
        self._action = action
        self._inputs = inputs
        self._reader = CommandReader()
        self._by_id: dict[str, Any] = {}
        self._path = runner.environ.get("PATH", os.defpath)
        self.exported: dict[str, str] = {}
        self.steps: list[Step] = []

    def contexts(self, *, env: Mapping[str, str] | None = None) -> Contexts:
        return Contexts(
            values={
                "inputs": self._inputs,
                "steps": self._by_id,
                "env": {**self._runner.environ, **self.exported, **(env or {})},
                "github": {"workspace": str(self._runner.workspace), **self._runner.github},
                "runner": {"temp": str(self._runner.temp), "os": "Linux"},
            },
            has_failed=any(step.exit_code for step in self.steps),
        )

    def take(self, step: Mapping[str, Any], *, number: int) -> None:
        """Runs the step, if its condition is met."""
        if unknown := step.keys() - _STEP_KEYS:
            raise RunnerError(f"step {number}: not known here: {', '.join(sorted(unknown))}")
        if step.get("shell") != "bash":
            raise RunnerError(f"step {number}: shell is {step.get('shell')!r}, not 'bash'")
        name = step.get("id", f"__{number}")
        self._by_id[name] = {"outcome": "skipped", "outputs": {}}
        if is_met(step.get("if"), contexts=self.contexts()):
            done = self._run(step, name=name)
            self.steps.append(done)
            outcome = "failure" if done.exit_code else "success"
            self._by_id[name] = {"outcome": outcome, "outputs": done.outputs}

    def _run(self, step: Mapping[str, Any], *, name: str) -> Step:
        outer = self.contexts()
        env = {
            key: interpolate(as_text(value), contexts=outer)
            for key, value in step.get("env", {}).items()
        }
        files = _new_files(self._runner.temp / "_runner_file_commands" / uuid.uuid4().hex)
        script = files["OUTPUT"].with_name("script.sh")
        script.write_text(
            interpolate(step["run"], contexts=self.contexts(env=env)), encoding="utf-8"
        )
        exit_code, printed = self._execute(script, environ=self._environ(env, files=files))
        log, annotations = self._reader.read(printed)
        said = {kind: path.read_text(encoding="utf-8") for kind, path in files.items()}
        self._export(said)
        return Step(
            name=name,
            exit_code=exit_code,
            log=log,
            outputs=parse_pairs(said["OUTPUT"]),
            summary=self._reader.masked(said["STEP_SUMMARY"]),
            annotations=annotations,
        )

    def _execute(self, script: Path, *, environ: Mapping[str, str]) -> tuple[int, str]:
        with subprocess.Popen(
            [*BASH, str(script)],
            cwd=self._runner.workspace,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            try:
                printed, _ = process.communicate(timeout=self._runner.timeout_s)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return process.returncode, printed

    def _environ(self, env: Mapping[str, str], *, files: Mapping[str, Path]) -> dict[str, str]:
        return {
            "HOME": str(self._runner.temp),
            **self._runner.environ,
            **self.exported,
            **env,
            "PATH": self._path,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self._action),
            "GITHUB_WORKSPACE": str(self._runner.workspace),
            "RUNNER_TEMP": str(self._runner.temp),
            **{f"GITHUB_{name.upper()}": value for name, value in self._runner.github.items()},
            **{f"GITHUB_{kind}": str(path) for kind, path in files.items()},
        }

    def _export(self, said: Mapping[str, str]) -> None:
        exported = parse_pairs(said["ENV"])
        if "NODE_OPTIONS" in exported:
            raise RunnerError("NODE_OPTIONS may not be set through GITHUB_ENV")
        self.exported |= exported
        self._path = ":".join([*reversed(said["PATH"].split()), self._path])


def _new_files(folder: Path) -> dict[str, Path]:
    folder.mkdir(parents=True)
    files = {kind: folder / kind.lower() for kind in _FILES}
    for path in files.values():
        path.touch()
    return files
