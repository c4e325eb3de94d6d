#!/usr/bin/env bash
# Compiles the lock: hashed, universal, without registry hosts. `lock.sh --check` says whether it is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
out=requirements
if [ "${1:-}" = --check ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
  cp requirements/*.txt "$out"
fi
compile() {
  "$uv" --no-config pip compile --quiet --universal --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --python-version 3.11 "$@"
}
compile --extra cli pyproject.toml -o "$out/base.txt"
compile --all-extras --group dev pyproject.toml -o "$out/dev.txt"
compile requirements/uv.in -o "$out/uv.txt"
if [ "$out" != requirements ]; then
  for name in base dev uv; do
    diff -u "requirements/$name.txt" "$out/$name.txt" ||
      { echo "requirements/$name.txt is stale: run requirements/lock.sh" >&2; exit 1; }
  done
fi
