"""What Render's last sync of the Blueprint tells: whether what is pushed reaches the services."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from keepwell.model.verdict import Finding, Status

RULE = "blueprint-sync"
SEE = "https://render.com/docs/blueprint-spec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """The last sync of one Blueprint. Words are Render's own, and may be ones that are new.

    `status` is the Blueprint's ("in_sync", "paused"), `state` the sync's ("success", "error"),
    `revision` the commit that was synced; both are empty where none has run yet.
    """

    blueprint: str
    status: str = ""
    is_automatic: bool = True
    state: str = ""
    revision: str = ""


def judge_sync(sync: Sync, *, missing: Collection[str] = ()) -> tuple[Finding, ...]:
    """Why Render may not hold what the Blueprint says; nothing where all is well.

    Source: https://render.com/docs/infrastructure-as-code (read 2026-11).

    Args:
        sync: the last one.
        missing: names of resources in the Blueprint that Render does not have.
    """
    return tuple(
        Finding(
            rule=RULE,
            status=Status.WARN,
            message=message,
            path=f"render blueprint {sync.blueprint}",
            hint=hint,
            see=SEE,
        )
        for message, hint in _seen(sync, missing=missing)
    )


def _seen(sync: Sync, *, missing: Collection[str]) -> Iterator[tuple[str, str]]:
    name, at = sync.blueprint, sync.revision[:7] or "no commit"
    page = f"open the page of the Blueprint {name} in Render's dashboard"
    if sync.status == "paused" or not sync.is_automatic:
        yield f"the Blueprint {name} is not synced automatically", f"{page} and switch it on there"
    if "error" in (sync.state, sync.status):
        yield f"the last sync of the Blueprint {name} failed, at {at}", f"{page}: it says why"
    elif sync.state == "success" and missing:
        yield (
            f"the last sync of the Blueprint {name} made no {', '.join(sorted(missing))}, at {at}",
            f"push the file if it is newer; if not, correct the plan, or {page}",
        )
