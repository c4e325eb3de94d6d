"""One verdict of each kind, by a letter, so that a row of answers is a word."""

from keepwell.decisions.judge import judge
from keepwell.model.probe import NoAnswer, Phases
from keepwell.model.state import TargetVerdict
from tests.checks.samples import OTHER_SHA, SHA, answer, body, make_probe, silence

WANTED = make_probe(revision=SHA)
ASLEEP = {"x-render-routing": "hibernate-wake-error"}
VERDICTS: dict[str, TargetVerdict] = {
    "P": judge(answer(WANTED, body=body(releaseId=SHA))),
    "W": judge(answer(WANTED, body=body("warn", releaseId=SHA))),
    "L": judge(answer(WANTED, body=body(releaseId=SHA), phases=Phases(ttfb_ms=6000))),
    "F": judge(answer(WANTED, code=503, body=body("fail", releaseId=SHA))),
    "S": judge(silence(NoAnswer.REFUSED, WANTED)),
    "B": judge(answer(WANTED, code=502, body=b"Bad Gateway")),
    "Z": judge(answer(WANTED, code=503, headers=ASLEEP, body=b"")),
    "O": judge(answer(WANTED, body=body(releaseId=OTHER_SHA))),
    "I": judge(answer(WANTED, code=503, body=body("fail", releaseId=OTHER_SHA))),
    "N": judge(answer(WANTED, body=body())),
    "C": judge(answer(WANTED, code=403, headers={"cf-mitigated": "challenge"}, body=b"")),
    "R": judge(answer(WANTED, code=429, body=body(releaseId=SHA))),
}
