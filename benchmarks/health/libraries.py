"""Measures /health beside five other libraries, each asking the same Postgres and the same Redis.

Each serves in one process, asked over 32 connections, in rounds in which they take turns. Required:
keepwell answers 5 times as many requests a second as any of them, by the median of the rounds.
Exits 1 when it does not. The others are mounted as their documentation does it.
"""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.health.compare import serve as serve_ours
from benchmarks.peers.peer import PEERS, Peer, install, serve
from keepwell.rehearsal.servers import start_postgres, start_redis

ROUNDS = 3
TURN_S = 3.0
REQUIRED = 5.0

_LOAD = Path(__file__).parent / "latency.py"
_OURS, _FLOOR = "keepwell.health", "a bare handler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one application did in each round: requests a second, and p99 in ms."""

    name: str
    port: int
    path: str = "/health"
    rates: list[float] = field(default_factory=list)
    p99s_ms: list[float] = field(default_factory=list)

    def take_turn(self, seconds: float) -> None:
        """One round."""
        command = [sys.executable, str(_LOAD), str(seconds), str(self.port), self.path]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rate, p99_ms = map(float, ran.stdout.split())
        self.rates.append(rate)
        self.p99s_ms.append(p99_ms)


def measure() -> list[Measured]:
    """All applications, after all rounds."""
    for peer in PEERS:
        print(f"installing {peer.name} ...", flush=True)
        install(peer)
    with ExitStack() as stack:
        postgres = stack.enter_context(start_postgres())
        redis = stack.enter_context(start_redis())
        environ = {"DATABASE_URL": postgres.dsn, "REDIS_URL": redis.url}
        floor = stack.enter_context(serve_ours("floor", environ, "--lifespan", "off"))
        ours = stack.enter_context(serve_ours("health", environ, "--factory"))
        applications = [
            Measured(name=_FLOOR, port=floor),
            Measured(name=_OURS, port=ours),
            *(
                _peer(peer, port=stack.enter_context(serve(peer, environ=environ)))
                for peer in PEERS
            ),
        ]
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS} ...", flush=True)
            for each in applications if number % 2 else reversed(applications):
                each.take_turn(TURN_S)
    return applications


def _peer(peer: Peer, port: int) -> Measured:
    return Measured(name=peer.name, port=port, path=peer.path)


def leads(applications: list[Measured]) -> Iterator[tuple[Measured, float]]:
    """How many times the requests of each library keepwell answers: the median of the rounds."""
    ours = next(each for each in applications if each.name == _OURS)
    for each in applications:
        if each.name not in (_OURS, _FLOOR):
            pairs = zip(ours.rates, each.rates, strict=True)
            yield each, statistics.median(ours_rate / rate for ours_rate, rate in pairs)


def main() -> int:
    """Prints the table; 1 when a requirement is missed."""
    applications = measure()
    lead = {each.name: ratio for each, ratio in leads(applications)}
    print(f"\n{'':<22}{'req/s':>10}{'p99':>10}{'keepwell':>12}")
    for each in applications:
        rate, p99_ms = statistics.median(each.rates), statistics.median(each.p99s_ms)
        times = f"{lead[each.name]:.1f} x" if each.name in lead else ""
        print(f"{each.name:<22}{rate:>10,.0f}{p99_ms:>7,.1f} ms{times:>12}")
    is_met = min(lead.values()) >= REQUIRED
    print(f"\nrequired: {REQUIRED:.0f} x every library: {'ok' if is_met else 'MISSED'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
