"""An environment for each library that is compared, made from its lock and kept until that changes."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.health.stage import ROOT

_UVICORN = ("uvicorn", "app:app", "--port", "{port}", "--log-level", "critical")
PEERS: Mapping[str, Sequence[str]] = {
    "django_health_check": _UVICORN,
    "fastapi_health": _UVICORN,
    "fast_healthchecks": _UVICORN,
    "fastapi_healthchecks": _UVICORN,
    "py_healthcheck": ("gunicorn", "app:app", "--bind", "127.0.0.1:{port}", "--threads", "8"),
}
"""Each library's folder, and the module that serves its application with its arguments."""


def environment(folder: Path) -> Path:
    """The Python of the environment that holds what the folder's requirements.txt says."""
    lock = folder / "requirements.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    place = ROOT / ".cache" / "health-peers" / f"{folder.name}-{digest}"
    if not place.is_dir():
        making = place.with_name(f"{place.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        _uv("venv", "--python", sys.executable, "--relocatable", str(making))
        _uv("pip", "install", "--python", str(making), "--require-hashes", "-r", str(lock))
        making.rename(place)
    return place / "bin" / "python"


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "--no-config", "--quiet", *arguments], check=True, cwd=ROOT)
