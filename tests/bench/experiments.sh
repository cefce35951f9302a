#!/usr/bin/env bash
# How long the experiments of docs/experiments.md take: wall time and CPU time of each whole call, with plots and report. About an hour for
# all of them, so that `make bench` runs this part only when PARTS names it.
# usage: tests/bench/experiments.sh [NAME...]   experiments/NAME.ini; all of them without a name
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
if [ $# -eq 0 ]; then
    for file in experiments/*.ini; do
        set -- "$@" "$(basename "$file" .ini)"
    done
fi

TIMEFORMAT='%R %U %S'
for name in "$@"; do
    taken=$({ time ./simulate "experiments/$name.ini" -q -o "$scratch/$name" >"$scratch/$name.out" 2>&1; } 2>&1) || {
        cat "$scratch/$name.out" >&2
        exit 1
    }
    read -r wall user system <<<"$taken"
    echo "experiments.$name.wall $wall s"
    echo "experiments.$name.cpu $(calculate "$user + $system") s"
    rm -rf "${scratch:?}/$name"
done
