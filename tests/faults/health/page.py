"""The outcomes as Markdown: the table that is printed, and the page of the docs around it. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from tests.faults.health.fleet import SIZE, Toll
from tests.faults.health.judging import expected
from tests.faults.health.playing import Outcome
from tests.faults.health.scenario import Scenario

_INTRO = """\
# What /health answers under each fault

Printed by `make faults-health`, which plays every fault on a real Postgres and a real Redis and
asks every path ten times a second before, during and after it. Each scenario is wrong, and the
command fails, where

- any answer takes longer than 4 s, or does not come;
- the strict path says 200 two seconds (two `ttl_s`) after the fault began;
- a code or a body differs from the one in the table once the fault has settled (4 s; 6 s where an
  instance has to hear of the others first), also the class of failure in the details;
- anything but `pass` is said to a request sent 2 s after the fault was mended. A refused password
  is left alone for 1 to 10 minutes (Supavisor's breaker); those scenarios are played on a clock
  60 times as fast, for the service alone;
- the fault was never met.

"Seen" is when /health first fell after the fault began, "slowest" the slowest answer of any path,
"well again" when the last wrong answer was over after the fault was mended. /livez says `200 pass`
throughout. Hence the times are those of one run, on {cores} cores.

"""

_FLEET_INTRO = f"""
## A fleet of {SIZE} under the same faults

{SIZE} instances with production settings, on the machine's clock, each fault for 75 s. Render is
simulated by its rules: polled every 2 s, out of rotation after 15 s of failures, restarted after
60 s. /health as the health check path is the counter-example.

"""


def table(outcomes: Sequence[Outcome], scenarios: Mapping[str, Scenario]) -> str:
    """A row for each scenario, in the order of the catalogue."""
    head = "| fault | /health | /readyz | failing | seen | slowest | well again |\n"
    by_name = {each.name: each for each in outcomes}
    rows = [_row(scenarios[name], by_name[name]) for name in scenarios if name in by_name]
    return f"{head}|---|---|---|---|---|---|---|\n{''.join(rows)}"


def fleet_table(tolls: Sequence[Toll]) -> str:
    """A row for each fleet."""
    head = "| fault | met by | restarted by /readyz | out of rotation | restarted by /health |\n"
    rows = [
        f"| {each.fleet.scenario}{_mark(each.wrongs)} | {each.fleet.meets} | {each.restarts} "
        f"| {each.outs} | {each.strict_restarts} |\n"
        for each in sorted(tolls, key=lambda each: (each.fleet.meets, each.fleet.scenario))
    ]
    return f"{head}|---|---|---|---|---|\n{''.join(rows)}"


def page(tables: Sequence[str], *, last_line: str, cores: int) -> str:
    """The page of the docs."""
    scenarios, fleets = tables
    return f"{_INTRO.format(cores=cores)}{scenarios}{_FLEET_INTRO}{fleets}\n{last_line}\n"


def _row(scenario: Scenario, outcome: Outcome) -> str:
    seen = outcome.measured
    answers = expected(scenario)
    cells = [
        f"{scenario.name}{_mark(outcome.wrongs)}",
        f"`{answers['/health']}`",
        f"`{answers['/readyz']}`",
        ", ".join(_failing(scenario)) or "-",
        "-" if seen.seen_s is None else f"{seen.seen_s:.1f} s",
        f"{seen.slowest_s:.2f} s",
        f"{seen.recovered_s:.1f} s",
    ]
    return f"| {' | '.join(cells)} |\n"


def _failing(scenario: Scenario) -> Iterator[str]:
    for name, error in scenario.failing.items():
        yield f"{name} `{error}`"


def _mark(wrongs: Sequence[str]) -> str:
    return " **WRONG**" if wrongs else ""
