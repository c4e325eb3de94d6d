"""Looks where secrets are, and brings them there: what check, push and rotate share."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from keepwell.commands.executing import execute, refuse_missing_secrets
from keepwell.commands.planning import Scope, Subject, desired_of, read_subject
from keepwell.commands.vendors import Vendor, observe_all
from keepwell.commands.wiring import World
from keepwell.decisions.digest import digest
from keepwell.decisions.order import order
from keepwell.decisions.secrets_places import Place, State, places
from keepwell.errors import Refused, UsageError
from keepwell.model.plan import Account, Action, Change, Plan
from keepwell.model.resource import Observation, Resource
from keepwell.model.secret import HIDDEN
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.store.journal import Journal

NO_TOKEN = "token"  # noqa: S105 - the name of a rule
_HOLDERS = {"env-var": "service", "env-group-var": "env-group"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which secrets are looked at: all of a stack, or `name`, at all vendors or some."""

    stack: Path = Path("stack.yaml")
    environment: str | None = None
    only: Sequence[str] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """The chosen secrets, and the vendors that hold any of them."""

    choice: Choice
    subject: Subject
    desired: Sequence[Resource]
    vendors: Mapping[str, Vendor] = field(repr=False)
    findings: Sequence[Finding]

    @property
    def stack(self) -> Stack:
        """The stack of the chosen environment."""
        return self.subject.stack

    def observe(self, desired: Sequence[Resource] | None = None) -> tuple[Observation, ...]:
        """Asks every vendor that holds any of them, all at once.

        Raises:
            ApiError: a vendor gave no answer that can be used.
        """
        return observe_all(self.vendors, self.desired if desired is None else desired)

    def places(self, observations: Sequence[Observation]) -> tuple[Place, ...]:
        """The places of the chosen secrets at the chosen vendors."""
        choice = self.choice
        return tuple(
            place
            for place in places(self.desired, observations)
            if choice.name in ("", place.secret)
            and (not choice.only or place.resource.vendor in choice.only)
        )

    def unused(self) -> list[str]:
        """Secrets that are declared and that no vendor is to hold."""
        used = {place.secret for place in places(self.desired, ())}
        return [name for name in self.stack.secrets if name not in used]


@contextmanager
def opened(choice: Choice, *, world: World, pushed_only: bool = False) -> Iterator[Holdings]:
    """The holdings of a choice, while the block lasts.

    Args:
        choice: which secrets.
        world: where tokens come from.
        pushed_only: asks no vendor but those to which a push goes.

    Raises:
        StackError: the stack is wrong.
        UsageError: the chosen secret is not declared, or an option is wrong.
    """
    scope = Scope(stack=choice.stack, environment=choice.environment, only=choice.only)
    subject = read_subject(scope, world=world)
    try:
        _refuse_unknown(choice.name, subject.stack)
        desired = desired_of(subject, render_ranges=())
        bare = Holdings(choice=choice, subject=subject, desired=desired, vendors={}, findings=())
        holding = {
            place.resource.vendor for place in bare.places(()) if place.is_pushed or not pushed_only
        }
        yield replace(
            bare,
            vendors={name: each for name, each in subject.vendors.items() if name in holding},
            findings=[
                each for each in subject.findings if each.rule != NO_TOKEN or each.path in holding
            ],
        )
    finally:
        subject.close()


def send(
    chosen: Sequence[Place],
    *,
    holdings: Holdings,
    observations: Sequence[Observation],
    world: World,
    journal: Path,
) -> Account:
    """Sends each of the places its secret, in the order in which apply would.

    Raises:
        UsageError: a value is not at hand; nothing was sent.
        Refused: what a secret belongs to is not there yet; nothing was sent.
    """
    changes = [_change(place) for place in chosen]
    batches = order(changes, zone=holdings.stack.cloudflare.zone, unverified={})
    plan = Plan(
        batches=batches,
        observations=observations,
        digest=digest(changes, where=holdings.stack.where),
    )
    refuse_missing_secrets(plan, lookup=world.secret)
    _refuse_homeless(chosen, observations)
    kept = Journal(journal, started_at=world.clock.now())
    return execute(plan, vendors=holdings.vendors, world=world, journal=kept)


def _refuse_unknown(name: str, stack: Stack) -> None:
    if name and name not in stack.secrets:
        near = get_close_matches(name, stack.secrets, n=1)
        raise UsageError(
            f"{name} is not declared among the stack's secrets",
            hint=f"did you mean {near[0]}?" if near else "declare it under `secrets` first",
        )


def _refuse_homeless(chosen: Sequence[Place], observations: Sequence[Observation]) -> None:
    present = {each.address for seen in observations for each in seen.resources}
    homes = dict.fromkeys(_home(place.resource) for place in chosen)
    absent = [home for home in homes if home and home not in present]
    if absent:
        raise Refused(
            f"not there yet: {', '.join(absent)}; nothing was sent",
            hint="run keepwell apply, which makes it and brings the secrets too",
        )


def _home(resource: Resource) -> str:
    """The address of what a secret is put into; empty where that is the project itself."""
    if resource.kind == "vault-secret":
        return "vault vault schema"
    if resource.kind in _HOLDERS:
        return f"render {_HOLDERS[resource.kind]} {resource.key.partition('/')[0]}"
    return ""


def _change(place: Place) -> Change:
    is_new = place.state is State.MISSING
    return Change(
        action=Action.CREATE if is_new else Action.UPDATE,
        resource=place.resource,
        before={} if is_new else {"value": HIDDEN},
        after=place.resource.fields,
        id=place.id,
    )
