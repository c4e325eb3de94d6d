"""Faults of TLS: the service verifies everything, and a line shows it each wrong certificate."""

from collections.abc import Generator, Sequence

from tests.faults.health.scenario import Play, Scenario, shared
from tests.faults.health.stage import Setup, Stage, certificates
from tests.faults.health.tls import Kind

SHOWN: Sequence[tuple[str, Kind | None]] = (
    ("shows a certificate that has expired", "expired"),
    ("shows a certificate of another host", "other-host"),
    ("shows a certificate of a foreign authority", "foreign"),
    ("speaks plainly where TLS is demanded", None),
)


def _presented(name: str, shown: Kind | None) -> Play:
    def _play(stage: Stage) -> Generator[None]:
        stage.lines.present(stage.line[name], shown and certificates()[shown])
        yield
        stage.lines.present(stage.line[name], certificates()["good"])

    return _play


def _shown(name: str, what: str, shown: Kind | None) -> Scenario:
    # A Redis without TLS waits for the end of a command that a handshake does not hold.
    error = "timeout" if name == "redis" and shown is None else "tls"
    setup = Setup(lines=frozenset({name}), tls=frozenset({name}))
    return shared(f"{name} {what}", _presented(name, shown), setup=setup, **{name: error})


ON_TLS: Sequence[Scenario] = tuple(
    _shown(name, what, shown) for name in ("postgres", "redis") for what, shown in SHOWN
)
