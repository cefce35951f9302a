#!/usr/bin/env bash
# Which algorithms overlap their exchanges with back-propagation, what is refused, and what is said of settings without effect: one line each, which
# says where.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/settings.sh
. "$root/tests/settings.sh"

all=network.overlap=backward

# ---- which algorithms can ----
check "those that can overlap do, the others do not" silent $all
"$simulate" --list algorithms | awk '{print $1}' | paste -sd, >names
must "$simulate" "$smoke" --no-train -q -o every --algorithm "$(cat names)" --iterations 16 --set $all >/dev/null
awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "overlap") c = i} NR > 1 {print $1, $c}' every/comparison.csv >overlaps
none() { same "$(awk '$2 == "none" {print $1}' overlaps | sort | xargs)" "$(tr ' ' '\n' <<<"$1" | sort | xargs)"; }
check "  OSP's family and others do not" none "asp ssp k_sync k_batch_sync k_async k_batch_async dc_asgd dgs osp losp dqlosp pipe_sgd powersgd"
member_of() { same "$(member "every/$1/summary.json" overlap)" "$2"; }
check "  as summary.json says" member_of bsp backward
check "  of both kinds" member_of osp none
refuses() { refused "algorithm.$1.overlap: expected none, got backward: $2" "$(of "$1")" "algorithm.$1.overlap=backward"; }
for name in asp ssp k_sync dgs; do
    check "$name does not wait for every worker" refuses $name "not every update has a push of every worker"
done
for name in osp losp dqlosp pipe_sgd; do
    check "$name hides its exchanges" refuses $name "it hides its exchanges behind iterations by itself"
done
check "powersgd has two exchanges a step" refuses powersgd "a step of the model has several exchanges"
check "the place of a variant" refused "algorithm.mine.overlap: expected none, got backward: it hides its exchanges behind iterations by itself" \
    "$(of "bsp, mine: osp")" algorithm.mine.overlap=backward
check "an overlap that there is not" refused "network.overlap: expected one of none, backward, got 'forward'" network.overlap=forward

# ---- what does not go with it ----
key="network.overlap = backward"
known="departs before the norm of the gradient is known"
check "clipping at the worker" refused "train.clip_norm: expected 0 with $key, got 1: a bucket of bsp $known; optimizer_at = server clips at the server, or algorithm.bsp.overlap = none" \
    "$(of bsp)" $all train.clip_norm=1 train.optimizer_at=worker
check "  of the algorithm" refused "algorithm.local_sgd.clip_norm: expected 0 with algorithm.local_sgd.overlap = backward, got 0.5: a bucket of local_sgd $known; choose algorithm.local_sgd.overlap = none" \
    "$(of local_sgd)" algorithm.local_sgd.overlap=backward algorithm.local_sgd.clip_norm=0.5
check "  of one of several" refused "train.clip_norm: expected 0 with $key, got 1: a bucket of local_sgd $known; choose algorithm.local_sgd.overlap = none" \
    "$(of "bsp, local_sgd")" $all train.clip_norm=1
check "  not at the server" silent "$(of bsp)" $all train.clip_norm=1 train.optimizer_at=server
check "  nor where nothing overlaps" silent "$(of "bsp, local_sgd")" $all train.clip_norm=1 algorithm.local_sgd.overlap=none
vector="as one vector, and a bucket departs before all of it is known; choose another, or"
check "a codec that needs all tensors" refused \
    "algorithm.bsp.codec: expected one that codes each tensor by itself with $key, got topk: it codes all tensors $vector algorithm.bsp.overlap = none" \
    "$(of bsp)" $all algorithm.bsp.codec=topk codec.topk.scope=model
check "  not one of each tensor" silent "$(of bsp)" $all algorithm.bsp.codec=topk
check "  nor of replies" refused \
    "algorithm.doublesqueeze.reply_codec: expected one that codes each tensor by itself with $key, got topk: it codes all tensors $vector algorithm.doublesqueeze.overlap = none" \
    "$(of doublesqueeze)" $all algorithm.doublesqueeze.reply_codec="all: topk" codec.all.scope=model
check "a codec that needs a whole fragment" refused \
    "algorithm.streaming_diloco.codec: expected one that codes each value by itself with $key, got fp4: it codes a fragment $vector algorithm.streaming_diloco.overlap = none" \
    "$(of streaming_diloco)" $all algorithm.streaming_diloco.codec=fp4
check "  not one of each value" silent "$(of streaming_diloco)" $all algorithm.streaming_diloco.codec=bfloat16
check "measured iterations" refused "compute.model: expected flops or fixed with $key, got measured: of a measured iteration of bsp only the end is known; choose one of them, or algorithm.bsp.overlap = none" \
    "$(of bsp)" $all compute.model=measured experiment.train=yes
plain="network.exchange = server over network.topology = star without overlap alone; choose algorithm.bsp.overlap = none"
check "the real clock" refused "experiment.clock: expected virtual with $key, got real: it delays the messages of $plain" \
    "$(of bsp)" $all experiment.clock=real experiment.train=yes
check "one message after the other" \
    refused "network.sharing: expected fair with $key, got fifo: one message after the other is the order of one server's link, in $plain" \
    "$(of bsp)" $all network.sharing=fifo
check "crashes" refused "faults.crash_probability: expected 0 with $key: what becomes of messages then is known for $plain" \
    "$(of bsp)" $all faults.crash_probability=0.1
check "losses" refused "faults.loss_probability: expected 0 with algorithm.bsp.overlap = backward: what becomes of messages then is known for $plain" \
    "$(of bsp)" algorithm.bsp.overlap=backward faults.loss_probability=0.1

# ---- bad values ----
fraction="compute.forward: expected a fraction >= 0 and < 1 such as 0.25 or 1/3, got"
check "all of an iteration" refused "$fraction '1'" "$(of bsp)" $all compute.forward=1
check "  less than nothing" refused "$fraction '-1/3'" "$(of bsp)" $all compute.forward=-1/3
check "  a division by 0" refused "$fraction '1/0'" "$(of bsp)" $all compute.forward=1/0
check "  too many digits" refused "$fraction '0.3333333333' (at most 9 digits; a third is 1/3)" "$(of bsp)" $all compute.forward=0.3333333333
check "  none at all is allowed" silent "$(of bsp)" $all compute.forward=0
check "a first bucket without bytes" refused "network.first_bucket: expected a size from 1B to 1000TB such as 64KiB or 10MB, got '0'" "$(of bsp)" $all network.first_bucket=0
forward_of() { "$simulate" "$smoke" --print-config --set $all --set "compute.forward=$1" 2>/dev/null | sed -n 's/^forward = \([^ ]*\).*/\1/p'; }
check "a fraction is written in lowest terms" same "$(forward_of 2/6)" 1/3
check "  as a decimal where that is exact" same "$(forward_of 3/12)" 0.25

# ---- settings without effect ----
none="network.overlap: has no effect: no algorithm can overlap its exchanges with back-propagation, or each has an overlap of its own; leave it out"
check "an overlap that no algorithm of the run can use" refused "$none" "$(of asp,osp)" $all
check "  or that none needs" refused "$none" "$(of bsp)" $all algorithm.bsp.overlap=none
check "  not if one can" silent "$(of asp,bsp)" $all
without="has no effect: no algorithm has overlap = backward; leave it out, or choose network.overlap = backward"
check "buckets without overlap" refused "network.bucket: $without" "$(of bsp)" network.bucket=1MiB
check "a part forward without overlap" refused "compute.forward: $without" "$(of bsp)" compute.forward=0.5
layers="has no effect: no algorithm has overlap = backward, or with network.bucket = 0 every layer is a bucket; leave it out"
check "a first bucket where each is a layer" refused "network.first_bucket: $layers" "$(of bsp)" $all network.bucket=0 network.first_bucket=2MiB
sed 's/^\[network\]/&\nbucket = 1MiB/' "$smoke" >narrow.ini
narrow() { { "$simulate" --check narrow.ini --algorithm bsp "$@" >/dev/null; } 2>&1; }
check "an ini may have them for algorithms that are not run" same "$(narrow | sed 's/:[0-9]*:/:/')" "simulate: warning: narrow.ini: network.bucket $without"
check "  with one that overlaps no word is said" test -z "$(narrow --set $all)"
sed -e 's/^\[network\]/&\noverlap = backward/' -e 's/^\(algorithms = \).*/\1bsp, osp/' "$smoke" >wide.ini
wide() { "$simulate" --check wide.ini "$@" 2>&1 >/dev/null | sed 's/:[0-9]*:/:/'; }
check "nor need --algorithm leave an overlap of the ini out" same "$(wide --algorithm osp)" "simulate: warning: wide.ini: ${none/: has/ has}"
check "  of which nothing is said where it counts" test -z "$(wide)"
sed -i 's/^\(algorithms = \).*/\1asp, osp/' wide.ini
check "  an ini that uses it never is refused" same "$(wide)" "simulate: wide.ini: $none"
check "a point of a sweep may use them" silent "$(of bsp)" --sweep=network.overlap=none,backward network.bucket=2MiB network.first_bucket=3MiB compute.forward=1/4

# ---- when the first bucket departs ----
# departs SETTING...: ns of the first push of a run with one bucket a layer
departs() {
    rm -rf first
    local words=()
    for word in "$@"; do words+=(--set "$word"); done
    "$simulate" "$smoke" --no-train -q -o first --algorithm bsp --iterations 8 --set $all --set network.bucket=0 --set compute.model=fixed --set compute.seconds=1s "${words[@]}" >/dev/null 2>err ||
        { cat err; return 1; }
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "depart_ns") c = i} NR == 2 {print $c}' first/bsp/workers.csv
}
check "operations of the model's layers: tiny's last one has 1440 of 72000" same "$(departs compute.forward=0)" 20000000
check "  after the part forward" same "$(departs compute.forward=1/2)" 510000000
check "  of the last of several batches" same "$(departs compute.forward=1/2 train.accumulate=2)" 1510000000
printf '%s\n' tensor,parameters,forward_share,backward_share first.weight,700,1,0.7 second.weight,200,1,2.05 second.bias,10,1,0.25 >shares.csv
profile=(model.name=profile "profile.file=$scratch/shares.csv" compute.forward=0)
check "shares of a profile's file: 2.3 of 3, with both tensors of a layer" same "$(departs "${profile[@]}")" 766666667
check "  tensor by tensor: 0.25 of 3" same "$(departs "${profile[@]}" network.bucket=1B network.first_bucket=1B)" 83333333
cut -d, -f1,2,4 shares.csv >backward.csv
check "  whether or not it has those of forward" same "$(departs "${profile[@]}" "profile.file=$scratch/backward.csv")" 766666667
sed 's/,[^,]*,[^,]*$//' shares.csv >plain.csv
check "  without shares those of the parameters: 210 of 910" same "$(departs "${profile[@]}" "profile.file=$scratch/plain.csv")" 230769231
finish
