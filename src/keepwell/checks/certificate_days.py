"""Whether the certificate is valid, and for how long still."""

from keepwell.model.probe import Certificate, Sample
from keepwell.model.verdict import Finding, Status

_HINTS = {
    9: "check the clock of the service and of this machine",
    10: "renew the certificate",
    18: "install a certificate of a public authority, or name yours with --ca",
    19: "install a certificate of a public authority, or name yours with --ca",
    20: "send the whole chain, or name the authority with --ca",
    62: "issue a certificate for this host name",
}


class CertificateDays:
    """Certificate is valid and not about to expire."""

    def look(self, sample: Sample) -> Finding | None:
        """Fails where the certificate does not verify, warns below the minimum of days.

        Source: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/ (read 2026-11).
        """
        certificate = sample.certificate
        if certificate is None:
            return None
        if certificate.verify_code != 0:
            return _unverified(certificate)
        if certificate.not_after is None:
            return None
        days = (certificate.not_after - sample.taken_at).days
        minimum = sample.probe.minimum_certificate_days
        return Finding(
            rule="certificate_days",
            status=Status.WARN if days < minimum else Status.PASS,
            message=f"{days} days left, wanted {minimum}",
            hint="see why the certificate was not renewed" if days < minimum else "",
        )


def _unverified(certificate: Certificate) -> Finding:
    code = certificate.verify_code
    return Finding(
        rule="certificate_days",
        status=Status.FAIL,
        message=f"not verified: {certificate.verify_message or 'no reason given'} ({code})",
        hint=_HINTS.get(code, "check the certificate and its chain"),
    )
