"""CI skips nothing but what a clone cannot have."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each runs pytest

ROOT = Path(__file__).parents[1]
SKIPS = "import pytest\ndef test_it():\n    pytest.skip('no Chromium')\n"
NEEDS_SCHEMAS = "def test_it(schemas):\n    assert schemas.is_dir()\n"
SAYS_SO = "import pytest\nfrom tests.skips import NO_SCHEMAS\n" + SKIPS.replace(
    "'no Chromium'", "NO_SCHEMAS"
)


def said_of(folder: Path, text: str, environ: Mapping[str, str]) -> str:
    """The last line of what pytest says of a file."""
    (folder / "test_it.py").write_text(text)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", folder / "test_it.py"],
        cwd=ROOT,
        env={"PATH": "", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout.splitlines()[-1].partition(" in ")[0]


STRICT = {"KEEPWELL_NO_SKIP": "1"}
WITH_SCHEMAS = {"KEEPWELL_SCHEMAS": str(ROOT)}


@pytest.mark.parametrize(
    ("text", "environ", "outcome"),
    [
        (SKIPS, {}, "1 skipped"),
        (SKIPS, STRICT, "1 failed"),
        (SKIPS, STRICT | WITH_SCHEMAS, "1 failed"),
        (NEEDS_SCHEMAS, {}, "1 skipped"),
        (NEEDS_SCHEMAS, STRICT, "1 skipped"),
        (NEEDS_SCHEMAS, STRICT | WITH_SCHEMAS, "1 passed"),
        (SAYS_SO, STRICT | WITH_SCHEMAS, "1 failed"),
    ],
)
def test_only_want_of_schemas_excuses_a_skip(
    tmp_path: Path, text: str, environ: Mapping[str, str], outcome: str
):
    assert said_of(tmp_path, text, environ) == outcome
