"""Encryption on each leg between visitor and data. Does not connect: `verify` does."""

from collections.abc import Iterator

from keepwell.model.stack import Stack
from keepwell.model.verdict import Finding
from keepwell.policies._rule import Rule

RULE = Rule(
    name="tls_legs",
    see="https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/full-strict/",
)
SEE_EDGE = "https://developers.cloudflare.com/ssl/edge-certificates/"
SEE_POSTGRES = "https://supabase.com/docs/guides/platform/ssl-enforcement"
SEE_KEY_VALUE = "https://render.com/docs/key-value"


class TlsLegs:
    """Every leg between visitor and data is encrypted, and the one that is not is stated."""

    def on_stack(self, stack: Stack) -> list[Finding]:
        """One finding or more for each leg.

        Visitor to edge, edge to origin, clients to Postgres, services to Key Value. The last is
        plaintext within Render's private network, which one workspace in one region has to itself.
        """
        return [
            *(_visitor_to_edge(stack) or [_edge_is_well(stack)]),
            *(_edge_to_origin(stack) or [_origin_is_well(stack)]),
            *(_client_to_postgres(stack) or [_postgres_is_well(stack)]),
            *_service_to_key_value(stack),
        ]


def _edge_is_well(stack: Stack) -> Finding:
    tls = stack.cloudflare.tls
    return RULE.passes(
        f"visitor to edge: always HTTPS, TLS {tls.minimum_version} or newer, HSTS",
        path="cloudflare.tls",
    )


def _origin_is_well(stack: Stack) -> Finding:
    return RULE.passes(
        f"edge to origin: {stack.cloudflare.tls.mode}, the certificate is verified",
        path="cloudflare.tls.mode",
    )


def _postgres_is_well(stack: Stack) -> Finding:
    return RULE.passes(
        f"client to Postgres: {stack.supabase.database.tls}, and the server refuses plaintext",
        path="supabase.database.tls",
    )


def _visitor_to_edge(stack: Stack) -> list[Finding]:
    tls = stack.cloudflare.tls
    found = []
    if not tls.always_https:
        found.append(
            RULE.fails(
                "visitor to edge: plain HTTP is answered",
                path="cloudflare.tls.always_https",
                why="tokens and webhooks can travel in clear",
                hint="Set `always_https: true`",
                see=SEE_EDGE,
            )
        )
    if tls.minimum_version in {"1.0", "1.1"}:
        found.append(
            RULE.fails(
                f"visitor to edge: TLS {tls.minimum_version} is accepted",
                path="cloudflare.tls.minimum_version",
                why="versions below 1.2 are broken and forbidden (RFC 8996)",
                hint='Set `minimum_version: "1.2"`',
                see=SEE_EDGE,
            )
        )
    if tls.hsts is None or tls.hsts.max_age_s == 0:
        found.append(
            RULE.warns(
                "visitor to edge: no HSTS",
                path="cloudflare.tls" if tls.hsts is None else "cloudflare.tls.hsts.max_age_s",
                why="the first request of a browser may go out in clear, and others may answer it",
                hint="Add `hsts: { max_age_s: 31536000 }`",
                see=SEE_EDGE,
            )
        )
    return found


def _edge_to_origin(stack: Stack) -> list[Finding]:
    tls = stack.cloudflare.tls
    found = []
    if tls.mode != "strict":
        found.append(
            RULE.fails(
                f"edge to origin: mode {tls.mode}",
                path="cloudflare.tls.mode",
                why="below strict the edge does not verify the certificate, and `flexible` loops "
                "with Render's redirect to HTTPS",
                hint="Set `mode: strict`",
            )
        )
    if tls.automatic_mode != "custom":
        found.append(
            RULE.fails(
                f"edge to origin: automatic mode is {tls.automatic_mode}",
                path="cloudflare.tls.automatic_mode",
                why="Cloudflare then rewrites the mode by itself, and the stack drifts",
                hint="Set `automatic_mode: custom`",
            )
        )
    return found


def _client_to_postgres(stack: Stack) -> list[Finding]:
    database = stack.supabase.database
    found = []
    if database.tls != "verify-full":
        found.append(
            RULE.fails(
                f"client to Postgres: sslmode {database.tls}",
                path="supabase.database.tls",
                why="only verify-full proves that the server is the one that was meant",
                hint="Set `tls: verify-full` and give clients the project's CA",
                see=SEE_POSTGRES,
            )
        )
    if not database.enforce_tls:
        found.append(
            RULE.fails(
                "client to Postgres: the server accepts plaintext",
                path="supabase.database.enforce_tls",
                why="a client with a careless setting sends its password in clear",
                hint="Set `enforce_tls: true`",
                see=SEE_POSTGRES,
            )
        )
    return found


def _service_to_key_value(stack: Stack) -> Iterator[Finding]:
    for key, store in stack.render.key_values.items():
        outside = f", and {len(store.ip_allow_list)} ranges of addresses may connect from outside"
        yield RULE.warns(
            f"service to Key Value {key}: plaintext (redis://) within Render's private network"
            + outside * bool(store.ip_allow_list),
            path=f"render.key_values.{key}",
            why="Render offers no TLS on the internal address; the network belongs to this "
            "workspace in this region alone",
            hint="Keep `ip_allow_list` empty, and encrypt in the application what must not be read "
            "there",
            see=SEE_KEY_VALUE,
        )
