"""Identifiers as Render makes them: a kind and twenty characters, the same on every run.

Source: the patterns in Render's API description, https://api-docs.render.com (read 2026-11).
"""

import hashlib


def make_id(kind: str, *names: object) -> str:
    """An id such as "srv-3f0c...": `kind` and 20 characters that depend on `names` alone."""
    digest = hashlib.sha256("/".join(map(str, names)).encode()).hexdigest()
    return f"{kind}-{digest[:20]}"
