#!/usr/bin/env bash
# --retime gives the files of a run under the same keys, byte for byte but for run.json and wall_seconds: every algorithm, several models and codecs,
# under other networks, exchanges, overlaps and costs. Every algorithm with a fixed number of local steps is retimed; of the others, those are that
# the comparison of streams allows.
# usage: tests/retime/check.sh [few]   few: some algorithms and settings, in seconds
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
few=${1:-}

cat >sites.csv <<'END'
from,to,bandwidth,latency
north,south,300Mbit/s,2ms
south,north,100Mbit/s,3ms
END
printf 'seconds,factor\n0,1\n0.05,0.2\n0.2,0.7\n' >trace.csv

# What decides numbers: the same in all runs of a base. OSP's family makes as many local steps whatever the clock says.
fixed=(--iterations 240 --set output.eval_every=48 --set data.train_samples=600 --set data.test_samples=100)
for algorithm in osp losp dqlosp; do
    fixed+=(--set "algorithm.$algorithm.min_local_steps=4" --set "algorithm.$algorithm.max_local_steps=4")
done
asynchronous='asp ssp k_sync k_batch_sync k_async k_batch_async dc_asgd dgs'
synchronous=$("$simulate" --list algorithms | awk -v not="$asynchronous" '
    BEGIN {n = split(not, word, " "); for (i = 1; i <= n; i++) leave[word[i]]} !($1 in leave) {printf "%s%s", comma, $1; comma = ","}')
codes=(); for algorithm in bsp losp diloco; do codes+=(--set "algorithm.$algorithm.codec=topk"); done
normed=(--set model.name=tiny_bn --set output.batchnorm=precise --set output.batchnorm_samples=64)
clients=(--set cluster.clients=12 --set data.partition=dirichlet --set data.validation=0.2)

# Under which they are retimed.
slow=(--set "network.bandwidth=1Gbit/s, 30Mbit/s, 5Mbit/s, 1Gbit/s" --set network.latency=3ms --set network.jitter=0.5 --set output.trace=all)
uneven=(--set compute.jitter=0.4 --set "compute.factor=1, 3, 1.5, 8" --set compute.spread=0.2 --set network.trace="$scratch/trace.csv")
ring=(--set network.topology=groups --set network.groups=2 --set network.group_bandwidth=20Mbit/s --set network.exchange=ring)
shards=(--set network.exchange=sharded --set server.shards=3 --set server.cost_per_byte=2ns --set network.topology=sites --set network.sites="$scratch/sites.csv"
    --set "network.site_of=north, south, south, north")
tree=(--set network.exchange=tree --set network.chunk=4KiB --set network.collective_overhead=1ms --set output.at="20ms, 1MB"
    --set experiment.target_accuracy=0.12 --set output.workers_every=2)
costs=(--set compute.encode_cost=1ns --set compute.decode_cost=0.5ns --set network.exchange=halving_doubling)
backward=(--set network.overlap=backward --set network.bucket=4KiB --set network.first_bucket=1KiB --set network.exchange=ring --set network.bandwidth=10Mbit/s)

# base NAME ALGORITHMS OPTION...: the run that has trained; compare retimes it
base() {
    local name=$1 list=$2
    shift 2
    of=("${fixed[@]}" --algorithm "$list" "$@")
    check "$name: trained" play "$name" "${of[@]}"
}
# compare BASE NAME OPTION...: a run under these options, retimed from the base and trained
compare() {
    local from=$1 name=$1-$2
    shift 2
    "$simulate" --retime "$from" -q -o "$name" "$@" >out 2>err || { cat err; return 1; }
    play "$name-trained" "${of[@]}" "$@" && same_run "$name" "$name-trained" && grep -q "\"retimed_from\": \".*/$from\"" "$name/run.json" &&
        "$simulate" --verify "$name" >out 2>&1 || { head -n 5 out && false; } || return 1
    rm -r "$name" "$name-trained"
}
both() { check "$1, retimed: $2" compare "$@"; }

if [ "$few" ]; then
    base some bsp,losp,diloco,fedavg
    both some slow "${slow[@]}"
    both some ring "${ring[@]}" "${uneven[@]}"
    finish
fi

base all "$synchronous"
both all slow "${slow[@]}"
both all uneven "${uneven[@]}"
both all ring "${ring[@]}" "${uneven[@]}"
both all shards "${shards[@]}"
both all tree "${tree[@]}" "${slow[@]}"
both all costs "${costs[@]}"
both all backward "${backward[@]}"
both all everything "${ring[@]}" "${uneven[@]}" "${backward[@]}" --set compute.encode_cost=1ns

base coded bsp,losp,dqlosp,diloco,dgc,powersgd,doublesqueeze,loscar "${codes[@]}"
both coded slow "${slow[@]}"
both coded ring "${ring[@]}" "${costs[@]:0:4}"

base normed bsp,local_sgd,osp,losp,cocod,overlap_local_sgd,powersgd,diloco,streaming_diloco "${normed[@]}"
both normed slow "${slow[@]}"
both normed ring "${ring[@]}" "${uneven[@]}"

base clients local_sgd,fedavg,fedprox,fednova,scaffold,diloco "${clients[@]}"
both clients slow "${slow[@]}"
both clients uneven "${uneven[@]}"

# Pushes that depart after those of the last update have a row, and a loss: over a faster network there are fewer of them.
base late streaming_diloco --set algorithm.streaming_diloco.delay=3 "${slow[@]}"
both late fast --set network.latency=0
unknown() { # the other way round
    play fast "${fixed[@]}" --algorithm streaming_diloco --set algorithm.streaming_diloco.delay=3 && ! "$simulate" --retime fast -q -o slow "${slow[@]}" >out 2>err && [ ! -e slow ] &&
        grep -q "^simulate: --retime: streaming_diloco cannot be retimed: worker [0-3] makes a push [0-9]* here, which is in no update, and none there: its training loss is not known$" err
}
check "over a slower one there are more: refused" unknown

# Those that look at the time: where a change of speed leaves the order of events, they are retimed, too.
base asynchronous "${asynchronous// /,}"
alone() { # ALGORITHM OPTION...: retimed, and then the same; or refused in one line
    local algorithm=$1
    shift
    if "$simulate" --retime asynchronous -q -o one --algorithm "$algorithm" "$@" >out 2>err; then
        play two "${fixed[@]}" --algorithm "$algorithm" "$@" && same_run one two && rm -r one two
    else
        [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "^simulate: --retime: $algorithm cannot be retimed: " err && [ ! -e one ]
    fi
}
for algorithm in $asynchronous; do
    check "$algorithm, as fast again: retimed like a run, or refused" alone "$algorithm" --set compute.seconds=500us --set network.bandwidth=2Gbit/s \
        --set network.server_bandwidth=2Gbit/s --set network.latency=50us
    check "$algorithm, slower links: retimed like a run, or refused" alone "$algorithm" "${slow[@]}"
done
finish
