"""Whether the connection used a TLS version that is good enough."""

from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status

_VERSIONS = ("1.0", "1.1", "1.2", "1.3")


class TlsVersion:
    """TLS version is at least the declared one."""

    def look(self, sample: Sample) -> Finding | None:
        """Compares the version that was agreed on; what else the server accepts is not seen."""
        if sample.tls_version is None:
            return None
        version, minimum = sample.tls_version.removeprefix("TLSv"), sample.probe.minimum_tls_version
        if version == "1":
            version = "1.0"
        is_enough = version in _VERSIONS and _rank(version) >= _rank(minimum)
        return Finding(
            rule="tls_version",
            status=Status.PASS if is_enough else Status.FAIL,
            message=f"TLS {version}, wanted at least {minimum}",
            hint="" if is_enough else "raise the minimum version at the edge",
        )


def _rank(version: str) -> int:
    return _VERSIONS.index(version)
