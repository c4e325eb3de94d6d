"""How Render's API is called, and how often it may be.

The limits are those that recorded answers of the API carry in `Ratelimit-Limit`; ours stay below.
Source: https://github.com/render-oss/terraform-provider-render, recorded tests (read 2026-11).
"""

from keepwell.clients.base import Limit, Terms

_FEW = ("PATCH /services/*", "POST /services/*/deploys", "POST /services/*/scale")

TERMS = Terms(
    vendor="render",
    base_url="https://api.render.com/v1",
    token_name="RENDER_API_KEY",  # noqa: S106 - the variable's name
    token_url="https://dashboard.render.com/u/settings#api-keys",  # noqa: S106
    see="README.md#render-key",
    limits=(
        Limit(requests=9, window_s=60.0, calls=_FEW),
        Limit(requests=45, window_s=3600.0, calls=("POST /services/*/custom-domains",)),
        Limit(requests=90, window_s=60.0, calls=("PUT /services/*/env-vars/*",)),
        Limit(requests=90, window_s=60.0, calls=("PUT /env-groups/*/env-vars/*",)),
        Limit(requests=350, window_s=60.0),
    ),
    permission={
        "GET /*": "a member of the workspace",
        "PATCH /services/*": "a developer or an admin of the workspace",
        "PUT /services/*": "a developer or an admin of the workspace",
        "POST /services/*": "a developer or an admin of the workspace",
    },
)
