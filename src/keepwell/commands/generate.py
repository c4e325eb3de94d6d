"""keepwell generate: from the stack file and the templates to the vendors' configuration.

Policies are judged before and after; where one fails, nothing is written.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from keepwell.commands.conclude import Format, conclude
from keepwell.commands.options import format_option, stack_options
from keepwell.commands.wiring import World
from keepwell.decisions.police import judge_documents, judge_stack
from keepwell.model.document import Document
from keepwell.model.verdict import Excerpt, Finding, Report, Status, Table, Verdict
from keepwell.stackfile import LoadedStack, load
from keepwell.store.documents import Difference, compare, write
from keepwell.templating import FOLDERS, MARKER, generate


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """What to generate, from what, into which folder. With `check` nothing is written."""

    stack: Path
    output: Path
    environment: str | None = None
    check: bool = False
    templates: Path | None = None
    format: Format | None = None


def run(request: GenerateRequest, *, world: World) -> int:
    """Generates, judges, and writes or compares; answers the exit code."""
    loaded = load(request.stack, environment=request.environment)
    before = Verdict(
        subject=f"{loaded.file} ({loaded.stack.environment})",
        findings=_placed(judge_stack(loaded.stack), loaded),
    )
    if before.status is Status.FAIL:
        return conclude(_refusal(before), world=world, format=request.format)
    documents = generate(loaded.stack, overrides=request.templates)
    after = Verdict(subject="generated documents", findings=judge_documents(documents))
    if after.status is Status.FAIL:
        return conclude(_refusal(before, after), world=world, format=request.format)
    differences = compare(request.output, documents, within=FOLDERS, marker=MARKER)
    if not request.check:
        write(request.output, differences, marker=MARKER)
    conclusion = _checked if request.check else _written
    report = conclusion(
        request, documents=documents, differences=differences, judged=(before, after)
    )
    return conclude(report, world=world, format=request.format)


def _placed(findings: Iterable[Finding], loaded: LoadedStack) -> tuple[Finding, ...]:
    return tuple(finding.at(loaded.place(finding.path)) for finding in findings)


def _refusal(*judged: Verdict) -> Report:
    failed = sum(
        finding.status is Status.FAIL for verdict in judged for finding in verdict.findings
    )
    return Report(
        command="generate",
        conclusion=f"nothing is written; policies that say no: {failed}",
        verdicts=judged,
        outputs={"changed": "0", "documents": "0"},
    )


def _written(
    request: GenerateRequest,
    *,
    documents: Sequence[Document],
    differences: Sequence[Difference],
    judged: Sequence[Verdict],
) -> Report:
    rows = [(_change(difference), difference.path) for difference in differences]
    outcome = f"files changed: {len(differences)}" if differences else "nothing to do"
    return Report(
        command="generate",
        conclusion=f"{outcome}; {len(documents)} documents in {request.output}",
        verdicts=judged,
        tables=[Table(title="changes", columns=("change", "document"), rows=rows)] if rows else (),
        outputs=_outputs(documents, differences),
    )


def _checked(
    request: GenerateRequest,
    *,
    documents: Sequence[Document],
    differences: Sequence[Difference],
    judged: Sequence[Verdict],
) -> Report:
    stale = [_stale(difference, output=request.output) for difference in differences]
    outcome = f"stale files: {len(stale)}" if stale else "all are fresh"
    return Report(
        command="generate",
        conclusion=f"{outcome}; {len(documents)} documents in {request.output}",
        verdicts=(*judged, Verdict(subject=str(request.output), findings=stale)),
        excerpts=[_diff(difference) for difference in differences],
        outputs=_outputs(documents, differences),
    )


def _outputs(documents: Sequence[Document], differences: Sequence[Difference]) -> dict[str, str]:
    return {"changed": str(len(differences)), "documents": str(len(documents))}


def _stale(difference: Difference, *, output: Path) -> Finding:
    wordings = {"added": "is missing", "removed": "is no longer generated", "changed": "differs"}
    return Finding(
        rule="fresh",
        status=Status.FAIL,
        message=f"{difference.path} {wordings[_change(difference)]}",
        path=difference.path,
        why="what stands there is not what the stack and the templates say",
        hint=f"run keepwell generate --output {output}, and commit the result",
    )


def _change(difference: Difference) -> str:
    if difference.before is None:
        return "added"
    return "removed" if difference.after is None else "changed"


def _diff(difference: Difference) -> Excerpt:
    before, after = (
        (text or b"").decode(errors="replace").splitlines(keepends=True)
        for text in (difference.before, difference.after)
    )
    lines = difflib.unified_diff(before, after, fromfile="on disk", tofile="generated")
    return Excerpt(title=difference.path, text="".join(lines), language="diff")


@click.command("generate")
@stack_options
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("generated"),
    show_default=True,
    help="The folder of the generated configuration.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file differs.")
@click.option(
    "--templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder whose templates take the place of keepwell's own, file by file.",
)
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    stack: Path,
    environment: str | None,
    output: Path,
    check: bool,
    templates: Path | None,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Generates the vendors' configuration from the stack file."""
    request = GenerateRequest(
        stack=stack,
        environment=environment,
        output=output,
        check=check,
        templates=templates,
        format=format,
    )
    return run(request, world=world)
