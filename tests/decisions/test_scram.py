import base64

import pytest

from keepwell.decisions.scram import scram_verifier

# The example of https://www.rfc-editor.org/rfc/rfc7677#section-3: password "pencil".
SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
VERIFIER = (
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
)


def test_the_verifier_of_the_standards_example():
    assert scram_verifier("pencil", salt=SALT) == VERIFIER


def test_another_salt_gives_another_verifier():
    assert scram_verifier("pencil", salt=b"x" * 16) != VERIFIER


@pytest.mark.parametrize("password", ["päss", "line\nend", "\x00"])
def test_what_needs_normalising_is_refused(password: str):
    with pytest.raises(ValueError, match="printable ASCII"):
        scram_verifier(password, salt=SALT)
