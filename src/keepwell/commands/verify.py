"""keepwell verify: asks until the wanted revision has answered well several times in a row.

It asks one URL and changes nothing: what follows a failure (a rollback, a call) is the caller's
business. "Not that revision yet" is an outcome of its own and no failure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import click

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
from keepwell.decisions.release import Release, judge_release
from keepwell.decisions.streak import Outcome, Streak, judge_streak
from keepwell.decisions.timeline import Observation, clock_time, describe, serving, timeline
from keepwell.errors import UsageError
from keepwell.model.probe import NoAnswer, Probe
from keepwell.model.verdict import Excerpt, Finding, Report, Verdict
from keepwell.stackfile import load

CONSECUTIVE = 3
WITHIN_S = 120.0
INTERVAL_S = 5.0

_REDIRECT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """What to ask and what to hold it to; None takes what the stack's `verify` says.

    With a `url` the stack is not read; `bearer` then names the variable of the token that is sent
    to that URL's host, if it is set.
    """

    stack: Path = Path("stack.yaml")
    environment: str | None = None
    url: str | None = None
    bearer: str = "HEALTH_TOKEN"
    revision: str | None = None
    consecutive: int | None = None
    within_s: float | None = None
    interval_s: float | None = None
    resolve: Mapping[str, str] = field(default_factory=dict)
    ca: Path | None = None
    format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    probe: Probe
    consecutive: int
    within_s: float
    interval_s: float
    allow_private: bool = False


def run(request: VerifyRequest, *, world: World) -> int:
    """Asks until it is proven or the time is up; answers the exit code."""
    question = _question(request, world=world)
    prober = Prober(
        clock=world.clock,
        resolve=request.resolve,
        ca_file=request.ca,
        allow_private=question.allow_private,
    )
    seen, streak = _watch(question, prober=prober, world=world)
    beside = _redirect(question.probe, prober=prober) if streak.outcome is Outcome.PASS else ()
    release = judge_release(streak, consecutive=question.consecutive, beside=beside)
    return conclude(
        _report(release, seen=seen, probe=question.probe), world=world, format=request.format
    )


def _question(request: VerifyRequest, *, world: World) -> _Question:
    if request.url is not None:
        return _with(request, _asked_by_url(request.url, token=world.secret(request.bearer)))
    stack = load(request.stack, environment=request.environment).stack
    verify = stack.verify
    declared = _Question(
        probe=target_probe(verify.target, stack=stack, world=world),
        consecutive=verify.consecutive,
        within_s=verify.within_s,
        interval_s=verify.interval_s,
        allow_private=stack.keep_alive.allow_private_addresses,
    )
    return _with(request, declared)


def _asked_by_url(url: str, *, token: str | None) -> _Question:
    if not url.lower().startswith("https://"):
        raise UsageError(
            f"--url: {url[:200]!r} does not start with https://",
            hint="write it as in --url https://api.example.com/health",
        )
    return _Question(
        probe=Probe(name="service", url=url, headers=_bearer(token)),
        consecutive=CONSECUTIVE,
        within_s=WITHIN_S,
        interval_s=INTERVAL_S,
    )


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}


def _with(request: VerifyRequest, declared: _Question) -> _Question:
    """The question as declared, with what the request says differently."""
    return replace(
        declared,
        probe=replace(declared.probe, revision=request.revision),
        consecutive=request.consecutive or declared.consecutive,
        within_s=request.within_s or declared.within_s,
        interval_s=request.interval_s or declared.interval_s,
    )


def _watch(
    question: _Question, *, prober: Prober, world: World
) -> tuple[Sequence[Observation], Streak]:
    """Asks at every interval until the streak is long enough or the next question is too late."""
    clock = world.clock
    deadline_s = clock.monotonic_s() + question.within_s
    seen: list[Observation] = []
    while True:
        seen.append(_observe(question.probe, prober=prober))
        if len(seen) == 1 or not seen[-1].is_like(seen[-2]):
            world.console.progress(f"{clock_time(seen[-1])}  {describe(seen[-1])}")
        verdicts = [each.verdict for each in seen]
        streak = judge_streak(verdicts, consecutive=question.consecutive)
        is_last = clock.monotonic_s() + question.interval_s > deadline_s
        if is_last or streak.outcome is Outcome.PASS:
            return seen, streak
        clock.sleep(question.interval_s)


def _observe(probe: Probe, *, prober: Prober) -> Observation:
    sample = prober.take(probe)
    verdict = judge(sample)
    if sample.error is NoAnswer.FORBIDDEN_ADDRESS:  # waiting does not change it
        raise UsageError(f"{probe.name}: {verdict.reason}", hint=verdict.findings[0].hint)
    return Observation(sample=sample, verdict=verdict)


def _redirect(probe: Probe, *, prober: Prober) -> Sequence[Finding]:
    """What plain HTTP answers at the same place; nothing where HTTPS has a port of its own."""
    url = urlsplit(probe.url)
    if url.port not in {None, 443}:
        return ()
    plain = url._replace(scheme="http", netloc=url.netloc.removesuffix(":443")).geturl()
    asked = Probe(name=probe.name, url=plain, is_deep=False, timeout_s=_REDIRECT_TIMEOUT_S)
    return judge(prober.take(asked)).findings


def _report(release: Release, *, seen: Sequence[Observation], probe: Probe) -> Report:
    url = urlsplit(probe.url)
    subject = f"{probe.name} {url.scheme}://{url.netloc}{url.path}"
    return Report(
        command="verify",
        conclusion=f"{release.conclusion} ({len(seen)} asked)",
        verdicts=[Verdict(subject=subject, findings=release.findings)],
        excerpts=[Excerpt(title="timeline", text=timeline(seen))],
        outputs={
            "verdict": release.outcome,
            "released-revision": serving(seen[-1].sample),
            "attempts": str(len(seen)),
        },
    )


@click.command("verify")
@click.option("--url", help="Ask this URL instead of the stack's target; the stack is not read.")
@click.option(
    "--bearer",
    metavar="VARIABLE",
    default="HEALTH_TOKEN",
    show_default=True,
    help="With --url: the variable of the token that opens the details, sent to that host alone.",
)
@click.option("--revision", metavar="SHA", help="The commit that must answer; any without it.")
@click.option(
    "--consecutive",
    type=click.IntRange(1, 100),
    metavar="N",
    help=f"Passes in a row that prove it; else what the stack says, or {CONSECUTIVE}.",
)
@click.option(
    "--within",
    type=click.FloatRange(0, 3600, min_open=True),
    metavar="SECONDS",
    help=f"The time for it; else what the stack says, or {WITHIN_S:g}.",
)
@click.option(
    "--interval",
    type=click.FloatRange(0, 60, min_open=True),
    metavar="SECONDS",
    help=f"The wait between two questions; else what the stack says, or {INTERVAL_S:g}.",
)
@stack_options
@address_options
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    url: str | None,
    bearer: str,
    revision: str | None,
    consecutive: int | None,
    within: float | None,
    interval: float | None,
    stack: Path,
    environment: str | None,
    resolve: str | None,
    ca: Path | None,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Proves that a revision serves and is deeply healthy."""
    request = VerifyRequest(
        stack=stack,
        environment=environment,
        url=url,
        bearer=bearer,
        revision=revision,
        consecutive=consecutive,
        within_s=within,
        interval_s=interval,
        resolve=parse_resolve(resolve),
        ca=ca,
        format=format,
    )
    return run(request, world=world)
