"""Whether browsers are told to use HTTPS only."""

import re

from keepwell.model.health_document import shown
from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status

_MAX_AGE = re.compile(r'(?:^|;)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?:;|$)', re.IGNORECASE)


class Hsts:
    """Strict-Transport-Security is sent."""

    def look(self, sample: Sample) -> Finding | None:
        """Wants a `max-age` above 0 where the stack declares HSTS.

        Source: https://www.rfc-editor.org/rfc/rfc6797#section-6.1 (read 2026-11).
        """
        if not sample.probe.expects_hsts or sample.tls_version is None:
            return None
        if sample.status_code is None:
            return None
        value = sample.headers.get("strict-transport-security", "")
        age = _MAX_AGE.search(value)
        if age is None or int(age.group(1)) == 0:
            seen = f"the header is {shown(value)}" if value else "the header is missing"
            return Finding(
                rule="hsts",
                status=Status.WARN,
                message=f"{seen}, wanted a max-age above 0",
                hint="apply cloudflare.tls.hsts to the zone",
            )
        return Finding(rule="hsts", status=Status.PASS, message=f"max-age {age.group(1)} s")
