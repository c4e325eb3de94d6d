"""Blueprints: is one valid, and what became of the last sync. No call begins a sync.

Source: https://api-docs.render.com/reference (read 2026-11).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from keepwell.clients.base import Api, segment
from keepwell.decisions.blueprint_sync import Sync

Body = Mapping[str, Any]


def validate(api: Api, text: str, *, owner_id: str) -> tuple[str, ...]:
    """What Render finds wrong in a Blueprint, a line each; nothing where it is valid.

    The status of the answer says nothing: it is 200 either way, and `valid` decides.
    """
    answer = api.post(
        "/blueprints/validate",
        files={"file": ("render.yaml", text.encode(), "application/yaml")},
        data={"ownerId": owner_id},
        is_idempotent=True,
    )
    verdict = answer.json or {}
    if verdict.get("valid") is True:
        return ()
    errors = tuple(map(_line, verdict.get("errors") or ()))
    return errors or ("Render calls it invalid, and does not say why",)


def of_services(blueprints: Sequence[Body], services: Sequence[Body]) -> list[Body]:
    """The Blueprints from the repositories of these services; without services, a lone one."""
    repositories = {_plain(each.get("repo")) for each in services} - {""}
    if not repositories:
        return list(blueprints) if len(blueprints) == 1 else []
    return [each for each in blueprints if _plain(each.get("repo")) in repositories]


def last_sync(api: Api, blueprint: Body) -> Sync:
    """The newest sync of a Blueprint."""
    rows = api.get(f"/blueprints/{segment(blueprint['id'])}/syncs").json or ()
    newest = max(
        (row.get("sync") or {} for row in rows),
        key=lambda sync: sync.get("startedAt") or "",
        default={},
    )
    return Sync(
        blueprint=blueprint.get("name") or blueprint["id"],
        status=blueprint.get("status") or "",
        is_automatic=blueprint.get("autoSync", True),
        state=newest.get("state") or "",
        revision=(newest.get("commit") or {}).get("id") or "",
    )


def _line(error: Body) -> str:
    place = ":".join(str(error[name]) for name in ("line", "column") if error.get(name))
    where = " ".join(part for part in (place, error.get("path") or "") if part)
    what = str(error.get("error") or "is wrong")
    return f"{where}: {what}" if where else what


def _plain(url: Any) -> str:
    return str(url or "").lower().rstrip("/").removesuffix(".git")
