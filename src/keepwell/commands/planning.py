"""From a stack to a plan: documents, what they desire, what was observed, what differs.

Shared by `plan` and `apply`, so that both see the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from keepwell.clients.base import prepare_authorities
from keepwell.commands.vendors import Vendor, expected, make_vendors, observe_all
from keepwell.commands.wiring import World
from keepwell.decisions import (
    desired_cloudflare,
    desired_cronjob,
    desired_dns,
    desired_render,
    desired_supabase,
)
from keepwell.decisions.diff import diff
from keepwell.decisions.digest import digest
from keepwell.decisions.guard import Allowance, guard
from keepwell.decisions.order import order
from keepwell.decisions.police import judge_documents, judge_stack
from keepwell.decisions.sync_notes import sync_notes
from keepwell.model.document import Document
from keepwell.model.plan import Change, Plan
from keepwell.model.resource import Observation, Resource
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding, Status
from keepwell.stackfile import LoadedStack, load
from keepwell.store.documents import read_documents
from keepwell.store.observations import read_observations
from keepwell.templating import FOLDERS, MARKER, generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to plan: a stack, or documents that were generated before, at all vendors or some.

    With `observed` no vendor is asked: the file says what there was.
    """

    stack: Path = Path("stack.yaml")
    environment: str | None = None
    documents: Path | None = None
    only: Sequence[str] = ()
    observed: Path | None = None
    allowed: Allowance = field(default_factory=Allowance)


@runtime_checkable
class Checker(Protocol):
    """A vendor that judges changes without making them: Cloudflare's dry run of rules."""

    def check(self, changes: Sequence[Change]) -> Sequence[Finding]:
        """What the vendor says of these changes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a scope names, read: the stack, its documents, and the vendors that are asked."""

    loaded: LoadedStack
    documents: Sequence[Document]
    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    findings: Sequence[Finding] = ()

    @property
    def stack(self) -> Stack:
        """The stack of the chosen environment."""
        return self.loaded.stack

    def close(self) -> None:
        """Gives back what the vendors' clients hold."""
        for vendor in self.vendors.values():
            vendor.close()


def read_subject(scope: Scope, *, world: World) -> Subject:
    """Reads what a scope names; findings say which vendor cannot be asked, which policy says no.

    Raises:
        StackError: the stack is wrong.
        UsageError: a file or an option is wrong.
    """
    if scope.observed is None:
        prepare_authorities()
    loaded = load(scope.stack, environment=scope.environment)
    if scope.documents is None:
        documents: Sequence[Document] = generate(loaded.stack)
    else:
        documents = read_documents(scope.documents, within=FOLDERS, marker=MARKER)
    judged = [*judge_stack(loaded.stack), *judge_documents(documents)]
    refused = [found.at(loaded.place(found.path)) for found in judged if _is_no(found)]
    if scope.observed is not None:
        expected(loaded.stack, only=scope.only)
        return Subject(loaded=loaded, documents=documents, findings=refused)
    vendors, missing = make_vendors(world, loaded, documents, only=scope.only)
    return Subject(
        loaded=loaded, documents=documents, vendors=vendors, findings=(*refused, *missing)
    )


def desired_of(subject: Subject, *, render_ranges: Sequence[str] | None) -> tuple[Resource, ...]:
    """What the documents desire at all vendors.

    `render_ranges` are the networks from which Render calls; None leaves out what depends on them.
    """
    documents = subject.documents
    return (
        *desired_render.desired(documents, secret_of=_secrets_of(subject.stack)),
        *_in_region(
            desired_supabase.desired(documents, render_ranges=render_ranges), subject.stack
        ),
        *desired_supabase.desired_vault(documents),
        *desired_cloudflare.desired(documents),
        *desired_dns.desired(documents),
        *desired_cronjob.desired(documents),
    )


def observe(subject: Subject) -> tuple[Observation, ...]:
    """Asks every vendor of the subject, all at once.

    Raises:
        ApiError: a vendor gave no answer that can be used.
    """
    return observe_all(subject.vendors, desired_of(subject, render_ranges=()))


def plan_now(subject: Subject, *, scope: Scope) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan of what the vendors have now, and what is to be said of it, also by them.

    Raises:
        ApiError: a vendor gave no answer that can be used.
    """
    desired = desired_of(subject, render_ranges=())
    return plan_against(subject, observe_all(subject.vendors, desired, ask=_try_out), scope=scope)


def plan_again(subject: Subject, *, scope: Scope, last: Plan) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan after `last`, for which only those vendors are asked that it still changes.

    Raises:
        ApiError: a vendor gave no answer that can be used.
    """
    open_ = {change.resource.vendor for change in last.changes}
    asked = {name: each for name, each in subject.vendors.items() if name in open_}
    news = observe_all(asked, desired_of(subject, render_ranges=()), ask=_try_out)
    kept = [seen for seen in last.observations if seen.vendor not in open_]
    return plan_against(subject, [*kept, *news], scope=scope)


def plan_stored(
    subject: Subject, *, scope: Scope, observed: Path
) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan of what the vendors had when `observed` was written; nobody is asked.

    Raises:
        UsageError: there is no such file, or it is none of ours.
    """
    observations = read_observations(observed)
    plan, findings = plan_against(subject, observations, scope=scope)
    stored = {seen.vendor for seen in observations}
    wanted = expected(subject.stack, only=scope.only)
    return plan, (*findings, *(_not_stored(name) for name in wanted if name not in stored))


def plan_against(
    subject: Subject, observations: Sequence[Observation], *, scope: Scope
) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan from observed to desired, and what the guard and the diff say of it."""
    chosen = [seen for seen in observations if not scope.only or seen.vendor in scope.only]
    desired = desired_of(subject, render_ranges=_render_ranges(observations))
    difference = diff(desired, chosen)
    batches = order(
        difference.changes,
        zone=subject.stack.cloudflare.zone,
        unverified=_unverified(desired, observations),
    )
    named = digest(difference.changes, where=subject.stack.where)
    plan = Plan(batches=batches, observations=chosen, digest=named)
    wanted = {each.address for each in desired}
    held = Counter(
        each.vendor
        for seen in chosen
        for each in seen.resources
        if each.is_ours or each.address in wanted
    )
    refusals = guard(difference.changes, existing=held, allowed=scope.allowed)
    notes = [
        note
        for seen in chosen
        if seen.vendor == "render"
        for note in sync_notes(subject.documents, seen)
    ]
    return plan, (*subject.findings, *difference.findings, *notes, *refusals)


def _try_out(vendor: Vendor, desired: Sequence[Resource]) -> Observation:
    """An observation, and what the vendor itself says of the changes, where it can tell.

    Asked while other vendors are still waited for, so that it costs a plan no time.
    """
    before = vendor.calls
    seen = vendor.observe(desired)
    if not isinstance(vendor, Checker):
        return seen
    said = vendor.check(diff(desired, [seen]).changes)
    return replace(seen, findings=(*seen.findings, *said), calls=vendor.calls - before)


def _not_stored(vendor: str) -> Finding:
    return Finding(
        rule="stored",
        status=Status.UNKNOWN,
        message=f"{vendor} was not asked when this was observed",
        path=vendor,
        hint=f"give the workflow `drift` the token of {vendor}, or leave it out with --only",
        see="README.md#tokens-and-permissions",
    )


def _is_no(finding: Finding) -> bool:
    return finding.status is Status.FAIL


def _secrets_of(stack: Stack) -> dict[tuple[str, str], str]:
    """Which secret a variable of a service holds, both by the names that Render knows."""
    return {
        (stack.service_name(name), key): value.secret
        for name, service in stack.render.services.items()
        for key, value in service.env.items()
        if value.secret is not None
    }


def _in_region(resources: Sequence[Resource], stack: Stack) -> tuple[Resource, ...]:
    """The project's region stands in no document: Supabase takes it only when it is made."""
    return tuple(
        replace(each, fields={**each.fields, "region": stack.supabase.region})
        if each.kind == "project"
        else each
        for each in resources
    )


def _render_ranges(observations: Sequence[Observation]) -> list[str] | None:
    for seen in observations:
        for each in seen.resources:
            if each.kind == "outbound-ips":
                return list(each.fields["cidrs"])
    return None


def _unverified(desired: Sequence[Resource], observations: Sequence[Observation]) -> dict[str, str]:
    """Hosts that Render has not verified, as far as was observed, each with its service."""
    verified = {
        each.key
        for seen in observations
        for each in seen.resources
        if each.kind == "custom-domain" and each.fields.get("verified") is True
    }
    waiting = [
        each.key for each in desired if each.kind == "custom-domain" and each.key not in verified
    ]
    return {host: service for service, _, host in (key.partition("/") for key in waiting)}
