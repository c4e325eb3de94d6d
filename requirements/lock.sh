#!/usr/bin/env bash
# Compiles the lock: hashed, universal, without registry hosts. `lock.sh --check` says whether it is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
service=examples/livestreamsell
locks=(requirements/base.txt requirements/apply.txt requirements/scale.txt requirements/dev.txt requirements/uv.txt "$service/requirements.txt")
peers=(benchmarks/health_peers/*/)
locks+=("${peers[@]/%/requirements.txt}")

out=.
if [ "${1:-}" = --check ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
  cp --parents "${locks[@]}" "$out"
fi

compile() { # LOCK SOURCE...
  local lock=$1
  shift
  "$uv" --no-config pip compile --quiet --universal --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --python-version 3.11 "$@" -o "$out/$lock"
}

compile requirements/base.txt --extra cli pyproject.toml
compile requirements/apply.txt --extra apply pyproject.toml
compile requirements/scale.txt --extra scale pyproject.toml
compile requirements/dev.txt --all-extras --group dev pyproject.toml
compile requirements/uv.txt requirements/uv.in
compile "$service/requirements.txt" --extra health pyproject.toml "$service/requirements.in" -c requirements/dev.txt

for peer in "${peers[@]}"; do
  compile "${peer}requirements.txt" "${peer}requirements.in"
done

for lock in "${locks[@]}"; do
  diff -u "$lock" "$out/$lock" || { echo "$lock is stale: run requirements/lock.sh" >&2; exit 1; }
done
