"""The fault matrix of apply: `python -m tests.faults.apply`.

At every call that an apply makes, and at every message to the Vault, the process is killed before
it is heard and after it; every write meets failing vendors and cut connections. After each, one
more apply must succeed, a plan must be empty, nothing foreign may be gone, and no secret may have
been told.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from multiprocessing import get_context

from keepwell.rehearsal.servers import start_postgres
from tests.faults.playing import Outcome, converged, play
from tests.faults.scenarios import Scenario, scenarios
from tests.faults.stage import Stage
from tests.faults.together import TOGETHER, play_together
from tests.faults.vault import VaultScenario, play_vault, vault_scenarios
from tests.faults.zygote import Zygote

WORKERS = 2
WAITERS = 4
"""Play what mostly waits: calls that are never answered."""

EVERY = 50
"""Progress is told that often."""

_zygotes: list[Zygote] = []


Each = Scenario | VaultScenario


def all_scenarios(dsn: str) -> list[Each]:
    """Those of HTTP and of the Vault, whose Postgres `dsn` is."""
    with closing(Zygote()) as zygote:
        return [*http_scenarios(zygote), *vault_scenarios(dsn, zygote=zygote)]


def http_scenarios(zygote: Zygote) -> list[Scenario]:
    """Those of one clean apply, which is played for it."""
    with Stage() as stage:
        code = zygote.run(stage.apply())
        journals = {name: list(desk.journal) for name, desk in stage.desks.items()}
        wrongs = [*converged(stage, zygote=zygote)]
        if code or wrongs:
            raise SystemExit(f"a clean apply exits {code}: {wrongs}\n{stage.said()}")
    return [*scenarios(journals)]


def outcomes(chosen: Sequence[Each]) -> Iterator[Outcome]:
    """The outcome of each scenario, and of two applies at once, as soon as it is there."""
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(WORKERS, mp_context=context) as workers,
        ProcessPoolExecutor(WAITERS, mp_context=context) as waiters,
        # One at a time: the role that each makes belongs to the server, not to its database.
        ProcessPoolExecutor(1, mp_context=context) as vault,
    ):

        def pool(each: Each) -> ProcessPoolExecutor:
            if isinstance(each, VaultScenario):
                return vault
            return waiters if each.way == "timeout" else workers

        pending = [pool(each).submit(play_here, each) for each in chosen]
        pending += [workers.submit(play_together_here, name) for name in TOGETHER]
        for each in as_completed(pending):
            yield each.result()


def play_here(scenario: Each) -> Outcome:
    """Plays a scenario with this process's own fork server."""
    if isinstance(scenario, VaultScenario):
        return _with_zygote(lambda zygote: play_vault(scenario, zygote=zygote))
    return _with_zygote(lambda zygote: play(scenario, zygote=zygote))


def play_together_here(name: str) -> Outcome:
    """Plays two applies at once."""
    return _with_zygote(lambda zygote: play_together(name, zygote=zygote))


def _with_zygote(function: Callable[[Zygote], Outcome]) -> Outcome:
    if not _zygotes:
        _zygotes.append(Zygote())
    return function(_zygotes[0])


def main() -> int:
    """Plays everything, tells what is wrong, and answers 1 where something is."""
    started_s = time.monotonic()
    with start_postgres() as postgres:
        chosen = all_scenarios(postgres.dsn)
        print(f"{len(chosen) + len(TOGETHER)} scenarios", flush=True)
        played = wrong = 0
        for outcome in outcomes(chosen):
            played += 1
            wrong += bool(outcome.wrongs)
            _tell(outcome)
            if played % EVERY == 0:
                print(f"{played} played, {time.monotonic() - started_s:.0f} s", flush=True)
    print(f"{played} scenarios, {wrong} wrong", flush=True)
    return 1 if wrong else 0


def _tell(outcome: Outcome) -> None:
    if outcome.wrongs:
        print(f"WRONG {outcome.scenario}: {'; '.join(outcome.wrongs)}", flush=True)
        print(outcome.said, flush=True)


if __name__ == "__main__":
    sys.exit(main())
