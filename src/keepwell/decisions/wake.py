"""How long to wait before a service that may be waking is asked again."""

from keepwell.model.probe import NoAnswer, Sample
from keepwell.model.state import State, TargetVerdict

_WAITS_S = (10.0, 20.0, 40.0)


def wait_before_asking_again(
    sample: Sample,
    *,
    verdict: TargetVerdict,
    times_asked: int,
    passed_s: float,
    grace_s: float,
) -> float | None:
    """Seconds to wait: 10, 20, then 40 each time, the last cut to the end of the grace.

    None means that the answer stands: the service does not wake, or `grace_s` has passed since it
    was asked first. A timeout counts as waking, because Render holds the request to a sleeping
    service for up to a minute, longer than a probe waits.
    Source: https://render.com/docs/free (read 2026-11)
    """
    if not _may_be_waking(sample, verdict=verdict) or passed_s >= grace_s:
        return None
    return min(_WAITS_S[min(times_asked, len(_WAITS_S)) - 1], grace_s - passed_s)


def _may_be_waking(sample: Sample, *, verdict: TargetVerdict) -> bool:
    if sample.status_code is None:
        return sample.error is NoAnswer.TIMEOUT
    return verdict.state is State.WAKING and not 200 <= sample.status_code < 300
