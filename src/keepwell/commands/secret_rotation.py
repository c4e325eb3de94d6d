"""Gives a database's roles their turns: the one that takes over gets the new password first.

Then the address goes to the services, they are deployed, and only then the other role loses its
login. Each step may be made again; nothing here deploys.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from keepwell.commands.secret_places import Holdings
from keepwell.commands.vendors import make_vendors
from keepwell.commands.wiring import World
from keepwell.decisions.secrets_login import Login, login_of
from keepwell.decisions.secrets_places import Place, State
from keepwell.errors import Refused, UsageError
from keepwell.model.resource import Resource
from keepwell.model.secret import SCHEME
from keepwell.model.verdict import Finding, Report, Status, Verdict

_SEE = "README.md#secrets"
_ANYTHING = "KEEPWELL_ANYTHING"
"""Names a secret that is never at hand, so that it agrees with any text."""


@runtime_checkable
class Roles(Protocol):
    """A vendor that keeps the database's roles: the Vault's."""

    def set_password(self, role: str, password: str) -> None:
        """Gives a role a password."""
        ...

    def allow_login(self, role: str, *, allowed: bool) -> None:
        """Lets a role log in, or not."""
        ...

    def sessions_of(self, role: str) -> int:
        """How many sessions of a role are open."""
        ...


def prepare(holdings: Holdings, *, world: World) -> tuple[Finding, ...]:
    """What comes before the new value is sent; says what comes after it.

    Raises:
        UsageError: the value is not at hand, or is no address whose role takes turns.
        Refused: a service uses the role that would get the new password, or there is no such role.
        ApiError: a vendor or Postgres refused.
    """
    name = holdings.choice.name
    if holdings.stack.secrets[name].kind != "database":
        _value(name, world=world)
        return ()
    _refuse_blind(holdings)
    login = _login(holdings, world=world)
    roles = _roles(holdings, world=world)
    _refuse_in_use(holdings, login=login)
    world.console.progress(f"giving {login.role} its new password")
    _give_password(roles, login=login)
    return (_next(name, login=login),)


def finish(holdings: Holdings, *, world: World) -> Report:
    """Takes the login from the role that was used before.

    Raises:
        UsageError: the secret is no database's, or its value is not at hand.
        Refused: a service does not hold the new value yet, or the other role's sessions are open.
        ApiError: a vendor or Postgres refused.
    """
    name = holdings.choice.name
    if holdings.stack.secrets[name].kind != "database":
        raise UsageError(
            f"{name} is of the kind {holdings.stack.secrets[name].kind}, and has no other role",
            hint="finish is for secrets of the kind database",
        )
    login = _login(holdings, world=world)
    roles = _roles(holdings, world=world)
    _refuse_unsettled(holdings.places(holdings.observe()), name=name)
    _refuse_open(roles.sessions_of(login.other), name=name, login=login)
    roles.allow_login(login.other, allowed=False)
    done = Finding(
        rule="finished",
        status=Status.PASS,
        message=f"{login.other} can no longer log in; {login.role} is in use",
    )
    return Report(
        command="secrets",
        conclusion=f"the rotation of {name} is finished",
        verdicts=[Verdict(subject=name, findings=[done])],
    )


def _value(name: str, *, world: World) -> str:
    value = world.secret(name)
    if value is None:
        raise UsageError(
            f"not at hand: {name}; nothing was changed",
            hint=f"set {name} to its new value, from the place that keeps it",
            see=_SEE,
        )
    return value


def _login(holdings: Holdings, *, world: World) -> Login:
    name = holdings.choice.name
    value = _value(name, world=world)
    login = login_of(name, value, project=holdings.stack.supabase.project)
    for part in (login.password, value.rpartition("@")[0].rpartition(":")[2]):
        world.hide(part)
    return login


def _roles(holdings: Holdings, *, world: World) -> Roles:
    made, missing = make_vendors(
        world, holdings.subject.loaded, holdings.subject.documents, only=("vault",)
    )
    roles = made.get("vault")
    if not isinstance(roles, Roles):
        raise UsageError(f"{missing[0].message}", hint="set SUPABASE_DB_URL", see=_SEE)
    return roles


def _give_password(roles: Roles, *, login: Login) -> None:
    """Password first: a login with the old one is of no use to anybody."""
    roles.set_password(login.role, login.password)
    roles.allow_login(login.role, allowed=True)


def _refuse_blind(holdings: Holdings) -> None:
    """Only Render shows which role is in use."""
    if not any(place.resource.vendor == "render" for place in holdings.places(())):
        raise UsageError(
            f"no service at Render is asked for {holdings.choice.name}, so which of the two roles "
            "is in use is not known",
            hint="leave --only out; where no service at Render holds it, give a role that nobody "
            "uses its password by hand, then push",
            see=_SEE,
        )


def _refuse_in_use(holdings: Holdings, *, login: Login) -> None:
    """Where an old value is of the same role, its instances would be locked out.

    What stands there is compared with any address of that role, and is not read.
    """
    differing = [
        place
        for place in holdings.places(holdings.observe())
        if place.state is State.DIFFERS and place.resource.vendor == "render"
    ]
    outdated = [place.resource.address for place in differing]
    asked = [_of_role(each, login.role, outdated) for each in holdings.desired]
    agreeing = {
        (each.address, each.fields.get("value"))
        for seen in holdings.observe(asked)
        for each in seen.resources
    }
    wanted = {each.address: each.fields.get("value") for each in asked}
    using = [
        place.title
        for place in differing
        if (place.resource.address, wanted[place.resource.address]) in agreeing
    ]
    if using:
        raise Refused(
            f"{login.role} is in use at {', '.join(using)}; nothing was changed",
            hint=f"let {login.other} take over: put its name and a new password into "
            f"{holdings.choice.name}. If only the address changed, push it instead",
            see=_SEE,
        )


def _of_role(resource: Resource, role: str, outdated: Collection[str]) -> Resource:
    """The resource, desired to hold any address of the role, where it holds an old one."""
    if resource.address not in outdated:
        return resource
    anything = f"{SCHEME}{_ANYTHING}"
    return replace(resource, fields={"value": f"{anything}://{role}{anything}"})


def _refuse_unsettled(places: Sequence[Place], *, name: str) -> None:
    held = [place for place in places if place.resource.vendor == "render"]
    waiting = [place.title for place in held if place.state is not State.PRESENT]
    if waiting or not held:
        raise Refused(
            f"{name} is not the new value yet at {', '.join(waiting) or 'any service'}; "
            "nothing was changed",
            hint=f"run keepwell secrets rotate {name}, then deploy and verify, then finish",
            see=_SEE,
        )


def _refuse_open(sessions: int, *, name: str, login: Login) -> None:
    if sessions:
        raise Refused(
            f"{login.other} still has {sessions} open session(s); nothing was changed",
            hint=f"deploy every service that holds {name}, and wait until the pooler has closed "
            "what is idle",
            see=_SEE,
        )


def _next(name: str, *, login: Login) -> Finding:
    return Finding(
        rule="next",
        status=Status.PASS,
        message=f"{login.role} has its new password, and {login.other} still works. Now deploy "
        f"the services that hold {name}, run keepwell verify, then keepwell secrets finish {name}",
    )
