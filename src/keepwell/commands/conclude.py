"""The end of every command: one Report, printed, written to the runner, turned into a code."""

from typing import Literal

from keepwell.commands.wiring import World
from keepwell.model.verdict import Report

Format = Literal["text", "json", "github"]


def conclude(report: Report, *, world: World, format: Format | None = None) -> int:  # noqa: A002
    """Prints the report, writes outputs and summary on a runner, returns its exit code.

    Without a format, a runner gets annotations and text, a terminal text.
    """
    _print(report, world=world, chosen=format or ("github" if world.runner.is_github else "text"))
    world.runner.write_outputs(_outputs(report, world=world))
    if world.runner.summary_file is not None:
        from keepwell.reports.as_github import format_summary  # noqa: PLC0415 - only on a runner

        world.runner.write_summary(world.console.redact(format_summary(report)))
    return report.status.exit_code


def _print(report: Report, *, world: World, chosen: Format) -> None:
    if chosen == "json":
        from keepwell.reports.as_json import format_json  # noqa: PLC0415 - one format per run

        world.console.result(format_json(report))
        return
    from keepwell.reports.as_text import format_text  # noqa: PLC0415 - one format per run

    world.console.result(format_text(report, colour=world.console.has_colour))
    if chosen == "github":
        from keepwell.reports.as_github import format_annotations  # noqa: PLC0415 - on a runner

        world.console.annotate(format_annotations(report))


def _outputs(report: Report, *, world: World) -> dict[str, str]:
    outputs = {"status": report.status.name.lower(), **report.outputs}
    return {name: world.console.redact(value) for name, value in outputs.items()}
