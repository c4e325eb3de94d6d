"""The records of the zone, and what Render needs of them. Does not resolve names."""

from collections import Counter
from collections.abc import Iterator

from keepwell.model.stack import Stack
from keepwell.model.stack.edge import DnsRecord
from keepwell.model.verdict import Finding
from keepwell.policies._relations import web_services
from keepwell.policies._rule import Rule

RULE = Rule(name="dns", see="https://render.com/docs/configure-cloudflare-dns")
SEE_PROXY = "https://developers.cloudflare.com/dns/proxy-status/"

CERTIFICATE_AUTHORITIES = ("letsencrypt.org", "pki.goog")
"""Whom Render asks for certificates.

Source: https://render.com/docs/custom-domains (read 2026-11).
"""

_PROXIABLE = {"A", "AAAA", "CNAME"}
_ADDRESSES = {"A", "CNAME"}
_ENDS_IN_NAME = {"CNAME", "MX", "NS", "SRV"}

Placed = tuple[str, DnsRecord]


class Dns:
    """Each domain of a service has a record that Render can serve and certify."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """Render speaks IPv4 only and asks Let's Encrypt and Google for certificates.

        An AAAA record sends visitors elsewhere; a CAA record that leaves one of the two out stops
        renewals. A name without a dot at its end is taken as relative to the zone.
        """
        records = [
            (f"cloudflare.dns.{index}", record) for index, record in enumerate(stack.cloudflare.dns)
        ]
        domains = [
            (f"render.services.{key}.domains.{index}", domain)
            for key, service in web_services(stack).items()
            for index, domain in enumerate(service.domains)
        ]
        found = [
            *(finding for placed in records for finding in _record(placed)),
            *_clashes(records),
            *(
                finding
                for path, domain in domains
                for finding in _domain(domain, path=path, zone=stack.cloudflare.zone, of=records)
            ),
        ]
        return found or [
            RULE.passes(
                f"{len(records)} record sets; in the zone, reachable by IPv4 and certifiable: "
                f"{', '.join(domain for _, domain in domains) or 'no domain'}",
                path="cloudflare.dns",
            )
        ]


def _record(placed: Placed) -> Iterator[Finding]:
    path, record = placed
    if record.proxied and record.type not in _PROXIABLE:
        yield RULE.fails(
            f"a {record.type} record is proxied",
            path=f"{path}.proxied",
            why="Cloudflare proxies A, AAAA and CNAME only, and refuses the rest",
            hint="Remove `proxied`",
            see=SEE_PROXY,
        )
    for index, value in enumerate(record.values):
        if record.type in _ENDS_IN_NAME and not value.endswith("."):
            yield RULE.fails(
                f"{record.type} {record.name} points at {value}, without a dot at the end",
                path=f"{path}.values.{index}",
                why="such a name is relative: the zone's own name would be put behind it",
                hint=f"Write {value}.",
            )
    if record.type == "CNAME" and len(record.values) > 1:
        yield RULE.fails(
            f"CNAME {record.name} has {len(record.values)} values",
            path=f"{path}.values",
            why="a name is an alias of one other name",
            hint="Keep one value",
        )


def _clashes(records: list[Placed]) -> Iterator[Finding]:
    sets = Counter((record.name, record.type) for _, record in records)
    names = Counter(record.name for _, record in records)
    for path, record in records:
        if sets[record.name, record.type] > 1:
            yield RULE.fails(
                f"{record.type} {record.name} stands here more than once",
                path=path,
                why="a record set has one place; of two, one would win by chance",
                hint="Put all its values into one entry",
            )
        elif record.type == "CNAME" and record.name != "@" and names[record.name] > 1:
            yield RULE.fails(
                f"CNAME {record.name} stands beside other records of that name",
                path=path,
                why="an alias cannot have records of its own (RFC 1034)",
                hint="Remove the others, or move them to another name",
            )


def _domain(domain: str, *, path: str, zone: str, of: list[Placed]) -> Iterator[Finding]:
    name = _within(zone, domain)
    leading = [] if name is None else _leading(name, of)
    if not leading:
        where = f"has no A or CNAME record in the zone {zone}"
        yield RULE.fails(
            f"{domain} {where if name is not None else f'is not in the zone {zone}'}",
            path=path,
            why="visitors and Render's certificates find nothing at that name",
            hint="Add a CNAME to the service's onrender.com name, with a dot at the end",
        )
    for record_path, record in leading:
        if not record.proxied:
            yield RULE.warns(
                f"{domain} is not proxied",
                path=record_path,
                why="requests go straight to Render: no firewall, rate limit or TLS setting of the "
                "zone applies",
                hint="Set `proxied: true` once Render has issued the certificate",
                see=SEE_PROXY,
            )
    yield from _ipv6(domain, name=name, records=of)
    yield from _authorities(domain, name=name, records=of)


def _within(zone: str, domain: str) -> str | None:
    """The name of the domain relative to the zone; None outside of it."""
    if domain == zone:
        return "@"
    return domain.removesuffix(f".{zone}") if domain.endswith(f".{zone}") else None


def _leading(name: str, records: list[Placed]) -> list[Placed]:
    """The records that lead visitors on: of that name, else those of the nearest wildcard."""
    candidates = [name]
    labels = name.split(".")
    candidates += [".".join(["*", *labels[depth:]]) for depth in range(1, len(labels) + 1)]
    for candidate in candidates if name != "@" else ["@"]:
        found = [placed for placed in records if placed[1].name == candidate]
        if found:
            return [placed for placed in found if placed[1].type in _ADDRESSES]
    return []


def _ipv6(domain: str, *, name: str | None, records: list[Placed]) -> Iterator[Finding]:
    for path, record in records:
        if record.type == "AAAA" and record.name == name:
            yield RULE.fails(
                f"{domain} has an AAAA record",
                path=path,
                why="Render answers on IPv4 only, so visitors with IPv6 end up elsewhere",
                hint="Remove it",
            )


def _authorities(domain: str, *, name: str | None, records: list[Placed]) -> Iterator[Finding]:
    nearest = _nearest_caa(name, records)
    if nearest is None:
        return
    path, record = nearest
    for tag in ("issue", "issuewild"):
        allowed = _allowed(record, tag=tag)
        missing = [ca for ca in CERTIFICATE_AUTHORITIES if ca not in allowed]
        if allowed and missing:
            yield RULE.fails(
                f"CAA ({tag}) keeps {' and '.join(missing)} from certifying {domain}",
                path=path,
                why="Render's certificate for the domain cannot be issued or renewed",
                hint=f"Add the value '0 {tag} \"{missing[0]}\"'",
                see="https://render.com/docs/custom-domains",
            )


def _nearest_caa(name: str | None, records: list[Placed]) -> Placed | None:
    """The CAA set that counts: of the name, else of the nearest name above it (RFC 8659)."""
    labels = (name or "@").removeprefix("*.").split(".")
    above = [".".join(labels[depth:]) for depth in range(len(labels))]
    for candidate in [*above, "@"]:
        for placed in records:
            if placed[1].type == "CAA" and placed[1].name == candidate:
                return placed
    return None


def _allowed(record: DnsRecord, *, tag: str) -> set[str]:
    """Who may issue under the tag; empty where the set does not name the tag."""
    parts = [value.split(maxsplit=2) for value in record.values]
    named = [part[2] for part in parts if len(part) == 3 and part[1].lower() == tag]
    return {value.strip('"').split(";")[0].strip() for value in named}
