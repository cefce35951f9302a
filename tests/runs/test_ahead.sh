#!/usr/bin/env bash
# The PS runs ahead of a worker: K-sync's next rounds do not need a worker with slow replies, so several replies to that
# worker are in flight. No process may wait for a later message, however workers share processes and whichever clock runs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

ahead=(--workers 3 --iterations 100 --set "network.latency=100us, 100us, 1s" --set host.patience=1s)
same_tables() { cmp -s "$1/$3/workers.csv" "$2/$3/workers.csv" && cmp -s "$1/$3/eval.csv" "$2/$3/eval.csv"; }
for algorithm in k_sync k_batch_sync; do
    late=("${ahead[@]}" --algorithm "$algorithm" --set "algorithm.$algorithm.k=1")
    must play $algorithm "${late[@]}"
    for processes in 1 2; do
        name=$algorithm.$processes
        check "$algorithm ends with 3 workers in $processes process(es)" play $name "${late[@]}" --set cluster.processes=$processes
        check "... with the same bytes" same_tables $algorithm $name $algorithm
    done
    check "$algorithm ends where reports set the pace" play $algorithm.measured "${late[@]}" --set compute.model=measured
    check "... and in one process" play $algorithm.measured1 "${late[@]}" --set compute.model=measured --set cluster.processes=1
done
finish
