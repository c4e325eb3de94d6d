"""Whether the components behind the service answer it quickly enough."""

from collections.abc import Mapping

from keepwell.model.health_document import NotADocument, read_document, shown
from keepwell.model.probe import Sample
from keepwell.model.verdict import Finding, Status


class ComponentLatency:
    """Components answer within their budgets."""

    def look(self, sample: Sample) -> Finding | None:
        """Compares "NAME:responseTime" of the health document with the declared budgets.

        A public answer without details is not judged; missing details in spite of a token warn.
        """
        budgets = sample.probe.budgets_ms
        if not budgets:
            return None
        try:
            latencies = read_document(sample).latencies_ms
        except NotADocument:
            return None
        if not latencies and "authorization" not in {name.lower() for name in sample.probe.headers}:
            return None
        if missing := [name for name in budgets if name not in latencies]:
            return _missing(missing, latencies=latencies)
        return _compared(latencies, budgets=budgets)


def _missing(missing: list[str], *, latencies: Mapping[str, float]) -> Finding:
    seen = ", ".join(shown(name, limit=40) for name in list(latencies)[:5]) or "no latency at all"
    return Finding(
        rule="component_latency",
        status=Status.WARN,
        message=f"no latency of {', '.join(missing)}; the answer has {seen}",
        why="a budget that is never compared holds nothing",
        hint="check that the probe's token is the service's, and the names of the budgets",
    )


def _compared(latencies: Mapping[str, float], *, budgets: Mapping[str, float]) -> Finding:
    over = [name for name, budget in budgets.items() if latencies[name] > budget]
    return Finding(
        rule="component_latency",
        status=Status.WARN if over else Status.PASS,
        message=", ".join(
            f"{name} {latencies[name]:.3g} ms of {budgets[name]:g}" for name in over or budgets
        ),
        hint="check load and distance of the slow component" if over else "",
    )
