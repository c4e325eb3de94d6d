"""What holds for every call to Cloudflare: address, token, limits, and who may call what.

1,200 requests in 5 minutes for a user or an account token; past that Cloudflare answers 429 for
the next 5 minutes. Half of them are ours: `clients.dns` uses the same token.
Sources: https://developers.cloudflare.com/fundamentals/api/reference/limits/ and
https://developers.cloudflare.com/fundamentals/api/reference/permissions/ (read 2026-11).
"""

from collections.abc import Iterator

from keepwell.clients.base import Limit, Terms

_BY_PHASE = {
    "http_request_firewall_custom": "Zone WAF",
    "http_ratelimit": "Zone WAF",
    "http_request_dynamic_redirect": "Single Redirect",
}


def _permissions() -> Iterator[tuple[str, str]]:
    for phase, permission in _BY_PHASE.items():
        path = f"/zones/*/rulesets/phases/{phase}/entrypoint"
        yield f"GET {path}", f"{permission}: Read"
        yield f"GET {path}/versions", f"{permission}: Read"
        yield f"GET {path}/versions/*", f"{permission}: Read"
        yield f"PUT {path}", f"{permission}: Edit"


TERMS = Terms(
    vendor="cloudflare",
    base_url="https://api.cloudflare.com/client/v4",
    token_name="CLOUDFLARE_API_TOKEN",  # noqa: S106 - the name of a variable
    token_url="https://dash.cloudflare.com/profile/api-tokens",  # noqa: S106 - an address
    see="README.md#cloudflare-token",
    limits=(Limit(requests=600, window_s=300.0),),
    permission={
        "GET /zones": "Zone: Read",
        **dict(_permissions()),
        "GET /zones/*/settings": "Zone Settings: Read",
        "GET /zones/*/settings/*": "Zone Settings: Read",
        "PATCH /zones/*/settings/*": "Zone Settings: Edit",
        "GET /zones/*/settings/ssl_automatic_mode": "Zone Settings: Read and "
        "SSL and Certificates: Read",
        "PATCH /zones/*/settings/ssl_automatic_mode": "Zone Settings: Edit and "
        "SSL and Certificates: Edit",
        "GET /zones/*/bot_management": "Bot Management: Read",
        "PUT /zones/*/bot_management": "Bot Management: Edit",
        "GET /accounts/*/rules/lists": "Account Filter Lists: Read",
    },
    headers={},
)
