"""The templates reach a user by the wheel as they do by a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, unpacked = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(made)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, timeout=120)
    [wheel] = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    return unpacked


def run(site: Path, *arguments: str) -> str:
    environ = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-P", *arguments],
        env=environ, cwd=site, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_wheel_generates_what_the_checkout_generates(unpacked: Path, tmp_path: Path):
    code = "from keepwell.templating import find_templates; print(find_templates())"
    assert run(unpacked, "-c", code).strip() == str(unpacked / "keepwell" / "_templates")
    stack, output = str(ROOT / "stack.yaml"), str(tmp_path / "generated")
    run(unpacked, "-m", "keepwell", "generate", "--stack", stack, "--output", output)
    made = {p.relative_to(output): p.read_bytes() for p in Path(output).rglob("*") if p.is_file()}
    kept = ROOT / "generated"
    assert made == {p.relative_to(kept): p.read_bytes() for p in kept.rglob("*") if p.is_file()}
