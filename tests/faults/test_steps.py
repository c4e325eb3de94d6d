"""A client of Postgres says the same in as many steps, however its bytes arrive."""

import pytest

from tests.faults.steps import steps

TLS, BEGIN = b"\0\0\0\x08\x04\xd2\x16\x2f", b"\0\0\0\x09\0\x03\0\0\0"
PASSWORD, QUERY, GOODBYE = b"p\0\0\0\x06no", b"Q\0\0\0\x05\0", b"X\0\0\0\x04"
PARSE, FLUSH = b"P\0\0\0\x05\0", b"H\0\0\0\x04"
BIND, SYNC = b"B\0\0\0\x07S\0\0", b"S\0\0\0\x04"
SAID = [TLS, BEGIN, PASSWORD, QUERY, PARSE + FLUSH, BIND + SYNC, GOODBYE]


@pytest.mark.parametrize("size", [1, 3, 8, 1000])
def test_steps_are_what_is_answered_however_they_arrive(size: int):
    text = b"".join(SAID)
    reads = iter([text[start : start + size] for start in range(0, len(text), size)])
    assert [*steps(lambda: next(reads, b""))] == SAID
