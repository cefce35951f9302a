#!/usr/bin/env bash
# How many cores 8 equal workers keep busy under each kind of synchronisation: CPU time over wall time of a run. Its start and end cancel out:
# counted is by how much a long run exceeds a short one. Nothing else may run on the machine.
# usage: tests/bench/cores.sh [ITERATIONS [MODEL]]
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
iterations=${1:-2000} model=${2:-alexnet}

# spent ALGORITHM ITERATIONS: seconds of the clock, of the processors in user and in system mode.
spent() {
    local TIMEFORMAT='%R %U %S'
    { time { (simulation run "$model" "$1" 8 "$2"); }; } 2>&1
    rm -rf "$scratch/run"
}

for algorithm in bsp losp asp; do
    long=$(spent $algorithm "$iterations")
    short=$(spent $algorithm $((iterations / 5)))
    echo "$long $short" | awk -v name=$algorithm '{printf "cores.%s %.3g cores\n", name, ($2 + $3 - $5 - $6) / ($1 - $4)}'
done
