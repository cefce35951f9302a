#!/usr/bin/env bash
# Times without training (--no-train): rounds a second of many workers with jitter, FedAvg with 10,000 of 100,000 clients a round, and exchanges
# (a push and its reply) a second beside SimGrid's in the same scenario, in turn, where libsimgrid-dev is installed. Medians of three.
# usage: tests/bench/timing.sh [WORKERS]   1024 by default
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
workers=${1:-1024}

many_workers_ini "$workers"

# run NAME ALGORITHM ITERATIONS ARGUMENT...: into scratch/NAME
run() {
    rm -rf "${scratch:?}/$1"
    ./simulate "$scratch/many.ini" --no-train -q -o "$scratch/$1" --algorithm "$2" --iterations "$3" "${@:4}" >/dev/null
}
# member NAME ALGORITHM MEMBER: of summary.json
member() { sed -n "s/^ *\"$3\": \([0-9.e+-]*\),*\$/\1/p" "$scratch/$1/$2/summary.json"; }

# A round is a push of every worker, or as many pushes; of k_sync an update, with half of the gradients and a reply to every worker.
rounds() {
    local rounds=100 algorithm k=$(((workers + 1) / 2)) iterations seconds try
    for algorithm in bsp losp asp ssp k_sync fedavg; do
        iterations=$((rounds * workers))
        [ $algorithm != k_sync ] || iterations=$((rounds * k))
        seconds=()
        for try in 1 2 3; do
            run "$algorithm$try" $algorithm $iterations --set=algorithm.k_sync.k=$k --set=algorithm.losp.{min,max}_local_steps=1
            seconds+=("$(member "$algorithm$try" $algorithm wall_seconds)")
        done
        echo "timing.$algorithm.$workers.rounds_a_second $(calculate "$rounds / $(median "${seconds[@]}")") 1/s"
    done
}

clients() {
    local kib seconds begun=${EPOCHREALTIME/[.,]/}
    /usr/bin/env python3 - ./simulate "$scratch/many.ini" --no-train -q -o "$scratch/clients" --algorithm fedavg --workers 10000 \
        --set cluster.clients=100000 --set data.train_samples=100000 --iterations 100000 <<'END' >"$scratch/peak"
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
    seconds=$(calculate "(${EPOCHREALTIME/[.,]/} - $begun) / 1e6")
    kib=$(cat "$scratch/peak")
    echo "timing.fedavg.100000_clients.seconds_of_10_rounds $seconds s"
    echo "timing.fedavg.100000_clients.rounds_a_second $(calculate "$(member clients fedavg rounds) / $(member clients fedavg wall_seconds)") 1/s"
    echo "timing.fedavg.100000_clients.memory $(calculate "$kib / 1024") MiB"
}

# theirs ALGORITHM OPTION...: "virtual seconds, wall seconds" of SimGrid, for the compute times of run NAME
theirs() {
    "$scratch/rounds" "$1" "$workers" 0.001 125e6 12.5e9 "$bytes" --cfg=network/{model:CM02,crosstraffic:0,weight-S:0,TCP-gamma:0} \
        --cfg=network/{bandwidth,latency}-factor:1 --log=root.thres:warning "${@:2}" <"$scratch/times"
}

# SimGrid's lazy updates (its default) share wrongly where messages start in one moment, as the replies of BSP do; ASP has no such moments.
beside() {
    local algorithm=$1 option=$2 rounds=20 try ours=() other=() pushes bytes answer virtual
    for try in 1 2 3; do
        run beside "$algorithm" $((rounds * workers))
        pushes=$(member beside "$algorithm" pushes)
        ours+=("$(member beside "$algorithm" wall_seconds)")
        virtual=$(member beside "$algorithm" virtual_ns)
        bytes=$(awk -F, 'NR == 2 {print $12}' "$scratch/beside/$algorithm/workers.csv")
        awk -F, 'NR > 1 {printf "%d %.9f\n", $1, $9 / 1e9}' "$scratch/beside/$algorithm/workers.csv" >"$scratch/times"
        answer=$(theirs "$algorithm" --cfg=network/optim:"$option")
        other+=("${answer#* }")
    done
    [ "$algorithm" != bsp ] || awk -v a="$virtual" -v b="${answer% *}" 'BEGIN {a /= 1e9; exit !(a < b * 1.000001 && b < a * 1.000001)}' ||
        { echo "bench: simulate says $virtual virtual ns, SimGrid ${answer% *} s" >&2 && exit 1; }
    echo "timing.$algorithm.$workers.exchanges_a_second $(calculate "$pushes / $(median "${ours[@]}")") 1/s"
    echo "timing.$algorithm.$workers.simgrid.exchanges_a_second $(calculate "$pushes / $(median "${other[@]}")") 1/s"
    echo "timing.$algorithm.$workers.beside_simgrid $(calculate "$(median "${other[@]}") / $(median "${ours[@]}")") x"
}

rounds
clients
if "${CXX:-c++}" -O2 -o "$scratch/rounds" tests/simgrid/rounds.cpp -lsimgrid 2>/dev/null; then
    beside bsp Full
    beside asp Lazy
else
    echo "bench: libsimgrid-dev is not installed: our side alone" >&2
fi
