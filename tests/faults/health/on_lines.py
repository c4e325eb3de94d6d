"""Faults of the way to a dependency: the same for Postgres and Redis."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from tests.faults.health.line import Way
from tests.faults.health.scenario import Play, Scenario, shared, unseen
from tests.faults.health.stage import Setup, Stage


def _same(error: str) -> Mapping[str, str]:
    return {"postgres": error, "redis": error}


WAYS: Sequence[tuple[Way, str, Mapping[str, str]]] = (
    ("refused", "refuses connections", _same("refused")),
    ("unaccepted", "loses the packets of each handshake", _same("timeout")),
    ("swallowed", "swallows what is said to it", _same("timeout")),
    ("muted", "loses its answers", _same("timeout")),
    ("truncated", "sends half an answer and hangs up", _same("unreachable")),
    ("reset", "resets each connection", _same("unreachable")),
    ("garbled", "answers noise", {"postgres": "tls", "redis": "timeout"}),
)
SLOW_S = 3.0
LATE_S = 0.3


def broken(name: str, way: Way, *, delay_s: float = 0.0) -> Play:
    """The line to a dependency fails in one way."""

    def _play(stage: Stage) -> Generator[None]:
        stage.lines.fail(stage.line[name], way, delay_s=delay_s)
        yield
        stage.lines.mend(stage.line[name])

    return _play


def _hung_up(name: str) -> Play:
    def _play(stage: Stage) -> Generator[None]:
        stage.lines.hang_up(stage.line[name])
        stage.is_met = True
        yield

    return _play


def _of(name: str) -> Sequence[Scenario]:
    setup = Setup(lines=frozenset({name}))
    late = broken(name, "delayed", delay_s=LATE_S)
    slow = broken(name, "delayed", delay_s=SLOW_S)
    return (
        *(
            shared(f"{name} {what}", broken(name, way), setup=setup, **{name: errors[name]})
            for way, what, errors in WAYS
        ),
        shared(f"{name} answers {SLOW_S:.0f} s late", slow, setup=setup, **{name: "timeout"}),
        unseen(f"{name} answers {LATE_S} s late each way", late, setup=setup),
        unseen(f"{name} hangs up on an idle connection", _hung_up(name), setup=setup),
    )


def _both(stage: Stage) -> Generator[None]:
    for line in stage.line.values():
        stage.lines.fail(line, "swallowed")
    yield
    for line in stage.line.values():
        stage.lines.mend(line)


ON_LINES: Sequence[Scenario] = (
    *_of("postgres"),
    *_of("redis"),
    replace(
        shared(
            "both swallow what is said to them, and 200 probes come at once",
            _both,
            setup=Setup(lines=frozenset({"postgres", "redis"})),
            postgres="timeout",
            redis="timeout",
        ),
        burst=200,
    ),
)
