"""The vendors as commands see them: who they are, with which token each is asked, and making them.

Clients are imported when they are made: a plan of one vendor does not pay for the others.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from keepwell.clients.base import is_loopback
from keepwell.commands.wiring import World
from keepwell.decisions.desired_supabase import VAULT, sql_digest
from keepwell.decisions.migrations import newest_version
from keepwell.errors import UsageError
from keepwell.model.document import Document
from keepwell.model.plan import Batch
from keepwell.model.resource import Observation, Resource
from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding, Status
from keepwell.stackfile import LoadedStack

if TYPE_CHECKING:
    from keepwell.clients.base import Api, Terms


class Vendor(Protocol):
    """What commands ask of a vendor's client."""

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        ...

    def observe(self, desired: Sequence[Resource]) -> Observation:
        """What the vendor has now; `desired` says what matters. Changes nothing."""
        ...

    def apply(self, batch: Batch) -> None:
        """Makes the changes of one batch."""
        ...

    def close(self) -> None:
        """Gives back connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What a client is made from."""

    loaded: LoadedStack
    documents: Sequence[Document]
    world: World
    token: str
    base_url: str

    @property
    def stack(self) -> Stack:
        """The stack of the chosen environment."""
        return self.loaded.stack

    @property
    def folder(self) -> Path:
        """What Supabase's command line calls its folder: beside the stack file."""
        return Path(self.loaded.file).parent / "supabase"

    @property
    def title_prefix(self) -> str:
        """What marks things of this stack where a vendor has no better mark."""
        cron = self.stack.keep_alive.cron_job_org
        prefix = cron.title_prefix if cron else "keepwell:"
        return f"{prefix}{self.stack.service_name(self.stack.name)}"

    def api(self, terms: "Terms") -> "Api":
        """The calls of a vendor that speaks JSON over HTTP."""
        from keepwell.clients.base import Api  # noqa: PLC0415

        return Api(
            terms,
            token=self.token,
            clock=self.world.clock,
            base_url=self.base_url,
            progress=self.world.console.progress,
            redact=self.world.console.redact,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A vendor: the variable of its token, how it is made, and the variable of its address.

    The address only ever moves to a stand-in on this machine.
    """

    variable: str
    make: Callable[[_Making], Vendor]
    address: str = ""


def make_vendors(
    world: World, loaded: LoadedStack, documents: Sequence[Document], *, only: Sequence[str]
) -> tuple[dict[str, Vendor], tuple[Finding, ...]]:
    """The vendors of a stack, in a fixed order, and a finding for each that has no token.

    Args:
        world: where tokens and addresses come from.
        loaded: the stack, and where its file stands.
        documents: what is generated of it.
        only: the names of the vendors to make; empty means all that the stack uses.

    Raises:
        UsageError: `only` names no vendor, or an address is none of this machine.
    """
    made: dict[str, Vendor] = {}
    missing: list[Finding] = []
    for name in expected(loaded.stack, only=only):
        kind = VENDORS[name]
        token = world.secret(kind.variable)
        if token is None:
            missing.append(_no_token(name, kind))
            continue
        base_url = _address(world, kind)
        made[name] = kind.make(
            _Making(loaded=loaded, documents=documents, world=world, token=token, base_url=base_url)
        )
    return made, tuple(missing)


Ask = Callable[[Vendor, Sequence[Resource]], Observation]
"""Asks a vendor about what is desired of it."""


def observe(vendor: Vendor, desired: Sequence[Resource]) -> Observation:
    """What the vendor has, and no more."""
    return vendor.observe(desired)


def observe_all(
    vendors: Mapping[str, Vendor], desired: Sequence[Resource], *, ask: Ask = observe
) -> tuple[Observation, ...]:
    """Asks all vendors at once.

    Raises:
        ApiError: a vendor gave no answer that can be used; the others were waited for.
    """
    if not vendors:
        return ()
    with ThreadPoolExecutor(len(vendors)) as pool:
        asked = [
            pool.submit(ask, vendor, [each for each in desired if each.vendor == name])
            for name, vendor in vendors.items()
        ]
    return tuple(each.result() for each in asked)


def expected(stack: Stack, *, only: Sequence[str]) -> tuple[str, ...]:
    """The names of the vendors that a plan is about: `only` these, or all that the stack uses.

    Raises:
        UsageError: `only` names no vendor.
    """
    for name in only:
        if name not in VENDORS:
            raise UsageError(
                f"--only: {name!r} is no vendor", hint=f"choose from {', '.join(VENDORS)}"
            )
    unused = {
        "cron-job-org": stack.keep_alive.cron_job_org is None,
        "vault": stack.supabase.vault is None,
    }
    return tuple(only) or tuple(name for name in VENDORS if not unused.get(name))


def _no_token(name: str, kind: _Kind) -> Finding:
    return Finding(
        rule="token",
        status=Status.UNKNOWN,
        message=f"{name} was not asked: {kind.variable} is not set",
        path=name,
        hint=f"set {kind.variable}, or leave {name} out with --only",
        see="README.md#tokens-and-permissions",
    )


def _address(world: World, kind: _Kind) -> str:
    """Where a rehearsal has its stand-in. A token must not go to anybody else's machine."""
    url = world.environ.get(kind.address, "")
    if url and not is_loopback(urlsplit(url).hostname or ""):
        raise UsageError(
            f"{kind.address} names {urlsplit(url).hostname}, which is not this machine",
            hint=f"unset {kind.address}: it is for rehearsals on 127.0.0.1",
        )
    return url


def _render(making: _Making) -> Vendor:
    from keepwell.clients.render import TERMS, Render  # noqa: PLC0415

    world = making.world
    return Render(
        making.api(TERMS),
        clock=world.clock,
        lookup=world.secret,
        owner_id=world.environ.get("RENDER_OWNER_ID", ""),
    )


def _cloudflare(making: _Making) -> Vendor:
    from keepwell.clients.cloudflare import TERMS, Cloudflare  # noqa: PLC0415

    world = making.world
    return Cloudflare(
        making.api(TERMS),
        zone=making.stack.cloudflare.zone,
        lookup=world.secret,
    )


def _dns(making: _Making) -> Vendor:
    from keepwell.clients.dns import Dns  # noqa: PLC0415

    return Dns(
        zone=making.stack.cloudflare.zone,
        token=making.token,
        clock=making.world.clock,
        marker=making.title_prefix,
        base_url=making.base_url,
        progress=making.world.console.progress,
    )


def _supabase(making: _Making) -> Vendor:
    from keepwell.clients.supabase import TERMS, Supabase  # noqa: PLC0415

    world = making.world
    return Supabase(
        making.api(TERMS),
        clock=world.clock,
        lookup=world.secret,
        project=making.stack.supabase.project,
        folder=making.folder,
    )


def _vault(making: _Making) -> Vendor:
    from keepwell.clients.vault import VaultVendor  # noqa: PLC0415

    sql = next((each.text for each in making.documents if each.path == VAULT), "")
    return VaultVendor(
        making.token,
        clock=making.world.clock,
        lookup=making.world.secret,
        sql=sql,
        version=sql_digest(sql),
        newest_migration=newest_version(
            path.name for path in (making.folder / "migrations").glob("*")
        ),
    )


def _cron_job_org(making: _Making) -> Vendor:
    from keepwell.clients.cronjob import TERMS, CronJob  # noqa: PLC0415

    world = making.world
    return CronJob(
        making.api(TERMS),
        clock=world.clock,
        lookup=world.secret,
        prefix=f"{making.title_prefix}/",
    )


VENDORS: Mapping[str, _Kind] = {
    "render": _Kind(variable="RENDER_API_KEY", make=_render, address="KEEPWELL_RENDER_URL"),
    "supabase": _Kind(
        variable="SUPABASE_ACCESS_TOKEN", make=_supabase, address="KEEPWELL_SUPABASE_URL"
    ),
    "vault": _Kind(variable="SUPABASE_DB_URL", make=_vault),
    "cloudflare": _Kind(
        variable="CLOUDFLARE_API_TOKEN", make=_cloudflare, address="KEEPWELL_CLOUDFLARE_URL"
    ),
    "dns": _Kind(variable="CLOUDFLARE_API_TOKEN", make=_dns, address="KEEPWELL_CLOUDFLARE_URL"),
    "cron-job-org": _Kind(
        variable="CRON_JOB_ORG_API_KEY", make=_cron_job_org, address="KEEPWELL_CRON_JOB_ORG_URL"
    ),
}
"""By the name that `--only` takes and every resource carries."""
