"""A small stack file, and ways to load a changed one."""

from pathlib import Path

import pytest

from keepwell.errors import StackError
from keepwell.model.stack import Stack
from keepwell.stackfile import load

ROOT = Path(__file__).parents[2]
REAL = ROOT / "stack.yaml"

SMALL = """\
version: 1
name: small
region: us-east-1
secrets:
  DATABASE_URL: { kind: database }
render:
  workspace_plan: pro
  region: virginia
  services:
    api:
      type: web
      runtime: docker
      plan: starter
      env: { DATABASE_URL: { secret: DATABASE_URL } }
supabase:
  project: abcdefghijklmnopqrst
  plan: pro
  region: us-east-1
  database: { tls: verify-full, enforce_tls: true }
  auth: { site_url: "https://app.small.example" }
cloudflare:
  zone: small.example
  plan: free
  dns:
    - { name: api, type: CNAME, values: [api.onrender.com.], proxied: true }
  tls: { mode: strict, automatic_mode: custom, always_https: true, minimum_version: "1.2" }
keep_alive:
  targets:
    api: { url: "https://api.small.example/health" }
verify: { target: api }
"""


def changed(old: str, new: str) -> str:
    """SMALL with a text that stands in it once replaced."""
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def stack_of(text: str, *, folder: Path, environment: str | None = None) -> Stack:
    """The stack that the text declares."""
    path = folder / "stack.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    return load(path, environment=environment).stack


def error_of(text: str, *, folder: Path, environment: str | None = None) -> StackError:
    """The error that the text is answered with."""
    with pytest.raises(StackError) as caught:
        stack_of(text, folder=folder, environment=environment)
    assert caught.value.exit_code == 2
    return caught.value


def problems_of(text: str, *, folder: Path) -> list[str]:
    """`line:column: message` of each problem."""
    error = error_of(text, folder=folder)
    return [f"{found.line}:{found.column}: {found.message}" for found in error.problems]


def hints_of(text: str, *, folder: Path) -> list[str]:
    """The hint of each problem."""
    return [found.hint for found in error_of(text, folder=folder).problems]
