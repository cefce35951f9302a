#!/usr/bin/env bash
# Where the optimiser is: what is refused, which of the keys counts, and what it costs in memory.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

refused() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    "$simulate" "$smoke" -q -o refused "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err && [ ! -e refused/bsp ] || { cat err; return 1; }
}
accepted() { "$simulate" "$smoke" -q --check "$@" >out 2>err || { cat err; return 1; }; }

# ---- where it may be ----

for algorithm in osp losp dqlosp local_sgd local_sgd_jsac diloco easgd dgc dgs powersgd; do
    check "$algorithm: none at the server" refused \
        "^simulate: --set: train.optimizer_at: expected auto or worker, got server: workers of $algorithm make steps" \
        --algorithm $algorithm --set train.optimizer_at=server
done
check "nor by its own key" refused "^simulate: --set: algorithm.osp.optimizer_at: expected auto or worker, got server" \
    --algorithm bsp,osp --set algorithm.osp.optimizer_at=server
check "nor where gradients are exchanged that also were local steps" refused "algorithm.local_sgd.optimizer_at: expected auto" \
    --algorithm local_sgd --set algorithm.local_sgd.exchange=gradients --set algorithm.local_sgd.optimizer_at=server
check "an own key counts instead of that of [train]" accepted --algorithm bsp,osp --set train.optimizer_at=server --set algorithm.osp.optimizer_at=auto
check "the algorithms that push single gradients have both" accepted --set train.optimizer_at=server \
    --algorithm bsp,asp,ssp,k_sync,k_batch_sync,k_async,k_batch_async,pipe_sgd,dc_asgd,doublesqueeze

# ---- which key counts: an own one is what the same one of [train] would be ----

differ() { [ -n "$1" ] && [ "$1" != "$2" ]; }
last() { cksum <"$1/$2/parameters.bin"; }
for setting in optimizer_at=worker weight_decay=0.1 clip_norm=0.2 momentum=0.5 optimizer=nesterov schedule=cosine warmup=0.3; do
    rm -rf own general
    base=(--iterations 60 --algorithm asp,local_sgd --set train.momentum=0.8)
    must play own "${base[@]}" --set "algorithm.asp.$setting"
    must play general "${base[@]}" --set "train.$setting"
    check "algorithm.asp.$setting counts for asp" same "$(last own asp)" "$(last general asp)"
    [ $setting = optimizer_at=worker ] || check "  and for it alone" differ "$(last own local_sgd)" "$(last general local_sgd)"
done
base=(--iterations 60 --algorithm bsp,local_sgd --set train.momentum=0.8 --set train.optimizer_at=worker)
for setting in "train.state_on_reset=zero" "algorithm.bsp.state_on_reset=zero"; do
    must play "${setting%%.*}" "${base[@]}" --set "$setting"
done
check "algorithm.bsp.state_on_reset=zero counts for bsp" same "$(last train bsp)" "$(last algorithm bsp)"
check "  and for it alone" differ "$(last train local_sgd)" "$(last algorithm local_sgd)"

# ---- memory: AdamW has two vectors ----

explained() { # FIELD ARGUMENT...: of the line of bsp, with 4 workers; in MiB
    local field=$1
    shift
    "$simulate" --explain "$smoke" --algorithm bsp --set model.name=alexnet --set data.shape=cifar "$@" | awk "/^bsp / {print $field}"
}
private() { explained '$NF' "$@"; }
plain=$(private) vector=$(explained '$6 / 4') # a push is a vector
near() { awk "BEGIN { exit !($1 > 0.99 * $2 && $1 < 1.01 * $2) }" || { echo "$1, expected $2"; return 1; }; }
check "one optimiser at the server" near "$(private --set train.optimizer=adamw)" "$(awk "BEGIN { print $plain + 2 * $vector }")"
check "one at each worker" near "$(private --set train.optimizer=adamw --set train.optimizer_at=worker)" "$(awk "BEGIN { print $plain + 8 * $vector }")"
finish
