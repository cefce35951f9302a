#!/usr/bin/env bash
# Exchanges without training (--no-train): CPU time. Medians of TIMES.
#
# exchanges.ALGORITHM.server.star.ratio    seconds of many workers with jitter and a PS on a star, over those of commit 90ef397, the last one without
#                                          other exchanges: in turn, where git can build that commit (BASE=commit, or a program)
# exchanges.ALGORITHM.server.groups.ratio  seconds over four groups, over those of a star, in turn
# exchanges.ring.messages_per_s            messages of a ring of all workers
# graph.*                                  the networks alone: graph.c
#
# usage: tests/bench/exchanges.sh [WORKERS [ROUNDS [TIMES]]]   1024, 400, 5 by default
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
workers=${1:-1024} rounds=${2:-400} times=${3:-5} base=${BASE:-90ef397}

many_workers_ini "$workers"

# seconds PROGRAM ALGORITHM ROUNDS ARGUMENT...: CPU time, which other processes of this machine disturb least
seconds() {
    local TIMEFORMAT='%U %S'
    rm -rf "$scratch/run"
    { time "$1" "$scratch/many.ini" --no-train -q -o "$scratch/run" --algorithm "$2" --iterations $(($3 * workers)) \
        --set=algorithm.losp.{min,max}_local_steps=1 "${@:4}" >/dev/null 2>"$scratch/said"; } 2>"$scratch/time" ||
        { cat "$scratch/said" >&2 && return 1; }
    awk '{print $1 + $2}' "$scratch/time"
}

star() { seconds ./simulate "$1" "$rounds"; }
before() { seconds "$before" "$1" "$rounds"; }
groups() { seconds ./simulate "$1" "$rounds" --set=network.topology=groups --set=network.groups=4 --set=network.group_bandwidth=40Gbit/s; }

# compare NAME ALGORITHM FIRST SECOND: seconds of one over those of the other, in turn
compare() {
    local try first=() second=()
    for ((try = 0; try < times; try++)); do
        first+=("$($3 "$2")")
        second+=("$($4 "$2")")
    done
    echo "exchanges.$2.server.$1.ratio $(calculate "$(median "${first[@]}") / $(median "${second[@]}")") x"
}

before=$base
if [ -f "$base" ] || before=$(tests/golden/built.sh "$base" 2>"$scratch/said"); then
    for algorithm in bsp losp asp; do
        compare star $algorithm star before
    done
else
    echo "bench: $(tail -n 1 "$scratch/said"): no comparison with $base" >&2
fi
for algorithm in bsp losp asp; do
    compare groups $algorithm groups star
done
rates=()
for ((try = 0; try < times; try++)); do
    taken=$(seconds ./simulate bsp 1 --set=network.exchange=ring)
    rates+=("$(calculate "2 * $workers * ($workers - 1) / $taken")")
done
echo "exchanges.ring.messages_per_s $(median "${rates[@]}") 1/s"
"$bench/graph" "$workers"
