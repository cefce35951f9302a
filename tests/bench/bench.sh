#!/usr/bin/env bash
# What `make bench` does once everything is built: measures and prints one figure a line, NAME VALUE UNIT.
# usage: tests/bench/bench.sh [PART...]
# machine   the BLAS, memcpy, the transport, updates and codecs
# speed     images a second of one process, beside PyTorch's where python3-torch is installed
# scaling   how much of the machine a run of 8 workers uses
# cores     how many cores 8 workers keep busy
# memory    of a worker
# clients   federated averaging with 1000 and 10,000 clients
# real      what the virtual clock says against the real one
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -gt 0 ] || set -- machine speed scaling cores memory clients real

machine() {
    for program in gemm ring vectors; do
        "$bench/$program"
    done
}

speed() {
    local python=${PYTHON:-/usr/bin/python3} model what
    if "$python" -c 'import torch' 2>/dev/null; then
        "$python" tests/oracle/speed.py --program "$bench/train"
        return
    fi
    echo "bench: python3-torch is not installed: our side alone" >&2
    for what in train eval; do
        for model in cnn alexnet resnet14 resnet18; do
            "$bench/train" $model $what 5
        done
    done
}

for part in "$@"; do
    case $part in
    machine | speed) $part ;;
    scaling | cores | memory | clients | real) "tests/bench/$part.sh" ;;
    *) echo "bench: expected machine, speed, scaling, cores, memory, clients or real, got '$part'" >&2 && exit 2 ;;
    esac
done
