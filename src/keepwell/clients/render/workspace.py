"""One workspace's lists and their details: which calls are made, and which at the same time.

A key reaches every workspace of its user, so the owner is named in each list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from keepwell.clients.base import Api, at_once, cursor_rows, segment
from keepwell.clients.render.blueprints import last_sync, of_services
from keepwell.decisions.blueprint_sync import Sync
from keepwell.errors import UsageError

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a workspace holds of what is declared, as Render answered."""

    services: Sequence[Body] = ()
    stores: Sequence[Body] = ()
    groups: Sequence[Body] = ()
    variables: Mapping[str, Sequence[Body]] = field(default_factory=dict, repr=False)
    domains: Mapping[str, Sequence[Body]] = field(default_factory=dict)
    outbound: Mapping[str, Sequence[str]] = field(default_factory=dict)
    syncs: Sequence[Sync] = ()


class Workspace:
    """The workspace of `owner_id`, or the only one that the key reaches."""

    def __init__(self, api: Api, *, owner_id: str) -> None:
        self._api = api
        self._owner_id = owner_id

    def owner(self) -> str:
        """The workspace's id.

        Raises:
            UsageError: none was named, and the key reaches several or none.
        """
        if not self._owner_id:
            owners = list(cursor_rows(self._api, "/owners", name="owner"))
            if len(owners) != 1:
                names = ", ".join(f"{each['name']} ({each['id']})" for each in owners) or "none"
                raise UsageError(
                    f"RENDER_API_KEY reaches {len(owners)} workspaces: {names}",
                    hint="set RENDER_OWNER_ID to the id of the one that holds the stack",
                )
            self._owner_id = str(owners[0]["id"])
        return self._owner_id

    def service(self, name: str) -> Body | None:
        """The service of that name, None where there is none."""
        listed = self._rows("/services", "service", {"includePreviews": "false", "name": name})
        return next(iter(_chosen(listed, [name])), None)

    def fetch(self, *, services: Sequence[str], groups: Sequence[str]) -> Held:
        """The lists at once, then the details of what is declared at once."""
        self.owner()
        listed_services, stores, listed_groups, blueprints = at_once(
            partial(self._rows, "/services", "service", {"includePreviews": "false"}),
            partial(self._rows, "/key-value", "keyValue", {}),
            partial(self._groups, groups),
            partial(self._rows, "/blueprints", "blueprint", {}),
        )
        chosen = _chosen(listed_services, services)
        linked = [each for each in listed_groups if each["name"] in groups]
        web = [each for each in chosen if each.get("type") == "web_service"][:1]
        calls: list[Callable[[], Any]] = [
            *(partial(self._of_service, each, "env-vars", "envVar") for each in chosen),
            *(partial(self._of_service, each, "custom-domains", "customDomain") for each in chosen),
            *(partial(self._group, each) for each in linked),
            *(partial(self._outbound, each) for each in web),
            *(partial(last_sync, self._api, each) for each in of_services(blueprints, chosen)),
        ]
        answers = at_once(*calls)
        count, end = len(chosen), 2 * len(chosen) + len(linked)
        return Held(
            services=chosen,
            stores=stores,
            groups=answers[2 * count : end],
            variables=_by_name(chosen, answers[:count]),
            domains=_by_name(chosen, answers[count : 2 * count]),
            outbound={each["name"]: answers[end] for each in web},
            syncs=answers[end + len(web) :],
        )

    def _rows(self, path: str, name: str, params: Mapping[str, str]) -> list[Body]:
        asked = {"ownerId": self.owner(), **params}
        return list(cursor_rows(self._api, path, name=name, params=asked))

    def _of_service(self, service: Body, what: str, name: str) -> list[Body]:
        if what == "custom-domains" and service.get("type") not in ("web_service", "static_site"):
            return []
        path = f"/services/{segment(service['id'])}/{what}"
        return list(cursor_rows(self._api, path, name=name))

    def _groups(self, names: Sequence[str]) -> list[Body]:
        """The groups of these names, without their variables.

        Asked for by name, because the list is a plain one: nothing in it leads to another page.
        """
        if not names:
            return []
        params = {"ownerId": self.owner(), "name": ",".join(names), "limit": "100"}
        return list(self._api.get("/env-groups", params=params).json or ())

    def _group(self, group: Body) -> Body:
        found: Body = self._api.get(f"/env-groups/{segment(group['id'])}").json
        return found

    def _outbound(self, service: Body) -> list[str]:
        answer = self._api.get(f"/services/{segment(service['id'])}/outbound-ips").json or {}
        return sorted(answer.get("ips") or ())


def _chosen(listed: Sequence[Body], names: Sequence[str]) -> list[Body]:
    """The services of these names, in their order; of two the older, and never a preview."""
    own = [each for each in listed if not (each.get("serviceDetails") or {}).get("parentServer")]
    oldest = {each["name"]: each for each in sorted(own, key=_created_at, reverse=True)}
    return [oldest[name] for name in names if name in oldest]


def _created_at(service: Body) -> str:
    return service.get("createdAt") or ""


def _by_name(services: Sequence[Body], answers: Sequence[Any]) -> dict[str, Sequence[Body]]:
    names = (each["name"] for each in services)
    return dict(zip(names, answers, strict=True))
