"""Whether the wanted commit is the one that answers."""

import re

from keepwell.model.health_document import NotADocument, read_document, shown
from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status

_ABBREVIATED = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)


class Revision:
    """Wanted revision serves."""

    def look(self, sample: Sample) -> Finding | None:
        """Compares `releaseId` with the wanted commit; either may be cut to 7 digits or more.

        Another revision, or none, is UNKNOWN and not a failure: the deploy may be on its way, and
        its health cannot be told from the answer of another.
        """
        wanted = sample.probe.revision
        if wanted is None:
            return None
        try:
            serving = read_document(sample).release_id
        except NotADocument as error:
            return None if sample.probe.is_deep or sample.status_code is None else _unread(error)
        if serving is None:
            return _unknown(
                "the health document has no `releaseId`",
                hint="set the commit in the service's health settings",
            )
        if not _is_same(serving, wanted):
            return _unknown(
                f"{shown(serving, limit=64)} serves, wanted {shown(wanted, limit=64)}",
                hint="wait for the deploy, or look at how it ended",
            )
        return Finding(rule="revision", status=Status.PASS, message=f"{serving} serves")


def _unread(error: NotADocument) -> Finding:
    # No other check wants a document here, so without this the revision would pass unproven.
    return _unknown(
        f"no health document names the revision: {error}",
        hint="ask the health endpoint for the revision",
    )


def _unknown(message: str, *, hint: str) -> Finding:
    return Finding(rule="revision", status=Status.UNKNOWN, message=message, hint=hint)


def _is_same(serving: str, wanted: str) -> bool:
    if serving == wanted:
        return True
    if not (_ABBREVIATED.fullmatch(serving) and _ABBREVIATED.fullmatch(wanted)):
        return False
    shorter, longer = sorted((serving.lower(), wanted.lower()), key=len)
    return longer.startswith(shorter)
