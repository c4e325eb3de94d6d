"""Plays scenarios on a stage, and sums up whether what was observed is what was expected."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from keepwell.model.verdict import Finding, Report, Status, Table, Verdict
from keepwell.rehearsal.narrator import Narrator
from keepwell.rehearsal.scenario import Scenario, Step
from keepwell.rehearsal.stage import Stage

_COLUMNS = ("scenario", "expected", "observed", "agrees")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A scenario that was played, with all its steps, also those that did not come."""

    name: str
    title: str
    steps: Sequence[Step]

    @property
    def agrees(self) -> bool:
        """Whether every step does."""
        return all(step.agrees for step in self.steps)


def play(
    scenarios: Mapping[str, Scenario], *, stage: Stage, narrator: Narrator
) -> Sequence[Played]:
    """Plays them in order."""
    return [
        _play_one(name, scenario=scenario, stage=stage, narrator=narrator)
        for name, scenario in scenarios.items()
    ]


def report(played: Sequence[Played], *, took_s: float) -> Report:
    """The table of all steps; FAIL unless every one agrees."""
    agreeing = sum(each.agrees for each in played)
    rows = [row for each in played for row in _rows(each)]
    return Report(
        command="rehearse",
        conclusion=f"{agreeing} of {len(played)} scenarios agree, played in {took_s:.0f} s",
        verdicts=[_verdict(each) for each in played if not each.agrees],
        tables=[Table(title="", columns=_COLUMNS, rows=rows)],
        outputs={"disagreeing": ",".join(each.name for each in played if not each.agrees)},
    )


def _play_one(name: str, *, scenario: Scenario, stage: Stage, narrator: Narrator) -> Played:
    narrator.title(f"{name}: {scenario.title}")
    expected = iter(scenario.expected)
    steps: list[Step] = []
    with closing(scenario.play(stage)) as observations:
        for observed in observations:
            steps.append(Step(expected=next(expected, ""), observed=observed))
            narrator.step(steps[-1])
    steps += [Step(expected=missing, observed="") for missing in expected]
    return Played(name=name, title=scenario.title, steps=steps)


def _verdict(played: Played) -> Verdict:
    disagreements = [
        Finding(
            rule="agrees",
            status=Status.FAIL,
            message=f"expected {step.expected!r}, observed {step.observed!r}",
        )
        for step in played.steps
        if not step.agrees
    ]
    return Verdict(subject=played.name, note=played.title, findings=disagreements)


def _rows(played: Played) -> list[tuple[str, ...]]:
    """A row for each step; the name stands in the first."""
    names = [played.name, *([""] * (len(played.steps) - 1))]
    return [
        (name, step.expected or "-", step.observed or "-", "yes" if step.agrees else "NO")
        for name, step in zip(names, played.steps, strict=True)
    ]
