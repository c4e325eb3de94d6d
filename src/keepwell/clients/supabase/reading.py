"""What the project has, as resources: one function for each kind. Nothing here changes anything.

Of Auth's two hundred fields, some of them secrets, only those that are desired are kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keepwell.decisions.desired_supabase import POOLER_FIELDS
from keepwell.model.resource import Resource
from keepwell.model.secret import SCHEME
from keepwell.model.verdict import Finding, Status

Body = Mapping[str, Any]

AWAKE = "ACTIVE_HEALTHY"
PAUSED = "INACTIVE"


def project(body: Body, *, key: str) -> Resource:
    """The project: where it is, and whether it is awake."""
    return _resource(
        "project", key, {"status": body.get("status", "UNKNOWN"), "region": body.get("region", "")}
    )


def ssl_enforcement(body: Body) -> Resource:
    """Whether the database refuses connections without TLS."""
    return _resource("ssl-enforcement", "database", {"enabled": body["currentConfig"]["database"]})


def restrictions(body: Body) -> Resource:
    """Who may open a connection to the database."""
    config = body.get("config") or {}
    return _resource(
        "network-restrictions",
        "database",
        {
            "cidrs": sorted(config.get("dbAllowedCidrs") or []),
            "cidrs_v6": sorted(config.get("dbAllowedCidrsV6") or []),
        },
    )


def chosen(kind: str, body: Body, *, wanted: Resource | None) -> Resource:
    """A configuration of many fields: those that are desired, and no other."""
    names = wanted.fields if wanted is not None else ()
    return _resource(kind, "config", {name: body[name] for name in names if name in body})


def pooler(body: Any) -> Resource:
    """The pooler of the primary database; there may be one for each replica."""
    rows = body if isinstance(body, list) else [body]
    primary: Body = next((row for row in rows if row.get("database_type") == "PRIMARY"), {})
    fields = {name: primary[name] for name in POOLER_FIELDS if name in primary}
    return _resource("pooler", "config", fields)


def postgrest(body: Body) -> Resource:
    """What of the Data API is managed; its answer may hold the JWT secret, which is left out.

    Lists are words between commas, with or without blanks.
    """
    fields: dict[str, Any] = {
        name: ",".join(word.strip() for word in body[name].split(","))
        for name in ("db_schema", "db_extra_search_path")
    }
    return _resource("postgrest", "config", {**fields, "max_rows": body["max_rows"]})


def functions(body: Sequence[Body]) -> Iterator[Resource]:
    """The Edge Functions, by their slugs."""
    for each in body:
        fields = {"verify_jwt": each.get("verify_jwt", True)}
        yield _resource("function", each["slug"], fields)


def edge_secrets(body: Sequence[Body]) -> Iterator[Resource]:
    """The names of the Edge Functions' secrets.

    What stands beside a name is a digest of an algorithm that is not documented, so nothing is
    concluded from it: a secret that is there counts as the wanted one, and is named as uncompared.
    """
    for each in body:
        yield _resource("edge-secret", each["name"], {"value": f"{SCHEME}{each['name']}"})


def health(rows: Sequence[Body]) -> Iterator[Finding]:
    """Which of the project's services are not well, as Supabase itself sees it."""
    for each in rows:
        if each.get("status") != "ACTIVE_HEALTHY":
            yield Finding(
                rule="project-healthy",
                status=Status.WARN,
                message=f"{each.get('name')} is {each.get('status', 'in an unknown state')}",
                why=str(each.get("error") or ""),
                hint="look at the project's page and at https://status.supabase.com",
            )


def state(status: str) -> Iterator[Finding]:
    """What a reader must know of a project that is not awake and well."""
    if status == PAUSED:
        yield Finding(
            rule="project-awake",
            status=Status.WARN,
            message="the project is paused; what it holds cannot be read until it is awake",
            why="a project of the free plan is paused after a week without use",
            hint="run apply, which wakes it first; then plan again",
            see="https://supabase.com/docs/guides/platform/free-project-pausing",
        )
    elif status != AWAKE:
        yield Finding(
            rule="project-awake",
            status=Status.UNKNOWN,
            message=f"the project is {status}",
            hint="wait until it is active, then plan again",
        )


def _resource(kind: str, key: str, fields: Mapping[str, Any]) -> Resource:
    """A part of the project. It came with it, or its maker is not known: nothing is deleted."""
    return Resource(vendor="supabase", kind=kind, key=key, fields=fields, is_ours=False)
