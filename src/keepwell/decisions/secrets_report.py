"""What is said of secrets: names and places, never a value nor anything made from one."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from keepwell.decisions.secrets_places import Place, State
from keepwell.errors import EXIT_UNKNOWN
from keepwell.model.plan import Account
from keepwell.model.verdict import Finding, Report, Status, Table, Verdict

SEE = "README.md#secrets"
_WRONG = (State.MISSING, State.DIFFERS)


def report_check(
    places: Sequence[Place], *, unused: Sequence[str], findings: Sequence[Finding]
) -> Report:
    """The report of a check.

    Args:
        places: all that were looked at.
        unused: secrets that are declared and that no vendor is to hold.
        findings: what else is to be told: vendors that could not be asked.
    """
    found = [*findings, *map(_unused, unused), *_judged(places)]
    return Report(
        command="secrets",
        conclusion=summarise(places),
        verdicts=[Verdict(subject="secrets", findings=found)],
        tables=_table(places, {}),
        outputs=_outputs(places),
    )


def report_push(
    places: Sequence[Place],
    *,
    sent: Collection[str],
    account: Account,
    findings: Sequence[Finding],
) -> Report:
    """The report of a push.

    Args:
        places: what was observed after it; before it, where it was stopped.
        sent: the addresses of what was to be sent.
        account: what became of it.
        findings: what else is to be told.
    """
    done = {change.address for batch in account.done for change in batch.changes}
    outcomes = {each: "sent" if each in done else "not sent" for each in sent}
    is_whole = account.error is None
    judged = [each for each in _judged(places) if is_whole and each.status is Status.FAIL]
    ending = summarise(places) if is_whole else "then it stopped"
    return Report(
        command="secrets",
        conclusion=f"{len(done)} of {len(sent)} sent; {ending}",
        verdicts=[Verdict(subject="secrets", findings=[*findings, *_stopped(account), *judged])],
        tables=_table(places, outcomes, state="state" if is_whole else "before"),
        outputs={**(_outputs(places) if is_whole else {}), "sent": str(len(done))},
    )


def applied_elsewhere(places: Sequence[Place]) -> Iterator[Finding]:
    """A warning for each secret that stands in rules or jobs, where only apply brings it."""
    for name in dict.fromkeys(place.secret for place in places if not place.is_pushed):
        held = [each for each in places if each.secret == name and not each.is_pushed]
        vendors = ",".join(dict.fromkeys(each.resource.vendor for each in held))
        yield Finding(
            rule="applied",
            status=Status.WARN,
            message=f"{name} is in {', '.join(each.title for each in held)}",
            path=f"secrets.{name}",
            why="a push changes neither rules nor jobs, of which it is a part there",
            hint=f"run keepwell apply --only {vendors}, if its value changed",
        )


def summarise(places: Sequence[Place]) -> str:
    """How many places there are, and in which states."""
    counts = {state: sum(place.state is state for place in places) for state in State}
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    return f"places: {told}" if told else "no places"


def _judged(places: Sequence[Place]) -> Iterator[Finding]:
    yield from (_wrong(place) for place in places if place.state in _WRONG)
    for name in dict.fromkeys(each.secret for each in places if each.state is State.UNCOMPARED):
        titles = [
            each.title for each in places if each.secret == name and each.state is State.UNCOMPARED
        ]
        yield Finding(
            rule="compared",
            status=Status.UNKNOWN,
            message=f"{name} could not be compared at {', '.join(titles)}",
            path=f"secrets.{name}",
            why="its value is not at hand, or the vendor shows nothing to compare it with",
            hint=f"set {name} from the place that keeps it; a push settles what cannot be compared",
            see=SEE,
        )
    if places and all(place.state is State.PRESENT for place in places):
        names = {place.secret for place in places}
        yield Finding(
            rule="present",
            status=Status.PASS,
            message=f"{len(names)} secrets stand in {len(places)} places, each with this value",
        )


def _wrong(place: Place) -> Finding:
    is_missing = place.state is State.MISSING
    cure = f"set {place.secret}, then run keepwell secrets push {place.secret}"
    return Finding(
        rule="missing" if is_missing else "differs",
        status=Status.FAIL,
        message=f"{place.secret} is missing at {place.title}"
        if is_missing
        else f"{place.secret} is another value at {place.title} than here",
        path=f"secrets.{place.secret}",
        hint=cure if place.is_pushed else f"run keepwell apply --only {place.resource.vendor}",
        see=SEE,
    )


def _unused(name: str) -> Finding:
    return Finding(
        rule="unused",
        status=Status.WARN,
        message=f"{name} is declared, and no vendor is to hold it",
        path=f"secrets.{name}",
        why="a secret that nobody needs can still be stolen",
        hint="take it out of the stack file, or name it where it is needed",
    )


def _stopped(account: Account) -> Iterator[Finding]:
    if account.failed is None or account.error is None:
        return
    error = account.error
    yield Finding(
        rule="step",
        status=Status.UNKNOWN if error.exit_code == EXIT_UNKNOWN else Status.FAIL,
        message=f"{account.failed.title}: {error.message}",
        why=f"sent before: {len(account.done)}, not begun: {len(account.waiting)}",
        hint="; then ".join(filter(None, [error.hint, "run it again: it goes on from there"])),
        see=error.see or SEE,
    )


def _table(
    places: Sequence[Place], outcomes: Mapping[str, str], *, state: str = "state"
) -> tuple[Table, ...]:
    columns = ("secret", "place", state, *(("outcome",) if outcomes else ()))
    rows = [
        (
            place.secret,
            place.title,
            str(place.state),
            *((outcomes.get(place.resource.address, ""),) if outcomes else ()),
        )
        for place in places
    ]
    return (Table(title="places", columns=columns, rows=rows),) if rows else ()


def _outputs(places: Sequence[Place]) -> dict[str, str]:
    counted = (State.MISSING, State.DIFFERS)
    return {str(state): str(sum(each.state is state for each in places)) for state in counted}
