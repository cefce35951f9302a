#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Processes delayed at random give one history: check_schedules.sh [RUNS] plays every algorithm RUNS times (default 5), each time
# with other delays (tests/preload/delay.c), half of the runs on one core, some with two workers a process, and compares
# every CSV file and the final model with those of an undisturbed run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
runs=${1:-5}

"${CC:-gcc}" -std=gnu11 -O1 -Wall -Wextra -shared -fPIC -o delay.so "$root/tests/preload/delay.c" || exit 1
mapfile -t algorithms < <("$simulate" --list algorithms | awk '{print $1}')
listed=$(IFS=,; echo "${algorithms[*]}")
cat >tiny.ini <<END
[experiment]
algorithms = $listed
iterations = 48
[data]
train_samples = 64
test_samples = 20
[model]
name = tiny
[train]
batch = 4
[cluster]
workers = 4
[compute]
model = fixed
seconds = 1ms
factor = 1, 1.7, 1, 3
jitter = 0.4
[network]
latency = 0.1ms, 0.3ms, 0.1ms, 0
jitter = 0.3
bandwidth = 200Mbit/s, 50Mbit/s, 200Mbit/s, 100Mbit/s
[algorithm.k_sync]
k = 2
[algorithm.k_batch_sync]
k = 3
[algorithm.k_async]
k = 2
[algorithm.k_batch_async]
k = 3
[output]
report = no
eval_every = 16
END

delayed() { # RUN: into folder "run"
    local options=(tiny.ini -q -o run) pinned=()
    [ $(($1 % 4)) -ge 2 ] && options+=(--set cluster.processes=2)
    [ $(($1 % 2)) -eq 0 ] && command -v taskset >/dev/null && pinned=(taskset -c 0)
    rm -rf run
    LD_PRELOAD=$PWD/delay.so DELAY_SEED=$1 "${pinned[@]}" "$simulate" "${options[@]}" >/dev/null 2>err ||
        { echo "run $1:"; cat err; false; }
}
alike() { # ALGORITHM: the last run and the undisturbed one; at least the four CSV files and the model
    local file n=0
    for file in "plain/$1"/*.csv "plain/$1/parameters.bin"; do
        cmp "$file" "run/$1/${file##*/}" || return 1
        n=$((n + 1))
    done
    [ $n -ge 5 ]
}
tables_alike() { cmp plain/comparison.csv run/comparison.csv && cmp plain/time.csv run/time.csv; }

must "$simulate" tiny.ini -q -o plain >/dev/null
check "the delays are there" sh -c 'LD_PRELOAD=$1/delay.so "$2" --version >/dev/null 2>&1; [ $? -eq 99 ]' - "$PWD" "$simulate"
declare -A good
tables=0
for ((i = 1; i <= runs; i++)); do
    delayed "$i" || continue
    for algorithm in "${algorithms[@]}"; do
        alike "$algorithm" && good[$algorithm]=$((${good[$algorithm]:-0} + 1))
    done
    tables_alike && tables=$((tables + 1))
done
for algorithm in "${algorithms[@]}"; do
    check "$algorithm: one history in ${good[$algorithm]:-0} of $runs runs with delays" [ "${good[$algorithm]:-0}" -eq "$runs" ]
done
check "the comparison as well: in $tables of $runs" [ $tables -eq "$runs" ]
command -v taskset >/dev/null || echo "taskset is missing: runs on one core not tried"
finish
