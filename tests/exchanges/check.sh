#!/usr/bin/env bash
# No exchange and no network changes a bit of a model: every algorithm with a fixed number of local steps has the parameters_hash of `server` over
# `star` with each exchange over each topology, also where exchanges overlap with back-propagation. And runs with an exchange are the same, byte for byte: twice, with other numbers of processes, under load,
# after SIGKILL and --resume in the middle.
# usage: tests/exchanges/check.sh [few]   few: some algorithms, exchanges and topologies, in seconds; what failed goes to stdout, a count last
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
few=${1:-}

cat >sites.csv <<'END'
from,to,bandwidth,latency
north,south,300Mbit/s,2ms
south,north,100Mbit/s,3ms
north,west,200Mbit/s,1ms
west,north,200Mbit/s,1ms
south,west,50Mbit/s,4ms
west,south,80Mbit/s,4ms
END
# Workers join at unequal times; those of OSP's family make as many local steps whatever the clock says.
unequal=(--set compute.jitter=0.3 --set "network.bandwidth=1Gbit/s, 300Mbit/s, 100Mbit/s, 1Gbit/s" --set output.eval_every=100)
for algorithm in osp losp dqlosp; do
    unequal+=(--set "algorithm.$algorithm.min_local_steps=4" --set "algorithm.$algorithm.max_local_steps=4")
done
unequal+=(--set algorithm.streaming_diloco.delay=3)
asynchronous='asp ssp k_sync k_batch_sync k_async k_batch_async dc_asgd dgs'
mapfile -t algorithms < <("$simulate" --list algorithms | awk -v not="$asynchronous" '
    BEGIN {n = split(not, word, " "); for (i = 1; i <= n; i++) leave[word[i]]} !($1 in leave) {print $1}')
topologies=(star groups sites)
exchanges=(server sharded colocated ring halving_doubling tree hierarchical)
if [ "$few" ]; then
    algorithms=(bsp losp streaming_diloco)
    topologies=(groups)
    exchanges=(ring)
fi
overlaps=(none backward)

# over TOPOLOGY EXCHANGE OVERLAP: their settings in `settings`; false: they do not go together
over() {
    settings=()
    [ "$3" = none ] || settings+=(--set "network.overlap=$3" --set network.bucket=0)
    case $1 in
    star) [ "$2" != hierarchical ] || return 1 ;;
    groups) settings+=(--set network.topology=groups --set network.groups=2 --set network.group_bandwidth=200Mbit/s --set network.group_latency=500us) ;;
    sites) settings+=(--set network.topology=sites --set network.sites="$scratch/sites.csv" --set "network.site_of=north, south, south, west") ;;
    esac
    case $2 in
    server) ;;
    sharded) settings+=(--set network.exchange=sharded --set server.shards=3 --set server.cost_per_byte=1ns) ;;
    colocated) settings+=(--set network.exchange=sharded --set server.colocated=yes) ;;
    tree) settings+=(--set network.exchange=tree --set network.chunk=4KiB --set network.collective_overhead=20us) ;;
    *) settings+=(--set "network.exchange=$2") ;;
    esac
}

# begin NAME ALGORITHM... -- OPTION...: a run in the folder NAME
begin() {
    local name=$1 list=()
    shift
    while [ "$1" != -- ]; do
        list+=("$1")
        shift
    done
    shift
    play "$name" --algorithm "$(IFS=,; echo "${list[*]}")" "${unequal[@]}" "$@"
}
same_models() { # NAME REFERENCE
    local algorithm bad=0
    for algorithm in "${algorithms[@]}"; do
        same_member "$1/$algorithm/summary.json" "$2/$algorithm/summary.json" parameters_hash || { echo "  $1: $algorithm"; bad=1; }
    done
    return "$bad"
}
other_times() { # NAME REFERENCE: the exchange was really another one
    ! diff -q "$1/${algorithms[0]}/workers.csv" "$2/${algorithms[0]}/workers.csv" >/dev/null
}

verified() { "$simulate" --verify "$1" >out 2>&1 || { head -n 5 out; return 1; }; }
same_tables() { # A B: every table of each algorithm; resolved.ini differs
    local table
    for table in "$1"/*/*.csv; do
        cmp "$table" "$2/${table#*/}" || return 1
    done
}

# ---- one model, whatever the network ----
must begin reference "${algorithms[@]}" --
for topology in "${topologies[@]}"; do
    for exchange in "${exchanges[@]}"; do
        for overlap in "${overlaps[@]}"; do
            over "$topology" "$exchange" "$overlap" || continue
            [ "$topology $exchange $overlap" != "star server none" ] || continue
            must begin models "${algorithms[@]}" -- "${settings[@]}"
            check "$exchange over $topology, overlap $overlap: the models of server over star" same_models models reference
            check "  at other times" other_times models reference
            check "  which --verify finds in order" verified models
            rm -rf models
        done
    done
done

# ---- one history, whatever the machine does ----
busy() { while :; do :; done; }
killed() { # NAME OPTION...: ends by SIGKILL in the middle of the run, and goes on
    local name=$1 tries=0
    shift
    "$simulate" "$smoke" -q -o "$name" "$@" >"$name.out" 2>&1 &
    local pid=$!
    while [ ! -s "$name/${algorithms[1]}/eval.csv" ] || [ "$(wc -l <"$name/${algorithms[1]}/eval.csv")" -lt 3 ]; do
        if [ $((tries++)) -ge 3000 ] || ! kill -0 "$pid" 2>/dev/null; then
            echo "the run has ended before"
            return 1
        fi
        sleep 0.01
    done
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    "$simulate" --resume "$name" -q >"$name.out" 2>&1 || { cat "$name.out"; return 1; }
}
cases=("groups ring backward")
[ "$few" ] || cases+=("star sharded none" "sites colocated none" "star ring none" "groups halving_doubling none" "sites tree none" "groups hierarchical none"
    "star server backward" "sites colocated backward" "groups hierarchical backward")
for case in "${cases[@]}"; do
    read -r topology exchange overlap <<<"$case"
    over "$topology" "$exchange" "$overlap"
    # with drain the last exchange is one that some workers join without a push
    long=(--iterations 4000 --set output.checkpoint_every=100 --set algorithm.losp.drain=yes "${settings[@]}")
    [ ! "$few" ] || long[1]=1000
    must begin once "${algorithms[@]}" -- "${long[@]}"
    if [ ! "$few" ]; then
        must begin other "${algorithms[@]}" -- "${long[@]}"
        check "$exchange over $topology, overlap $overlap: the same files twice" same_run once other
        rm -rf other
        load=()
        for _ in 1 2 3 4; do
            busy &
            load+=($!)
        done
        must begin other "${algorithms[@]}" -- "${long[@]}"
        kill "${load[@]}"
        wait 2>/dev/null
        check "  under load" same_run once other
        rm -rf other
    fi
    must begin other "${algorithms[@]}" -- "${long[@]}" --set cluster.processes=2
    check "$exchange over $topology, overlap $overlap: the same files with fewer processes" same_tables once other
    rm -rf other
    must killed other --algorithm "$(IFS=,; echo "${algorithms[*]}")" "${unequal[@]}" "${long[@]}"
    check "  after SIGKILL and --resume" same_run once other
    rm -rf other once
done
finish
