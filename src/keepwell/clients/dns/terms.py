"""What holds for every call to Cloudflare about records: address, token, limit, permissions.

1,200 calls in 5 minutes; past that Cloudflare answers 429 for the next 5 minutes. Half of them are
ours: `clients.cloudflare` uses the same token.
Sources: https://developers.cloudflare.com/fundamentals/api/reference/limits/ and
https://developers.cloudflare.com/fundamentals/api/reference/permissions/ (read 2026-11).
"""

from keepwell.clients.base import Limit, Terms

TERMS = Terms(
    vendor="cloudflare",
    base_url="https://api.cloudflare.com/client/v4",
    token_name="CLOUDFLARE_API_TOKEN",  # noqa: S106 - the name of a variable
    token_url="https://dash.cloudflare.com/profile/api-tokens",  # noqa: S106 - an address
    see="README.md#cloudflare-token",
    limits=(Limit(requests=600, window_s=300.0),),
    permission={
        "GET /zones": "Zone: Read",
        "GET /zones/*/dns_records": "DNS: Read",
        "POST /zones/*/dns_records": "DNS: Edit",
        "PUT /zones/*/dns_records": "DNS: Edit",
        "DELETE /zones/*/dns_records": "DNS: Edit",
    },
)
