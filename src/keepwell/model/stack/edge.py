"""Edge: DNS, TLS and firewall on Cloudflare.

Sources: https://developers.cloudflare.com/ssl/ and https://developers.cloudflare.com/waf/
(read 2026-11).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from keepwell.model.stack.node import Hostname, Method, Node, SecretName, Slug, UrlPath

ZonePlan = Literal["free", "pro", "business", "enterprise"]


class DnsRecord(Node):
    """A record set: one name, one type, one or more values in zone-file notation."""

    name: Annotated[str, Field(pattern=r"^(@|[a-z0-9_*]([a-z0-9_.-]*[a-z0-9])?)$")]
    type: Literal["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"]
    values: Annotated[list[str], Field(min_length=1)]
    ttl_s: Annotated[int, Field(ge=60, le=86400)] | None = None
    proxied: bool = False


class Hsts(Node):
    """Strict-Transport-Security as Cloudflare sends it."""

    max_age_s: Annotated[int, Field(ge=0)] = 31536000
    include_subdomains: bool = False
    preload: bool = False


class EdgeTls(Node):
    """TLS between visitor and edge, and between edge and origin."""

    mode: Literal["off", "flexible", "full", "strict"]
    automatic_mode: Literal["auto", "custom"]
    always_https: bool
    minimum_version: Literal["1.0", "1.1", "1.2", "1.3"]
    tls_1_3: bool = True
    hsts: Hsts | None = None


class Sender(Node):
    """How the edge recognises a machine: by network (ASN) or by a secret header."""

    asn: Annotated[int, Field(ge=1)] | None = None
    header: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    secret: SecretName | None = None

    @model_validator(mode="after")
    def _by_network_or_by_header(self) -> Self:
        if (self.header is None) != (self.secret is None):
            raise ValueError("`header` and `secret` go together")
        if (self.asn is None) == (self.header is None):
            raise ValueError("give either `asn`, or `header` with `secret`")
        return self


class MachinePath(Node):
    """A path that belongs to machines and must never meet a challenge."""

    path: UrlPath
    methods: Annotated[list[Method], Field(min_length=1)]
    kind: Literal["webhook", "health"]
    service: Slug
    sender: Sender


class Bots(Node):
    """Bot settings of the zone. `fight_mode` challenges machines and no rule can skip it."""

    fight_mode: bool = False
    ai_bots: Literal["block", "disabled", "only_on_ad_pages"] = "block"
    crawler_protection: bool = True
    managed_robots_txt: bool = True


class Firewall(Node):
    """Rules against scanners and scrapers. `api_prefixes` are for programs, the rest for people."""

    api_prefixes: list[UrlPath] = []
    blocked_path_parts: list[Annotated[str, Field(pattern=r"^[^\s\"\\]+$")]] = []
    blocked_agents: list[Annotated[str, Field(pattern=r"^[^\"\\]+$")]] = []
    security_level: Literal["essentially_off", "low", "medium", "high", "under_attack"] = "medium"
    browser_check: bool = True


class RateLimit(Node):
    """How many requests one address may make to `path_prefix` within a period."""

    path_prefix: UrlPath
    requests: Annotated[int, Field(ge=1)]
    period_s: Literal[10, 60, 120, 300, 600, 3600] = 10
    timeout_s: Literal[0, 10, 60, 120, 300, 600, 3600, 86400] = 10
    action: Literal["block", "managed_challenge"] = "block"


class Redirect(Node):
    """Sends a whole host elsewhere, path and query kept."""

    from_host: Hostname
    to_host: Hostname
    status: Literal[301, 302, 307, 308] = 308


class Edge(Node):
    """Everything on Cloudflare: one zone."""

    zone: Hostname
    plan: ZonePlan
    dns: list[DnsRecord]
    tls: EdgeTls
    machine_paths: list[MachinePath] = []
    bots: Bots = Bots()
    firewall: Firewall = Firewall()
    rate_limits: dict[Slug, RateLimit] = {}
    redirects: list[Redirect] = []
