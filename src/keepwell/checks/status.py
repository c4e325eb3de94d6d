"""Whether the service answered, and with a code that says it is well."""

from collections.abc import Mapping

from keepwell.model.health_document import shown
from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.verdict import Finding, Status

_NO_ANSWER: Mapping[NoAnswer, tuple[str, str]] = {
    NoAnswer.DNS: ("the name does not resolve", "check the DNS record of the host"),
    NoAnswer.REFUSED: ("the connection was refused", "check that the service listens there"),
    NoAnswer.TIMEOUT: ("no whole answer in {timeout:g} s", "read the service's logs"),
    NoAnswer.RESET: ("the connection broke off", "read the service's logs for a crash"),
    NoAnswer.TLS: ("TLS failed: {tls}", "check the certificate and the TLS settings of the host"),
    NoAnswer.UNREACHABLE: ("the address cannot be reached", "check the DNS record and the network"),
    NoAnswer.PROTOCOL: ("the answer is not HTTP", "check what listens on that port"),
    NoAnswer.FORBIDDEN_ADDRESS: (
        "not asked: {address} is not a public address",
        "set keep_alive.allow_private_addresses, or name the address with --resolve",
    ),
}

_HINTS = {
    401: "the probe's credentials are missing or wrong",
    403: "let the probe through the edge, or check its credentials",
    404: "check the path of the URL",
    502: "the edge does not reach the process: read the service's logs",
    503: "read which dependency fails in the service's health document and logs",
    521: "the origin refuses the edge: check that the service runs",
    522: "the origin does not answer the edge: check that the service runs",
    525: "TLS between edge and origin fails: check the origin's certificate",
    526: "the origin's certificate is not valid for the edge's Full (strict) mode",
}


class StatusCode:
    """Answers with 2xx."""

    def look(self, sample: Sample) -> Finding | None:
        """A 2xx passes; no answer, a redirect (never followed) and any other code fail.

        429 and an address that keepwell refuses to ask tell nothing about the service: UNKNOWN.
        """
        if sample.probe.url.startswith("http://"):
            return None
        if sample.error is not None:
            return _no_answer(sample, error=sample.error)
        code = sample.status_code or 0
        if 200 <= code < 300:
            return Finding(rule="status", status=Status.PASS, message=str(code))
        if code == 429:
            return Finding(
                rule="status",
                status=Status.UNKNOWN,
                message="429: the probe was rate limited",
                hint="exempt the probe from the rate limit, or ask less often",
            )
        return Finding(
            rule="status",
            status=Status.FAIL,
            message=f"{code}{_target(sample)}, wanted 2xx",
            hint=_hint(code),
        )


def _no_answer(sample: Sample, *, error: NoAnswer) -> Finding:
    message, hint = _NO_ANSWER[error]
    reason = sample.certificate.verify_message if sample.certificate else ""
    return Finding(
        rule="status",
        status=Status.UNKNOWN if error is NoAnswer.FORBIDDEN_ADDRESS else Status.FAIL,
        message=message.format(
            timeout=sample.probe.timeout_s,
            address=sample.address,
            tls=reason or "the handshake broke off",
        ),
        hint=hint,
    )


def _target(sample: Sample) -> str:
    location = sample.headers.get("location")
    return f" to {shown(location)}" if location else ""


def _hint(code: int) -> str:
    if 300 <= code < 400:
        return "name the final URL: redirects are not followed"
    return _HINTS.get(code, "read the service's logs")
