#!/usr/bin/env bash
# How much of this machine 8 workers use: the images a second of a run, over those of one process alone on one core times the number
# of cores (at most 8). LOSP pushes every 3 local steps. In turn, the medians of ROUNDS.
# A run's start and end cancel out: counted is by how much a long run exceeds a short one, in iterations and in seconds.
# usage: tests/bench/scaling.sh [SECONDS [ROUNDS [MODEL]]]   SECONDS: of one long run, about
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-15} rounds=${2:-3} model=${3:-alexnet}
workers=8 batch=32
cores=$(nproc)
[ "$cores" -le $workers ] || cores=$workers
core=$(taskset -cp $$ | sed 's/.*[ ,-]//') # the last one allowed: interrupts prefer the first

one_process() { taskset -c "$core" "$bench/train" "$model" train "$(calculate "$seconds / 3")" | cut -d' ' -f2; }

# played ALGORITHM ITERATIONS: how many it were in the end, and in how many seconds.
played() {
    (simulation run "$model" "$1" $workers "$2")
    sed -nE 's/^  "(iterations|wall_seconds)": ([0-9.e+-]+),$/\2/p' "$scratch/run/$1/summary.json" | paste -sd' '
    rm -rf "$scratch/run"
}

# run_speed ALGORITHM ITERATIONS: images a second.
run_speed() {
    local long short
    long=$(played "$1" "$2")
    short=$(played "$1" $(($2 / 10 + 1)))
    echo "$long $short" | awk -v batch=$batch '{print batch * ($1 - $3) / ($2 - $4)}'
}

one=() losp=() bsp=()
for ((i = 0; i < rounds; i++)); do
    one+=("$(one_process)")
    iterations=$(calculate "int(${one[0]} * $cores * $seconds / $batch) + 10 * 3 * $workers")
    losp+=("$(run_speed losp "$iterations")")
    bsp+=("$(run_speed bsp "$iterations")")
done
efficiency() { calculate "$(median "$@") / ($cores * $(median "${one[@]}"))"; }
echo "scaling.1.images_per_s $(median "${one[@]}") images/s"
for algorithm in losp bsp; do
    declare -n speeds=$algorithm
    echo "scaling.8w.$algorithm.images_per_s $(median "${speeds[@]}") images/s"
    echo "scaling.8w.efficiency.$algorithm $(efficiency "${speeds[@]}") x"
done
echo "scaling.8w.efficiency $(efficiency "${losp[@]}") x"
