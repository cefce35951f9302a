#!/usr/bin/env bash
# Builds what is preloaded, and makes calls fail: see check.py. usage: tests/faults/check.sh CASES SEED [LAB...]
set -eu
cd "$(dirname "$0")/../.."
program=${SIMULATE:-$PWD/simulate}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${CC:-gcc}" -std=gnu11 -O1 -Wall -Wextra -shared -fPIC -o "$folder/preload.so" tests/faults/preload.c
python3 -B tests/faults/check.py "$program" "$folder/preload.so" "$@"
