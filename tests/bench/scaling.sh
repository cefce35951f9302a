#!/usr/bin/env bash
# How much of this machine 8 workers use: the images a second of a run, over those of one process alone on one core times the number
# of cores (at most 8). LOSP pushes every 3 local steps. Beside it stand what the machine itself leaves of that: processes that
# exchange nothing, as many as cores (together) and 8 (apart). All in turn, the medians of ROUNDS.
# A run's start and end cancel out: counted is by how much a long run exceeds a short one, in iterations and in seconds.
# usage: tests/bench/scaling.sh [SECONDS [ROUNDS [MODEL...]]]   SECONDS: of one long run, about; 8 5 alexnet cnn resnet14 by default
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-8} rounds=${2:-5}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- alexnet cnn resnet14
workers=8 batch=32
cores=$(nproc)
[ "$cores" -le $workers ] || cores=$workers
core=$(taskset -cp $$ | sed 's/.*[ ,-]//') # the last one allowed: interrupts prefer the first

# trained SECONDS PROCESSES: images a second of all.
trained() { "$bench/train" "$model" train "$1" "$2" | cut -d' ' -f2; }
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

# measured: one model, ROUNDS times.
measured() {
    local i iterations
    one=() together=() apart=() losp=() bsp=()
    for ((i = 0; i < rounds; i++)); do
        one+=("$(one_process)")
        together+=("$(trained "$(calculate "$seconds / 3")" "$cores")")
        apart+=("$(trained "$(calculate "$seconds / 2")" $workers)")
        iterations=$(calculate "int(${one[0]} * $cores * $seconds / $batch) + 10 * 3 * $workers")
        losp+=("$(run_speed losp "$iterations")")
        bsp+=("$(run_speed bsp "$iterations")")
    done
}

for model in "$@"; do
    measured
    alone=$(median "${one[@]}")
    echo "scaling.$model.one.images_per_s $alone images/s"
    for kind in together apart losp bsp; do
        declare -n speeds=$kind
        speed=$(median "${speeds[@]}")
        echo "scaling.$model.$kind.images_per_s $speed images/s"
        echo "scaling.$model.efficiency.$kind $(calculate "$speed / ($cores * $alone)") x"
    done
done
