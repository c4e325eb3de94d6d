"""A cycle of keep-alive from its first answers on: judged, asked again, recorded, reported."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keepwell.clients.prober import Prober
from keepwell.commands.wiring import World
from keepwell.decisions.judge import judge
from keepwell.decisions.settle import settle
from keepwell.decisions.wake import wait_before_asking_again
from keepwell.model.health_document import NotADocument, read_document
from keepwell.model.probe import Sample
from keepwell.model.state import State, TargetVerdict
from keepwell.model.verdict import Report, Table
from keepwell.store.history import History, Row

_COMPONENTS_KEPT = 16
_COMPONENT_NAME_LENGTH = 40
_COLUMNS = ("target", "state", "answer", "total", "first byte", "components", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one target answered in this cycle. `passed_s` counts from the first question."""

    samples: Sequence[Sample]
    passed_s: float
    verdict: TargetVerdict

    @property
    def answer(self) -> Sample:
        """The answer that counts."""
        return self.samples[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What every target of the cycle shares; it began when the first questions were asked.

    `is_online` waits for the neutral addresses, so it is asked only where no answer came.
    """

    prober: Prober
    grace_s: float
    world: World
    began_s: float
    is_online: Callable[[], bool]

    def finish(self, first: Sample) -> Asked:
        """Judges the first answer of a target, and asks again until an answer stands."""
        samples, verdict = [first], judge(first)
        while (wait_s := self._wait_s(samples, verdict=verdict)) is not None:
            self.world.console.progress(
                f"{verdict.subject}: {_answer(samples[-1])}, may be waking; "
                f"asked again in {wait_s:.0f} s"
            )
            self.world.clock.sleep(wait_s)
            samples.append(self.prober.take(first.probe))
            verdict = judge(samples[-1])
        passed_s = self._passed_s()
        is_online = samples[-1].error is None or self.is_online()
        settled = settle(samples, last=verdict, passed_s=passed_s, is_online=is_online)
        return Asked(samples=samples, passed_s=passed_s, verdict=settled)

    def _wait_s(self, samples: Sequence[Sample], *, verdict: TargetVerdict) -> float | None:
        return wait_before_asking_again(
            samples[-1],
            verdict=verdict,
            times_asked=len(samples),
            passed_s=self._passed_s(),
            grace_s=self.grace_s,
        )

    def _passed_s(self) -> float:
        return self.world.clock.monotonic_s() - self.began_s


def record(asked: Iterable[Asked], *, folder: Path) -> None:
    """Appends a row for each target to the history."""
    History(folder).append(_row(each) for each in asked)


def report(asked: Sequence[Asked]) -> Report:
    """What the cycle found: a verdict and a row of the table for each target."""
    names = {
        state: [each.verdict.subject for each in asked if each.verdict.state is state]
        for state in State
    }
    targets = "1 target" if len(asked) == 1 else f"{len(asked)} targets"
    return Report(
        command="keep-alive",
        conclusion=f"{targets} asked and recorded: {_counted(names)}",
        verdicts=[each.verdict for each in asked],
        tables=[Table(title="", columns=_COLUMNS, rows=[_cells(each) for each in asked])],
        outputs={"down": ",".join(names[State.DOWN]), "targets": str(len(asked))},
    )


def _row(asked: Asked) -> Row:
    answer = asked.answer
    return Row(
        at=answer.taken_at,
        target=asked.verdict.subject,
        state=asked.verdict.state,
        answer=answer.status_code if answer.error is None else answer.error,
        phases=answer.phases,
        wake_s=_wake_s(asked),
        components_ms=_components(answer),
    )


def _wake_s(asked: Asked) -> float | None:
    """How long it took to wake: its one long answer, or all that passed until the last."""
    if asked.verdict.state is not State.WAKING:
        return None
    return asked.passed_s if len(asked.samples) > 1 else asked.answer.phases.total_ms / 1000


def _components(sample: Sample) -> dict[str, float]:
    """Latencies by component; they come from outside, so there may be too many, or long names."""
    try:
        latencies_ms = read_document(sample).latencies_ms
    except NotADocument:
        return {}
    kept = list(latencies_ms.items())[:_COMPONENTS_KEPT]
    return {name[:_COMPONENT_NAME_LENGTH]: latency_ms for name, latency_ms in kept}


def _counted(names: Mapping[State, Sequence[str]]) -> str:
    """How many targets are in each state, and which in those that are not `up`."""
    return ", ".join(
        f"{len(of)} {state}" + ("" if state is State.UP else f" ({', '.join(of)})")
        for state, of in names.items()
        if of
    )


def _cells(asked: Asked) -> tuple[str, ...]:
    answer, verdict = asked.answer, asked.verdict
    components = (f"{name} {ms:.3g} ms" for name, ms in _components(answer).items())
    return (
        verdict.subject,
        verdict.state,
        _answer(answer),
        _milliseconds(answer.phases.total_ms if answer.error is None else None),
        _milliseconds(answer.phases.ttfb_ms),
        ", ".join(components) or "-",
        verdict.reason or "-",
    )


def _answer(sample: Sample) -> str:
    return str(sample.status_code or sample.error)


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"
