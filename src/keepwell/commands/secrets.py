"""keepwell secrets: which secret is missing where, and bringing it there.

Values come from the environment, by the secrets' names, and go to the vendors; nothing else ever
holds one. Names and places are all that is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import click

from keepwell.commands.conclude import Format, conclude
from keepwell.commands.locking import locked
from keepwell.commands.options import format_option, stack_options
from keepwell.commands.scope_options import names_of, only_option
from keepwell.commands.secret_places import Choice, Holdings, opened, send
from keepwell.commands.secret_rotation import finish, prepare
from keepwell.commands.wiring import World
from keepwell.decisions.secrets_places import Place, State
from keepwell.decisions.secrets_report import applied_elsewhere, report_check, report_push
from keepwell.errors import UsageError
from keepwell.model.verdict import Finding, Report, Status

Action = Literal["check", "push", "rotate", "finish"]

_SENT = (State.MISSING, State.DIFFERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsRequest:
    """What to do, with which secrets, and where the account of each step is kept."""

    action: Action
    choice: Choice = field(default_factory=Choice)
    journal: Path = Path(".keepwell/journal")
    format: Format | None = None


def run(request: SecretsRequest, *, world: World) -> int:
    """Does it and reports; answers the exit code."""
    _refuse_nameless(request)
    changing = request.action != "check"
    with opened(request.choice, world=world, pushed_only=changing) as holdings:
        if request.action == "check":
            report = _check(holdings)
        else:
            with locked(holdings.stack, world=world):
                report = _change(request, holdings=holdings, world=world)
    return conclude(report, world=world, format=request.format)


def _check(holdings: Holdings) -> Report:
    named = holdings.choice.name
    unused = [name for name in holdings.unused() if named in ("", name)]
    found = holdings.places(holdings.observe())
    return report_check(found, unused=unused, findings=holdings.findings)


def _change(request: SecretsRequest, *, holdings: Holdings, world: World) -> Report:
    """A push, a rotation or its end; with a vendor that cannot be asked, nothing is sent."""
    if any(found.status >= Status.UNKNOWN for found in holdings.findings):
        report = report_check(holdings.places(()), unused=(), findings=holdings.findings)
        return replace(report, conclusion=f"nothing was sent; {report.conclusion}")
    if request.action == "finish":
        return finish(holdings, world=world)
    findings = prepare(holdings, world=world) if request.action == "rotate" else ()
    return _push(request, holdings=holdings, findings=findings, world=world)


def _push(
    request: SecretsRequest, *, holdings: Holdings, findings: Sequence[Finding], world: World
) -> Report:
    observations = holdings.observe()
    found = holdings.places(observations)
    chosen = [place for place in found if _is_sent(place, world=world)]
    account = send(
        chosen, holdings=holdings, observations=observations, world=world, journal=request.journal
    )
    after = holdings.places(holdings.observe()) if account.error is None else found
    told = {holdings.choice.name, *(place.secret for place in chosen)}
    return report_push(
        [place for place in after if place.is_pushed],
        sent=[place.resource.address for place in chosen],
        account=account,
        findings=[
            *findings,
            *applied_elsewhere([place for place in found if place.secret in told]),
        ],
    )


def _is_sent(place: Place, *, world: World) -> bool:
    """What is missing or differs; and what nobody can compare, where its value is at hand."""
    if not place.is_pushed:
        return False
    if place.state in _SENT:
        return True
    return place.state is State.UNCOMPARED and world.secret(place.secret) is not None


def _refuse_nameless(request: SecretsRequest) -> None:
    if request.action in ("rotate", "finish") and not request.choice.name:
        raise UsageError(
            f"keepwell secrets {request.action} needs the name of a secret",
            hint=f"write keepwell secrets {request.action} NAME",
        )


@click.command("secrets")
@click.argument(
    "action",
    type=click.Choice(["check", "push", "rotate", "finish"]),
    default="check",
    envvar="KEEPWELL_SECRETS_ACTION",
)
@click.argument("name", required=False, envvar="KEEPWELL_SECRETS_NAME")
@stack_options
@only_option
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    default=Path(".keepwell/journal"),
    show_default=True,
    metavar="DIR",
    help="Where the account of each step is kept.",
)
@format_option
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    world: World,
    *,
    action: Action,
    name: str | None,
    stack: Path,
    environment: str | None,
    only: str | None,
    journal: Path,
    format: Format | None,  # noqa: A002 - names the variable too
) -> int:
    """Shows which secret is missing where, and brings it there.

    \b
    check          the places of all secrets, or of NAME
    push           sends what is missing or differs, from variables of the secrets' names
    rotate NAME    sends a new value; of a database, its role gets the new password first
    finish NAME    takes the login from the database role that was used before
    """  # noqa: D301 - click's own mark
    choice = Choice(stack=stack, environment=environment, only=names_of(only), name=name or "")
    return run(
        SecretsRequest(action=action, choice=choice, journal=journal, format=format), world=world
    )
