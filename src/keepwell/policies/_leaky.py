"""What a secret looks like: by the name of its variable, by its prefix, by chance."""

import math
import re
from collections import Counter

_SECRET_NAME = re.compile(
    r"""(^|_)(
        TOKEN | SECRET | PASSWORD | PASSWD | PASS | PASSPHRASE | CREDENTIALS? | DSN | KEY | APIKEY
        | PRIVATEKEY | PAT
        | (DATABASE|DB|POSTGRES|POSTGRESQL|PG|REDIS|MONGO|AMQP|CONNECTION)_?(URL|URI|STRING)
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
_PUBLIC_NAME = re.compile(
    r"(^|_)(PUBLIC|PUBLISHABLE|ANON|PARTITION|SORT|PRIMARY|FOREIGN|CACHE|ROUTING)_", re.IGNORECASE
)

_SHAPES = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a URL with a password": re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@", re.IGNORECASE),
    "a Supabase token": re.compile(r"\b(sbp|sb_secret)_[A-Za-z0-9_]{8,}"),
    "a Render key": re.compile(r"\brnd_[A-Za-z0-9]{8,}"),
    "a GitHub token": re.compile(r"\b(gh[opsur]_[A-Za-z0-9]{8,}|github_pat_[A-Za-z0-9_]{8,})"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{8,}"),
    "an API key (sk-)": re.compile(r"\b[sr]k[-_][A-Za-z0-9_-]{12,}"),
    "a signing secret (whsec_)": re.compile(r"\bwhsec_[A-Za-z0-9+/=]{8,}"),
    "a Slack token": re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{8,}"),
    "an AWS key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a Google key": re.compile(r"\bAIza[A-Za-z0-9_-]{30,}"),
    "a JSON Web Token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+)?"),
}

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{32,}", re.IGNORECASE)
_BASE64 = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+/_=-]{24,}")


def sounds_secret(name: str) -> bool:
    """Whether a variable of that name holds a secret; names of public keys do not."""
    return bool(_SECRET_NAME.search(name)) and not _PUBLIC_NAME.search(name)


def shape_of_secret(text: str) -> str | None:
    """What kind of secret the text holds, by its shape; None for none."""
    return next((kind for kind, shape in _SHAPES.items() if shape.search(text)), None)


def looks_random(text: str) -> bool:
    """Whether the text is long and random, as generated secrets are; UUIDs pass for names."""
    if _UUID.fullmatch(text) or not (_HEX.fullmatch(text) or _BASE64.fullmatch(text)):
        return False
    return _entropy_bits(text) >= 3.0


def _entropy_bits(text: str) -> float:
    """Shannon entropy of a character of the text."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
