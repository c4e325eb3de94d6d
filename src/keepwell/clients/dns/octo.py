"""A zone as octoDNS has it: reading its records, and sending changes by Cloudflare's calls.

The only module that imports octoDNS. How a call is sent, repeated and given up is the door's.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from octodns.provider.plan import Plan
from octodns.record import Create, Delete, Record, Update, ValidationError
from octodns.record.base import value_from_rdata_text
from octodns.record.rr import RdataParseError
from octodns.zone import Zone
from octodns_cloudflare import CloudflareProvider
from requests import PreparedRequest

from keepwell.clients.dns.door import Door
from keepwell.clients.dns.terms import TERMS
from keepwell.decisions.desired_dns import APEX, AUTO, record_set
from keepwell.errors import ApiError, UsageError
from keepwell.model.plan import Action, Change
from keepwell.model.resource import Resource

MIXED = "(not the same for all of its values)"
"""Stands for a TTL, a comment or the like in which the records of a set disagree."""

_RECORDS_PER_PAGE = 5000
_SHORTEST_TTL_S = 60
_ANY_TTL_S = 300
_END_IN_NAMES = {"ALIAS", "CNAME", "MX", "NS", "SRV"}

for _noisy in ("Record", "Zone", "Plan"):
    logging.getLogger(_noisy).addHandler(logging.NullHandler())
Record.enable_validators(["legacy"])  # octoDNS's own default, of which it otherwise warns


class _Provider(CloudflareProvider):  # type: ignore[misc]
    """octoDNS's provider, which never sleeps, knows one zone, and can forget what it saw.

    Source: https://github.com/octodns/octodns-cloudflare (read 2026-11): `pagerules` would need a
    permission of its own; up to 5,000,000 records may be asked for at once; the shortest TTL is
    60 s on plans below Enterprise.
    """

    def __init__(self, zone: str, *, token: str, url: str, door: Door) -> None:
        super().__init__(
            "keepwell",
            token=token,
            pagerules=False,
            retry_count=0,
            retry_period=0,
            records_per_page=_RECORDS_PER_PAGE,
            min_ttl=_SHORTEST_TTL_S,
            api_url=url,
            timeout=TERMS.timeout_s,
            root_ns_warnings=False,
        )
        self.log.addHandler(logging.NullHandler())
        self._name = zone
        self._sess.auth = _Bearer(token)
        self._sess.mount("https://", door)
        self._sess.mount("http://", door)

    def _paginated_get(
        self, path: str, params: Mapping[str, Any] | None = None, per_page: int | None = None
    ) -> Iterator[Any]:
        if path == "/zones":
            params = {**(params or {}), "name": self._name}
        yield from super()._paginated_get(path, params=params, per_page=per_page)

    def forget(self) -> None:
        self._zone_records.clear()

    def close(self) -> None:
        self._sess.close()


class _Bearer:
    """Sets the token itself: requests would otherwise prefer what stands in a .netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class OctoZone:
    """The records of one zone."""

    def __init__(self, name: str, *, token: str, url: str, door: Door, marker: str) -> None:
        self._name = name
        self._marker = marker
        self._provider = _Provider(name, token=token, url=url, door=door)
        self._records: dict[str, Any] = {}

    def close(self) -> None:
        """Closes the connections."""
        self._provider.close()

    def check(self, desired: Sequence[Resource]) -> None:
        """Passes where octoDNS takes every desired record.

        Raises:
            UsageError: it does not; the first such record is named, with its reasons.
        """
        zone = self._empty()
        for each in desired:
            self._record(zone, each)

    def fetch(self) -> dict[str, Resource]:
        """All record sets, by address, as they are now.

        Raises:
            ApiError: the zone is not visible to the token, or a call failed.
        """
        self._provider.forget()
        zone = self._empty()
        try:
            self._populate(zone)
            raw = self._raw(zone)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ApiError(
                "cloudflare's answer is not of the form that octoDNS reads: "
                f"{type(error).__name__} {error}",
                hint="look at the zone's records for one that is out of the ordinary",
            ) from error
        records = sorted(zone.records, key=lambda record: (record.name, record._type))  # noqa: SLF001
        seen = [(record, self._resource(record, raw)) for record in records]
        self._records = {each.address: record for record, each in seen}
        return {each.address: each for _, each in seen}

    def write(self, changes: Sequence[Change]) -> None:
        """Makes the changes to what `fetch` saw last: deletes, then creates, then updates.

        Raises:
            UsageError: octoDNS does not take a record; nothing was sent.
            ApiError: Cloudflare refuses a change, or did not answer.
        """
        if not changes:
            return
        existing = self._empty()
        for record in self._records.values():
            existing.add_record(record, lenient=True)
        steps = [self._step(existing, change) for change in changes]
        desired = existing.copy()
        desired.apply(steps)
        self._provider.apply(Plan(existing, desired, steps, True))

    def _empty(self) -> Any:
        return Zone(f"{self._name}.", [])

    def _populate(self, zone: Any) -> None:
        if zone.name not in self._provider.zones:
            raise ApiError(
                f"cloudflare shows this token no zone {self._name!r}",
                hint="check the zone's name in stack.yaml, and that CLOUDFLARE_API_TOKEN has "
                f"Zone: Read and DNS: Edit for {self._name}",
                see=TERMS.see,
            )
        self._provider.populate(zone, target=True, lenient=True)

    def _step(self, zone: Any, change: Change) -> Any:
        existing = self._records.get(change.address)
        if change.action is Action.DELETE:
            return Delete(existing)
        new = self._record(zone, change.resource, tags_of=existing)
        return Create(new) if existing is None else Update(existing, new)

    def _record(self, zone: Any, resource: Resource, *, tags_of: Any = None) -> Any:
        """The record of a resource; tags, which keepwell has none of, are kept from the old one."""
        record = _made(zone, resource)
        tags = tags_of and tags_of.octodns.get("cloudflare", {}).get("tags")
        if tags:
            record.octodns.setdefault("cloudflare", {})["tags"] = tags
        return record

    def _raw(self, zone: Any) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
        grouped = defaultdict(list)
        for row in self._provider.zone_records(zone):
            grouped[row["name"], row["type"]].append(row)
        return grouped

    def _resource(
        self, record: Any, raw: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
    ) -> Resource:
        kind = record._type  # noqa: SLF001
        found = record_set(record.name, {"type": kind, **record.data})
        rows = raw.get((record.fqdn.removesuffix("."), "CNAME" if kind == "ALIAS" else kind), ())
        mixed = {
            name: MIXED
            for name in ("ttl", "proxied", "comment")
            if len({row.get(name) or "" for row in rows}) > 1
        }
        return Resource(
            vendor=found.vendor,
            kind=found.kind,
            key=found.key,
            fields={**found.fields, **mixed},
            is_ours=not mixed.get("comment") and found.fields["comment"] == self._marker,
        )


def _made(zone: Any, resource: Resource) -> Any:
    """The record of a resource, as octoDNS takes it and then spells it again."""
    kind, _, name = resource.key.partition(" ")
    try:
        record = Record.new(zone, "" if name == APEX else name, _data(kind, resource.fields))
    except ValidationError as error:
        raise _unfit(resource, "; ".join(map(str, error.reasons))) from error
    except RdataParseError as error:
        raise _unfit(resource, f"a value does not have the form of {kind}") from error
    if kind in _END_IN_NAMES and not all(text.endswith(".") for text in resource.fields["values"]):
        raise _unfit(resource, "a name without a dot at its end is taken as relative to the zone")
    spelled = record_set(name, {"type": kind, **record.data}).fields["values"]
    if spelled != resource.fields["values"]:
        raise _unfit(resource, f"{resource.fields['values']} would become {spelled}: write it so")
    return record


def _data(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A record set in octoDNS's form."""
    is_auto = fields["ttl"] == AUTO
    flags = {"auto-ttl": is_auto, "proxied": fields["proxied"], "comment": fields["comment"]}
    value_type = Record.registered_types()[kind]._value_type  # noqa: SLF001
    values = [
        text if kind == "TXT" else value_from_rdata_text(value_type, text)
        for text in fields["values"]
    ]
    return {
        "type": kind,
        "ttl": _ANY_TTL_S if is_auto else fields["ttl"],
        "octodns": {"cloudflare": {name: flag for name, flag in flags.items() if flag}},
        **({"value": values[0]} if len(values) == 1 else {"values": values}),
    }


def _unfit(resource: Resource, why: str) -> UsageError:
    return UsageError(
        f"{resource.address}: {why}", hint="correct the record in cloudflare.dns of stack.yaml"
    )
