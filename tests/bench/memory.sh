#!/usr/bin/env bash
# Private memory of a worker's process (BSP, 2 workers, batch 32): pages that no other process has, in 10^6 bytes, the most ever seen.
# Mappings of shared memory are left out: their pages look private until the other side has touched them.
# usage: tests/bench/memory.sh [MODEL...]
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -gt 0 ] || set -- cnn alexnet resnet14 resnet18

# private_kib PID
private_kib() {
    awk '/^[0-9a-f]+-/ {counts = $2 ~ /p$/} /^Private_/ && counts {sum += $2} END {print sum + 0}' "/proc/$1/smaps" 2>/dev/null || echo 0
}

# Samples, 50 ms apart, without a new maximum after which there will be none: training allocates nothing after its first step.
quiet=20

# most_kib PID: of all workers of a run. The launcher forks the PS, the evaluator, then the workers.
most_kib() {
    local most=0 same=0 now children worker
    while [ $same -lt $quiet ] && kill -0 "$1"; do
        read -ra children <"/proc/$1/task/$1/children" || true # no newline at its end
        [ "$most" -eq 0 ] || same=$((same + 1))
        for worker in "${children[@]:2}"; do
            now=$(private_kib "$worker")
            [ "$now" -le "$most" ] || most=$now same=0
        done
        sleep 0.05
    done 2>/dev/null
    echo "$most"
}

for model in "$@"; do
    simulation "$model" "$model" bsp 2 1000000 2>"$scratch/said" &
    run=$!
    most=$(most_kib $run)
    kill $run || true
    wait $run || true
    [ "$most" -gt 0 ] || { cat "$scratch/said" >&2 && exit 1; }
    echo "memory.$model.private_mb $(calculate "$most * 1024 / 1e6") MB"
done
