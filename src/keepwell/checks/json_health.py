"""Whether the health document says that the service is well."""

from keepwell.model.health_document import WORDS, HealthDocument, NotADocument, read_document, shown
from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status


class JsonHealth:
    """Health document says it is well."""

    def look(self, sample: Sample) -> Finding | None:
        """Reads the draft's pass, warn and fail, Spring's UP and DOWN, ASP.NET's Healthy.

        Case does not matter. A body that is cut, not JSON or of another shape fails, since an
        error page with code 200 looks like that.
        """
        if not sample.probe.is_deep or sample.status_code is None or sample.probe.method == "HEAD":
            return None
        try:
            document = read_document(sample)
        except NotADocument as error:
            return _failing(f"no health document: {error}")
        status = WORDS.get(document.word.lower())
        if status is None:
            return _failing(f"unknown status {shown(document.word)}")
        return Finding(
            rule="json_health",
            status=status,
            message=f"status {shown(document.word)}{_culprits(document)}",
            hint="" if status is Status.PASS else "look into the components that are not well",
        )


def _failing(message: str) -> Finding:
    return Finding(
        rule="json_health",
        status=Status.FAIL,
        message=message,
        hint="check that the URL is the health endpoint and that nothing answers in its place",
    )


def _culprits(document: HealthDocument) -> str:
    words = document.components.items()
    bad = [
        f"{shown(key, limit=40)} {shown(word, limit=20)}"
        for key, word in words
        if WORDS.get(word.lower()) is not Status.PASS
    ]
    more = f" and {len(bad) - 5} more" if len(bad) > 5 else ""
    return f": {', '.join(bad[:5])}{more}" if bad else ""
