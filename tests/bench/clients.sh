#!/usr/bin/env bash
# Federated averaging with many clients (experiments/thousand_clients.ini: logistic regression, 10 clients a round, batch 10, 60 images a
# client): seconds of a whole program call, and milliseconds a round beyond the first, for 1000 and for 10,000 clients with as many images.
# local_sgd with 6 local steps runs: with 60 images a client that is fedavg's epoch, and with 6 it is as much work.
# Published for 1000 clients and 100 rounds, on their machines: FLUTE 200 s, Flower 1.0 1814 s.
# usage: tests/bench/clients.sh [ROUNDS]   100 by default
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${1:-100}

# seconds FOLDER CLIENTS ROUNDS: of a program call. As many images for all: 60,000, so the clients' shares differ in size.
seconds() {
    local begun=${EPOCHREALTIME/[.,]/}
    ./simulate experiments/thousand_clients.ini -q -o "$scratch/$1" --set "cluster.clients=$2" --algorithm local_sgd --set algorithm.local_sgd.local_steps=6 \
        --iterations $((60 * $3)) --set data.set=synthetic --set data.shape=mnist --set data.train_samples=60000 --set data.test_samples=10000 \
        --set output.report=no >/dev/null
    calculate "(${EPOCHREALTIME/[.,]/} - $begun) / 1e6"
}

for clients in 1000 10000; do
    short=$(seconds "$clients.short" $clients 1)
    long=$(seconds "$clients.long" $clients $((rounds + 1)))
    echo "clients.$clients.seconds $long s"
    echo "clients.$clients.ms_a_round $(calculate "1000 * ($long - $short) / $rounds") ms"
done
