"""Whether the edge answered in the service's place because it took the probe for a bot."""

import re

from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status

_REFUSALS = {
    "1005": "the network of the probe is banned",
    "1006": "the address of the probe is banned",
    "1007": "the address of the probe is banned",
    "1008": "the address of the probe is banned",
    "1009": "the country of the probe is banned",
    "1010": "browser integrity check: the probe's agent was taken for a library",
    "1012": "access was denied",
    "1015": "the probe was rate limited",
    "1020": "a firewall rule matched",
}
_ERROR = re.compile(rb"error(?:\s+code)?:?\s*(10\d\d)\b", re.IGNORECASE)
_PAGE = re.compile(rb"/cdn-cgi/challenge-platform/|_cf_chl_opt|<title>Just a moment", re.IGNORECASE)


class EdgeChallenge:
    """Edge lets the probe through."""

    def look(self, sample: Sample) -> Finding | None:
        """Knows Cloudflare's challenges and refusals of the 10xx kind; both are UNKNOWN.

        The service was not asked, so nothing is known about it, least of all that it is down.
        Sources:
        https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
        and https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/
        (read 2026-11).
        """
        reason = _reason(sample)
        if reason is None:
            return None
        return Finding(
            rule="edge_challenge",
            status=Status.UNKNOWN,
            message=reason,
            why="the edge answered in the service's place",
            hint="let the probe through: its path under cloudflare.machine_paths, with its header",
        )


def _reason(sample: Sample) -> str | None:
    headers = sample.headers
    if headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return "cf-mitigated: challenge"
    is_edge = "cf-ray" in headers or headers.get("server", "").lower() == "cloudflare"
    if not is_edge or sample.status_code not in {403, 429, 503}:
        return None
    if (found := _ERROR.search(sample.body)) and (code := found.group(1).decode()) in _REFUSALS:
        return f"error {code}, {_REFUSALS[code]}"
    return "a challenge page" if _PAGE.search(sample.body) else None
