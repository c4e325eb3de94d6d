"""Whether plain HTTP leads to HTTPS and nowhere else."""

from urllib.parse import urlsplit

from keepwell.model.health_document import shown
from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.verdict import Finding, Status

_SILENT = frozenset(
    {NoAnswer.REFUSED, NoAnswer.TIMEOUT, NoAnswer.RESET, NoAnswer.UNREACHABLE, NoAnswer.PROTOCOL}
)


class HttpsRedirect:
    """Plain HTTP is redirected to HTTPS."""

    def look(self, sample: Sample) -> Finding | None:
        """Judges samples of http:// URLs: a 301 or 308 to the same host passes, as does silence.

        An answer in plain text fails. A temporary redirect warns, because no client remembers it.
        """
        if not sample.probe.url.startswith("http://"):
            return None
        if sample.error is not None:
            return _found(Status.PASS, "nothing answers") if sample.error in _SILENT else None
        code = sample.status_code
        location = sample.headers.get("location", "")
        if code not in {301, 302, 303, 307, 308}:
            return _found(Status.FAIL, f"{code} in plain text, wanted a redirect to https")
        if not _is_same_host(sample.probe.url, location):
            return _found(
                Status.FAIL, f"{code} to {shown(location)}, wanted the same host by https"
            )
        if code not in {301, 308}:
            return _found(Status.WARN, f"{code} to https is temporary, wanted 301 or 308")
        return _found(Status.PASS, f"{code} to https")


def _found(status: Status, message: str) -> Finding:
    return Finding(
        rule="https_redirect",
        status=status,
        message=f"http: {message}",
        why="what is sent in plain text can be read and changed on its way",
        hint="" if status is Status.PASS else "set cloudflare.tls.always_https",
    )


def _is_same_host(url: str, location: str) -> bool:
    try:
        target = urlsplit(location)
    except ValueError:
        return False
    return target.scheme.lower() == "https" and target.hostname == urlsplit(url).hostname
