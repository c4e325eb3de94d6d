"""What one cycle of keep-alive concludes about a target, once it has been asked often enough."""

from collections.abc import Sequence

from keepwell.model.probe import Sample
from keepwell.model.state import State, TargetVerdict
from keepwell.model.verdict import Finding, Status


def settle(
    samples: Sequence[Sample], *, last: TargetVerdict, passed_s: float, is_online: bool
) -> TargetVerdict:
    """The verdict on the cycle, given all answers in order and the verdict on the last one.

    A monitor that is offline itself knows nothing of a target that gave no answer: `no-data`. One
    that was still waking at the end of its grace is `down`; one that woke in it is `waking`, since
    a visitor would have waited for it too.
    """
    answer = samples[-1]
    if answer.error is not None and not is_online:
        return _with(last, state=State.NO_DATA, findings=[_offline()])
    if last.state is State.WAKING and not _is_well(answer):
        return _with(last, state=State.DOWN, findings=[*last.findings, _never_woke(passed_s)])
    if last.state in {State.UP, State.DEGRADED} and len(samples) > 1:
        return _with(last, state=State.WAKING, findings=[*last.findings, _woke(samples, passed_s)])
    return last


def _is_well(sample: Sample) -> bool:
    return sample.status_code is not None and 200 <= sample.status_code < 300


def _with(last: TargetVerdict, *, state: State, findings: Sequence[Finding]) -> TargetVerdict:
    return TargetVerdict(subject=last.subject, note=last.note, state=state, findings=findings)


def _offline() -> Finding:
    return Finding(
        rule="neutral_hosts",
        status=Status.UNKNOWN,
        message="the monitor is offline: neither the target nor a neutral address answers",
        why="a monitor without a network must call nobody down",
        hint="check the network of the machine that ran keep-alive",
    )


def _never_woke(passed_s: float) -> Finding:
    return Finding(
        rule="waking_grace",
        status=Status.FAIL,
        message=f"still not awake after {passed_s:.0f} s",
        hint="read why it does not start in its logs, or raise keep_alive.waking_grace_s",
    )


def _woke(samples: Sequence[Sample], passed_s: float) -> Finding:
    first = samples[0]
    return Finding(
        rule="waking_grace",
        status=Status.WARN,
        message=f"woke after {passed_s:.0f} s; at first: {first.status_code or first.error}",
        why="a visitor would have waited as long",
        hint="ask it at least every 15 minutes, or take a plan that does not sleep",
    )
