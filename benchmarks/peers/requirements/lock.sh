#!/usr/bin/env bash
# Compiles the pins of each peer anew: hashed, without registry hosts.
set -euo pipefail
cd "$(dirname "$0")"
uv=${UV:-../../../.venv/bin/uv}
for source in *.in; do
  "$uv" --no-config pip compile --quiet --universal --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --python-version 3.11 "$source" -o "${source%.in}.txt"
done
