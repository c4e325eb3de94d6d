"""The five libraries that answer the same question, each in an environment of its own.

Their requirements are pinned with hashes in `peers/`; the environments are made once, in `.cache`.
"""

import hashlib
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.health.serving import FOLDER, load, serve

LIBRARIES = (
    "django-health-check",
    "fastapi-health",
    "fast-healthchecks",
    "fastapi-healthchecks",
    "py-healthcheck",
)
REQUIRED_FACTOR = 5.0
PAIRS = 3
PAIR_S = 2.0  # for each of the two

_OF_WSGI = frozenset({"py-healthcheck"})
_GUNICORN = ("gunicorn", "--threads", "32", "--log-level", "warning")
_CACHE = FOLDER.parents[1] / ".cache" / "peers"


def compare_libraries(health: int, environ: Mapping[str, str]) -> dict[str, float]:
    """How many times each library's requests a second /health answers; prints rates and p99."""
    print(
        f"\n{'library':<22}{'req/s':>8}{'p99 ms':>9}{'/health req/s':>15}{'p99 ms':>9}{'times':>8}"
    )
    return {library: _compare(library, health, environ) for library in LIBRARIES}


def _compare(library: str, health: int, environ: Mapping[str, str]) -> float:
    name = library.replace("-", "_")
    app = f"peers.{name}:app"
    options = _GUNICORN if library in _OF_WSGI else ("--lifespan", "off")
    with serve(app, environ, *options, python=_environment(name)) as port:
        pairs = [_pair(port, health) for _ in range(PAIRS)]
    theirs, their_p99, ours, our_p99 = (
        statistics.median(each) for each in zip(*pairs, strict=True)
    )
    factor = statistics.median(pair[2] / pair[0] for pair in pairs)
    print(
        f"{library:<22}{theirs:>8,.0f}{their_p99:>9.1f}{ours:>15,.0f}{our_p99:>9.1f}{factor:>8.1f}",
        flush=True,
    )
    return factor


def _pair(port: int, health: int) -> tuple[float, ...]:
    """Rate and p99 of the one, rate and p99 of the other, taking turns."""
    ran = subprocess.run(load(port, health, seconds=PAIR_S), stdout=subprocess.PIPE, check=True)
    return tuple(float(number) for word in ran.stdout.split() for number in word.split(b":"))


def _environment(name: str) -> Path:
    """The interpreter of an environment that holds what the library's lock says."""
    lock = FOLDER / "peers" / f"{name}.txt"
    folder = _CACHE / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    python = folder / "bin" / "python"
    if not (folder / "complete").is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        flags = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)]
        subprocess.run([*install, *flags], check=True)
        (folder / "complete").touch()
    return python
