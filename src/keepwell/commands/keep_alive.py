"""keepwell keep-alive: one cycle over all targets of the stack, asked at the same time, recorded.

It asks once; a clock outside calls it every few minutes. It opens no incidents and notifies nobody.
Recorded is recorded: the exit code is 0 also when something is down or could not be told, unless
--fail-on-down is given and something is down (1).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import click

from keepwell.clients.neutral import reaches_any
from keepwell.clients.prober import Prober
from keepwell.commands.conclude import Format, conclude
from keepwell.commands.options import (
    address_options,
    format_option,
    parse_resolve,
    stack_options,
)
from keepwell.commands.target_probe import target_probe
from keepwell.commands.wiring import World
from keepwell.decisions.judge import judge
from keepwell.decisions.settle import settle
from keepwell.decisions.wake import wait_before_asking_again
from keepwell.errors import EXIT_NO, EXIT_PASS
from keepwell.model.health_document import NotADocument, read_document
from keepwell.model.probe import Probe, Sample
from keepwell.model.stack.watch import KeepAlive
from keepwell.model.state import State, TargetVerdict
from keepwell.model.verdict import Report, Table
from keepwell.stackfile import load
from keepwell.store.history import History, Row

DEFAULT_HISTORY = Path(".keepwell/history")

_THREADS = 32
_COMPONENTS_KEPT = 16
_COMPONENT_NAME_LENGTH = 40
_COLUMNS = ("target", "state", "answer", "total", "first byte", "components", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAliveRequest:
    """Which stack to ask, how to reach it, where to record."""

    stack: Path
    environment: str | None = None
    history: Path = DEFAULT_HISTORY
    resolve: Mapping[str, str] = field(default_factory=dict)
    ca: Path | None = None
    fail_on_down: bool = False
    format: Format | None = None


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


def run(request: KeepAliveRequest, *, world: World) -> int:
    """Asks every target, records the answers, prints them; answers the exit code."""
    stack = load(request.stack, environment=request.environment).stack
    probes = [target_probe(name, stack=stack, world=world) for name in stack.keep_alive.targets]
    prober = Prober(
        clock=world.clock,
        resolve=request.resolve,
        ca_file=request.ca,
        allow_private=stack.keep_alive.allow_private_addresses,
    )
    cycle = _Cycle(prober=prober, settings=stack.keep_alive, world=world)
    asked = cycle.ask_all(probes, resolve=request.resolve)
    History(request.history).append(_row(each) for each in asked)
    report = _report(asked)
    conclude(report, world=world, format=request.format)
    return EXIT_NO if request.fail_on_down and report.outputs["down"] else EXIT_PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cycle:
    prober: Prober
    settings: KeepAlive
    world: World

    def ask_all(self, probes: Sequence[Probe], *, resolve: Mapping[str, str]) -> list[Asked]:
        """Asks all at once, and neutral addresses beside them, so that these add no wait."""
        hosts = self.settings.neutral_hosts
        with ThreadPoolExecutor(max_workers=min(len(probes) + 1, _THREADS)) as pool:
            online = pool.submit(lambda: not hosts or reaches_any(hosts, resolve=resolve))
            return list(pool.map(lambda probe: self._ask(probe, online=online), probes))

    def _ask(self, probe: Probe, *, online: Future[bool]) -> Asked:
        """Asks until the answer stands; whether we are online matters only where none came."""
        clock = self.world.clock
        began_s = clock.monotonic_s()
        samples: list[Sample] = []
        wait_s: float | None = 0.0
        while wait_s is not None:
            clock.sleep(wait_s)
            samples.append(self.prober.take(probe))
            passed_s = clock.monotonic_s() - began_s
            verdict = judge(samples[-1])
            wait_s = self._wait_s(samples, verdict=verdict, passed_s=passed_s)
        is_online = samples[-1].error is None or online.result()
        settled = settle(samples, last=verdict, passed_s=passed_s, is_online=is_online)
        return Asked(samples=samples, passed_s=passed_s, verdict=settled)

    def _wait_s(
        self, samples: Sequence[Sample], *, verdict: TargetVerdict, passed_s: float
    ) -> float | None:
        wait_s = wait_before_asking_again(
            samples[-1],
            verdict=verdict,
            times_asked=len(samples),
            passed_s=passed_s,
            grace_s=self.settings.waking_grace_s,
        )
        if wait_s is not None:
            answer = _answer(samples[-1])
            self.world.console.progress(
                f"{verdict.subject}: {answer}, may be waking; asked again in {wait_s:.0f} s"
            )
        return wait_s


def _row(asked: Asked) -> Row:
    answer = asked.answer
    return Row(
        at=answer.taken_at,
        target=asked.verdict.subject,
        state=asked.verdict.state,
        answer=answer.status_code if answer.error is None else answer.error,
        phases=answer.phases,
        wake_s=asked.passed_s if asked.verdict.state is State.WAKING else None,
        components_ms=_components(answer),
    )


def _components(sample: Sample) -> dict[str, float]:
    """Latencies by component; they come from outside, so there may be too many, or long names."""
    try:
        latencies_ms = read_document(sample).latencies_ms
    except NotADocument:
        return {}
    kept = list(latencies_ms.items())[:_COMPONENTS_KEPT]
    return {name[:_COMPONENT_NAME_LENGTH]: latency_ms for name, latency_ms in kept}


def _report(asked: Sequence[Asked]) -> Report:
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


@click.command("keep-alive")
@stack_options
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    default=DEFAULT_HISTORY,
    show_default=True,
    metavar="DIR",
    help="The folder that the answers are appended to, one file per day.",
)
@address_options
@click.option("--fail-on-down", is_flag=True, help="Exit 1 when a target is down.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    stack: Path,
    environment: str | None,
    history: Path,
    resolve: str | None,
    ca: Path | None,
    fail_on_down: bool,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Asks every target of the stack once and records the answers."""
    request = KeepAliveRequest(
        stack=stack,
        environment=environment,
        history=history,
        resolve=parse_resolve(resolve),
        ca=ca,
        fail_on_down=fail_on_down,
        format=format,
    )
    return run(request, world=world)
