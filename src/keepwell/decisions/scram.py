"""What Postgres keeps of a password, made here, so that the password itself is never sent.

Source: https://www.rfc-editor.org/rfc/rfc5802 and
https://www.postgresql.org/docs/17/catalog-pg-authid.html (read 2026-11).
"""

import base64
import hashlib
import hmac

ITERATIONS = 4096
SALT_BYTES = 16


def scram_verifier(password: str, *, salt: bytes) -> str:
    """`SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER`, as pg_authid.rolpassword holds it.

    Postgres normalises passwords by SASLprep first; one of ASCII characters is its own normal form.

    Raises:
        ValueError: the password has other characters.
    """
    if not password.isascii() or not password.isprintable():
        raise ValueError("only printable ASCII, so that it needs no normalising")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *encoded)
