"""How tests ask a server on loopback through the prober."""

from collections.abc import Sequence
from typing import Any

from keepwell.clients.prober import Prober
from keepwell.clock import ManualClock
from keepwell.model.probe import Probe, Sample
from tests.clients.servers import HOST, Handler, Served, serving
from tests.worlds import NOON


def to_loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def make_prober(**changes: Any) -> Prober:
    """A prober that finds every name on loopback."""
    values = {"clock": ManualClock(NOON), "lookup": to_loopback, "allow_private": True}
    return Prober(**{**values, **changes})


def ask(
    served: Served, *, prober: Prober | None = None, scheme: str = "http", **probe: Any
) -> Sample:
    url = f"{scheme}://{HOST}:{served.port}/health"
    return (prober or make_prober()).take(Probe(**{"name": "api", "url": url, **probe}))


def ask_once(handle: Handler, **probe: Any) -> Sample:
    with serving(handle) as served:
        return ask(served, **probe)
