"""What cron-job.org asks of its callers: address, key, limits.

100 calls a day are free, of which some are left to people. A key has every right, or is tied to
addresses: the one cause of a 403.
Source: https://docs.cron-job.org/rest-api.html and https://github.com/pschlan/cron-job.org
(read 2026-11).
"""

from keepwell.clients.base import Limit, Terms

_ADDRESS = "to be allowed from this address: lift the key's restriction to other addresses"

TERMS = Terms(
    vendor="cron-job.org",
    base_url="https://api.cron-job.org",
    token_name="CRON_JOB_ORG_API_KEY",  # noqa: S106 - the name of a variable
    token_url="https://console.cron-job.org/settings",  # noqa: S106 - an address
    see="README.md#cron-joborg-key",
    limits=(
        Limit(requests=95, window_s=86400.0),
        Limit(requests=1, window_s=1.0, calls=("PUT /jobs", "PUT /folders")),
        Limit(requests=5, window_s=60.0, calls=("PUT /jobs",)),
        Limit(requests=10, window_s=60.0, calls=("PUT /folders",)),
        *(
            Limit(requests=5, window_s=1.0, calls=(call,))
            for call in (
                "GET /jobs",
                "GET /jobs/*",
                "GET /jobs/*/history",
                "GET /folders",
                "PATCH /jobs/*",
                "DELETE /jobs/*",
            )
        ),
    ),
    permission={
        f"{method} /{thing}": _ADDRESS
        for method in ("GET", "PUT", "PATCH", "DELETE")
        for thing in ("jobs", "folders")
    },
)
