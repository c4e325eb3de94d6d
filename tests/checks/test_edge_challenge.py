import pytest

from keepwell.checks.edge_challenge import EdgeChallenge
from keepwell.model.verdict import Status
from tests.checks.samples import answer

RAY = {"cf-ray": "8f2c-IAD"}
PAGE = b"<html><title>Just a moment...</title>"


@pytest.mark.parametrize(
    ("code", "headers", "text", "reason"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", "cf-mitigated: challenge"),
        (403, RAY, b"error code: 1010", "error 1010, browser integrity check"),
        (429, {"server": "Cloudflare"}, b"error code: 1015", "error 1015, the probe was rate limited"),
        (403, RAY, b"<h1>Error 1020</h1>", "error 1020, a firewall rule matched"),
        (503, RAY, PAGE, "a challenge page"),
        (403, RAY, b'<script src="/cdn-cgi/challenge-platform/h/g/orchestrate">', "a challenge page"),
    ],
)  # fmt: skip
def test_what_the_edge_answers_itself_is_unknown(
    code: int, headers: dict[str, str], text: bytes, reason: str
) -> None:
    found = EdgeChallenge().look(answer(code=code, headers=headers, body=text))
    assert found is not None
    assert found.status is Status.UNKNOWN
    assert found.message.startswith(reason)


@pytest.mark.parametrize(
    ("code", "headers", "text"),
    [
        (200, RAY, PAGE),
        (403, {}, PAGE),
        (403, RAY, b"forbidden by the service"),
        (503, RAY, b'{"status": "fail"}'),
        (530, RAY, b"error code: 1016"),
        (503, RAY, b"error code: 1033"),
    ],
)
def test_what_the_service_or_a_broken_origin_answers_is_not(
    code: int, headers: dict[str, str], text: bytes
) -> None:
    assert EdgeChallenge().look(answer(code=code, headers=headers, body=text)) is None
