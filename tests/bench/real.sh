#!/usr/bin/env bash
# What the virtual clock says against the real one: seconds a round with clock = real over those with clock = virtual; 1 is equal.
# Two workers that sleep instead of training, so that what is seen is the clock, the network's delays and the order of events.
# Near: an exchange takes 1.7 iterations; far: more latency, 5.4. An iteration is DIVISOR times shorter than 50 ms, and so is all else.
# usage: tests/bench/real.sh [ITERATIONS [DIVISOR]]   of both workers together; 80 take half a minute
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
iterations=${1:-80} divisor=${2:-1}

# played FOLDER CLOCK LATENCY_MS
played() {
    cat >"$scratch/real.ini" <<END
[experiment]
algorithms = bsp, losp, asp, local_sgd
iterations = $iterations
clock = $2
[data]
set = synthetic
shape = mnist
train_samples = 100
test_samples = 10
[output]
report = no
[model]
name = sleep
[cluster]
workers = 2
[compute]
model = fixed
seconds = $(calculate "50 / $divisor")ms
[network]
latency = $(calculate "$3 / $divisor")ms
bandwidth = $(calculate "200 * $divisor")Mbit/s
server_bandwidth = $(calculate "1000 * $divisor")Mbit/s
END
    ./simulate "$scratch/real.ini" -q -o "$scratch/$1" >"$scratch/$1.out"
}

# round FOLDER ALGORITHM: nanoseconds.
round() {
    sed -nE 's/^  "(rounds|virtual_ns)": ([0-9]+),$/\1 \2/p' "$scratch/$1/$2/summary.json" |
        awk '{is[$1] = $2} END {print is["virtual_ns"] / is["rounds"]}'
}

# compared PREFIX LATENCY_MS
compared() {
    local algorithm
    played "$1.virtual" virtual "$2"
    played "$1.real" real "$2"
    for algorithm in bsp losp asp local_sgd; do
        echo "$1.$algorithm.ratio $(calculate "$(round "$1.real" $algorithm) / $(round "$1.virtual" $algorithm)") x"
    done
}

compared real 10
compared real.far 100
