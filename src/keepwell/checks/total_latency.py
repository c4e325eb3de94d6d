"""Whether the whole answer came quickly enough."""

from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status


class TotalLatency:
    """Whole answer comes within its budget."""

    def look(self, sample: Sample) -> Finding | None:
        """Adds DNS, connecting, TLS, waiting and transfer up, as a new visitor feels them."""
        budget = sample.probe.total_budget_ms
        if budget is None or sample.status_code is None:
            return None
        total = sample.phases.total_ms
        return Finding(
            rule="total_latency",
            status=Status.WARN if total > budget else Status.PASS,
            message=f"{total:.0f} ms of {budget:g}",
            hint="see which phase is slow" if total > budget else "",
        )
