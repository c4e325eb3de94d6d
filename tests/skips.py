"""Which skips CI allows."""

import os
from collections.abc import Mapping
from pathlib import Path

NO_SCHEMAS = "contract: not run (KEEPWELL_SCHEMAS names no folder)"
"""Why a test is skipped that needs the vendors' own descriptions, which are no part of a clone."""


def schemas_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of the vendors' own descriptions; None where this machine has none."""
    folder = environ.get("KEEPWELL_SCHEMAS")
    return Path(folder) if folder else None


def is_forbidden(reason: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a skip is a failure: with KEEPWELL_NO_SKIP=1 any is, but for want of schemas."""
    is_allowed = schemas_folder(environ) is None and NO_SCHEMAS in reason
    return environ.get("KEEPWELL_NO_SKIP") == "1" and not is_allowed
