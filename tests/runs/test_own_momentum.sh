#!/usr/bin/env bash
# The algorithms with a momentum of their own: it counts once, and which key gives it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# last ALGORITHM SETTING...: of a short run, its last model.
last() {
    local name=$1 set=()
    shift
    for setting in "$@"; do set+=(--set "$setting"); done
    rm -rf last
    play last --algorithm "$name" --iterations 40 "${set[@]}" && cksum <"last/$name/parameters.bin"
}
refused() { "$simulate" "$smoke" --check "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$1" err; }
differ() { [ -n "$1" ] && [ -n "$2" ] && [ "$1" != "$2" ]; }

for pair in dgc.correction dgs.waiting_momentum powersgd.aggregate_momentum; do
    name=${pair%.*} key=algorithm.$pair own=algorithm.${pair%.*}.momentum
    wanted=$(last "$name" "$key=0.6") published=$(last "$name" "$key=0.9") none=$(last "$name" "$key=0")
    check "$name: its own key" differ "$wanted" "$published"
    check "  left out: momentum of its section" same "$wanted" "$(last "$name" "$own=0.6" train.momentum=0.3)"
    check "  else that of [train]" same "$wanted" "$(last "$name" train.momentum=0.6)"
    check "  also where its section has 0" same "$wanted" "$(last "$name" "$own=0" train.momentum=0.6)"
    check "  else the published one" same "$published" "$(last "$name")"
    check "  the own key before all" same "$wanted" "$(last "$name" "$key=0.6" "$own=0.2" train.momentum=0.3)"
    check "  0 switches it off" same "$none" "$(last "$name" "$key=0" "$own=0.6" train.momentum=0.3)"
    for optimizer in adamw nesterov; do
        check "  no $optimizer beside it" refused "train.optimizer: expected sgd, got $optimizer: $name has a momentum of its own" \
            --algorithm "$name" --set train.optimizer=$optimizer
    done
done
check "powersgd steps with G + v or with v alone" differ "$(last powersgd)" "$(last powersgd algorithm.powersgd.momentum_form=heavy_ball)"
check "  which is the same without momentum" same "$(last powersgd algorithm.powersgd.aggregate_momentum=0)" \
    "$(last powersgd algorithm.powersgd.aggregate_momentum=0 algorithm.powersgd.momentum_form=heavy_ball)"
finish
