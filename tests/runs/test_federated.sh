#!/usr/bin/env bash
# Algorithms with two phases, and what the federated ones refuse.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# phases FOLDER PARTS: every push of a run of post_local_sgd with 4 workers and local_steps = 6 has the steps of its phase. PARTS: of
# 400 iterations, how many are in the model when the phase changes. Each round is as long as its first push says.
phases() {
    awk -F, -v switch_at="$2" 'NR > 1 && $2 > 0 {k[$2] = k[$2] ? k[$2] : $3; if ($3 != k[$2]) bad = 1}
        END {for (r = 1; r in k; r++) {if (k[r] != (done < switch_at ? 1 : 6)) bad = 1; done += 4 * k[r]} exit bad || done < 400}' "$1/post_local_sgd/workers.csv"
}
post=(--algorithm post_local_sgd --set algorithm.post_local_sgd.local_steps=6)
check "post-local SGD" play half "${post[@]}"
check "  one local step in the first half of the run" phases half 200
check "  verified" sh -c '"$1" --verify half >/dev/null' - "$simulate"
check "  another part" play part "${post[@]}" --set algorithm.post_local_sgd.switch_at=0.3
check "  which is as long" phases part 120
check "  after a crash of a worker" play crashed "${post[@]}" --set faults.crash_at=60ms --set faults.crash_worker=1 --set faults.down_time=5ms
check "  it goes on in the phase of the run" sh -c 'awk -F, "\$1 == 1 && \$3 == 6" crashed/post_local_sgd/workers.csv | grep -q . && "$1" --verify crashed >/dev/null' - "$simulate"

refused() { "$simulate" "$smoke" --check "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$1" err; }
check "fednova without adamw" refused "algorithm.fednova.optimizer: expected sgd or nesterov, got adamw" --algorithm fednova --set train.optimizer=adamw
check "nor a momentum that stays" refused "algorithm.fednova.state_on_reset: expected zero with momentum, got keep" --algorithm fednova \
    --set train.momentum=0.9 --set algorithm.fednova.state_on_reset=keep
check "  which is zero if nothing else is said" play momentum --algorithm fednova --set train.momentum=0.9
check "  and stays where there is none" play kept --algorithm fednova --set algorithm.fednova.state_on_reset=keep
check "the proximal term is at least 0" refused "algorithm.fedprox.mu: expected" --algorithm fedprox --set algorithm.fedprox.mu=-1
check "a share of the run is at most 1" refused "algorithm.post_local_sgd.switch_at: expected" --algorithm post_local_sgd --set algorithm.post_local_sgd.switch_at=1.1
check "nothing is left" nothing_shared
finish
