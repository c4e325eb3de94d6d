"""Faults of TLS: the service verifies everything, and a line shows it each wrong certificate."""

import ssl
from collections.abc import Callable, Generator, Sequence

from tests.faults.health.scenario import Play, Scenario, shared
from tests.faults.health.stage import Setup, Stage, certificates

SHOWN: Sequence[tuple[str, Callable[[], ssl.SSLContext | None]]] = (
    ("shows a certificate that has expired", lambda: certificates().expired),
    ("shows a certificate of another host", lambda: certificates().other_host),
    ("shows a certificate of a foreign authority", lambda: certificates().foreign),
    ("speaks plainly where TLS is demanded", lambda: None),
)


def _presented(name: str, shown: Callable[[], ssl.SSLContext | None]) -> Play:
    def _play(stage: Stage) -> Generator[None]:
        stage.lines.present(stage.line[name], shown())
        yield
        stage.lines.present(stage.line[name], certificates().good)

    return _play


ON_TLS: Sequence[Scenario] = tuple(
    shared(
        f"{name} {what}",
        _presented(name, shown),
        setup=Setup(lines=frozenset({name}), tls=frozenset({name})),
        **{name: "tls"},
    )
    for name in ("postgres", "redis")
    for what, shown in SHOWN
)
