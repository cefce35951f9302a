#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Runs with iterations of unknown length: on the real clock (clock = real), with measured cost (compute.model = measured), and the
# model that sleeps. No test here judges a duration; time limits only stop a run that would never end.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

foreseen=bsp,osp,losp,dqlosp,local_sgd
asynchronous=asp,ssp,k_sync,k_batch_sync,k_async,k_batch_async
real=(--set experiment.clock=real)
measured=(--set compute.model=measured)
sleepers=(--set model.name=sleep --set data.train_samples=100 --set data.test_samples=10 --workers 2)

# limited SECONDS NAME ARGUMENT...: a quiet run of the smoke experiment into folder NAME; it fails when it takes longer than that.
limited() {
    local seconds=$1 name=$2
    shift 2
    timeout -k 2 "$seconds" "$simulate" "$smoke" -q -o "$name" "$@" >"$name.out" 2>"$name.err" || { cat "$name.err"; return 1; }
}
brief() { limited 60 "$@" --set experiment.iterations=80 --set output.eval_every=40; }

# all_have FOLDER ALGORITHMS MEMBER VALUE: every summary.json says so.
all_have() {
    local algorithm
    for algorithm in ${2//,/ }; do
        same "$(member "$1/$algorithm/summary.json" "$3")" "$4" || { echo "$algorithm"; return 1; }
    done
}
accounts() { # compute + waiting = workers x time
    local s
    for s in "$1"/*/summary.json; do
        [ $(($(member "$s" compute_ns) + $(member "$s" waiting_ns))) -eq $(($(member "$s" workers) * $(member "$s" virtual_ns))) ] || return 1
    done
}

# ---- every algorithm ends, and its accounts hold ----

for clock in real measured; do
    declare -n options=$clock
    check "$clock: it runs" brief $clock "${options[@]}" --algorithm $foreseen
    check "$clock: asynchronous algorithms, too" brief "$clock.asynchronous" "${options[@]}" --algorithm $asynchronous
    check "  --verify accepts it" "$simulate" --verify $clock
    check "  compute and waiting are the whole time" accounts $clock
    check "  also of the asynchronous ones" accounts $clock.asynchronous
    check "  every summary.json says that it cannot be repeated" all_have $clock $foreseen reproducible false
    check "  also of the asynchronous ones" all_have $clock.asynchronous $asynchronous reproducible false
    check "  replicas are the PS's model" same "$(member $clock/dqlosp/summary.json replicas_equal)" true
    check "  no prediction to compare with to compare with" sh -c 'awk -F, "NR > 1 && \$8 != \"NaN\" {exit 1}" '$clock/comparison.csv
    check "  bsp's model is that of the virtual clock: numbers do not depend on time" \
        sh -c '"$1" "$2" -q --algorithm bsp --set experiment.iterations=80 -o bsp.'$clock' >/dev/null 2>&1 &&
            cmp -s bsp.'$clock'/bsp/parameters.bin '$clock'/bsp/parameters.bin' - "$simulate" "$smoke"
done
check "real: the table says so" grep -q '^\*\*\* REAL CLOCK' real.out
check "  and that time is real" grep -q 'time is real' real.out
check "measured: the table says so" grep -q '^\*\*\* MEASURED COMPUTE TIME' measured.out
check "  and that time is virtual" grep -q 'time is virtual' measured.out
check "measured: with several workers a process" brief shared "${measured[@]}" --algorithm bsp,losp,asp --set cluster.processes=2
check "  --verify accepts it" "$simulate" --verify shared/bsp shared/losp
check "virtual: it runs" brief virtual --algorithm bsp
check "  reproducible, and nothing is said" \
    sh -c '[ "$1" = true ] && ! grep -qE "REAL|MEASURED" virtual.out' - "$(member virtual/bsp/summary.json reproducible)"
must timeout 60 "$simulate" "$smoke" -o spoken --algorithm bsp "${real[@]}" --set experiment.iterations=8 >/dev/null 2>spoken.err
check "a line of progress says which time it is" grep -qE 'bsp .* real +[0-9]' spoken.err

# ---- the model that sleeps ----

check "sleep: it runs on the virtual clock" brief sleep --set model.name=sleep --algorithm $foreseen,asp
check "  and --no-train" brief timed --set model.name=sleep --algorithm $foreseen,asp --no-train
check "  with the same times" sh -c 'for a in bsp osp losp dqlosp local_sgd asp; do
    [ "$(cut -d, -f1-3,5- sleep/$a/workers.csv)" = "$(cut -d, -f1-3,5- timed/$a/workers.csv)" ] || exit 1; done'
check "  trains nothing" cmp -s sleep/bsp/parameters.bin sleep/losp/parameters.bin
check "  can be repeated" all_have sleep $foreseen reproducible true

pace=("${sleepers[@]}" --algorithm "bsp,local_sgd" --set experiment.iterations=16 --set compute.seconds=5ms)
must limited 60 dreamt "${pace[@]}"
must limited 60 slept "${pace[@]}" "${real[@]}"
not_ahead() {
    for a in bsp local_sgd; do
        [ "$(member slept/$a/summary.json virtual_ns)" -ge "$(member dreamt/$a/summary.json virtual_ns)" ] || return 1
        same_member slept/$a/summary.json dreamt/$a/summary.json rounds || return 1
        same_member slept/$a/summary.json dreamt/$a/summary.json bytes_up || return 1
    done
}
check "sleep: the real clock is not ahead of the virtual one, in as many rounds and bytes" not_ahead
check "  and is compared with the prediction" \
    same "$(cut -d, -f8 slept/comparison.csv)" "$(cut -d, -f7 dreamt/comparison.csv | sed s/virtual_s/predicted_s/)"

# ---- what used to block ----

# Worker 1 sleeps a minute an iteration. Its work is cancelled, or the end of the run does not wait for it.
lame=(--set compute.seconds=1ms --set "compute.factor=1, 60000" --set experiment.iterations=8)
check "real: a cancelled iteration stops at once" limited 30 cancelled "${real[@]}" "${sleepers[@]}" "${lame[@]}" \
    --algorithm k_sync --set algorithm.k_sync.k=1
check "real: the end does not wait for an iteration that runs" limited 30 unawaited "${real[@]}" "${sleepers[@]}" "${lame[@]}" --algorithm asp
# A reply reaches worker 0 a second late, when the PS has long made the next ones.
check "measured: a worker behind a slow link does not delay others" limited 60 behind "${measured[@]}" --algorithm k_sync,k_batch_sync \
    --set algorithm.k_sync.k=2 --set algorithm.k_batch_sync.k=2 --set "network.bandwidth_down=50kbit/s, 1Gbit/s, 1Gbit/s, 1Gbit/s"
check "real: sleeping is no hang" limited 30 patient "${real[@]}" "${sleepers[@]}" --algorithm bsp --set experiment.iterations=2 \
    --set compute.seconds=1s --set host.patience=100ms
check "real: waiting for the network is none" limited 30 distant "${real[@]}" "${sleepers[@]}" --algorithm bsp --set experiment.iterations=2 \
    --set compute.seconds=1ms --set network.latency=500ms --set host.patience=100ms

# ---- broken off ----

# interrupted FOLDER SIGNAL STATUS: a run with workers that sleep for a minute.
interrupted() {
    "$simulate" "$smoke" -q -o "$1" "${real[@]}" "${sleepers[@]}" --algorithm bsp --set compute.seconds=60s >/dev/null 2>"$1.err" &
    local launcher=$! children
    until [ "$(pgrep -P $launcher | wc -l)" -ge 4 ]; do
        kill -0 $launcher || return 1
        sleep 0.1
    done
    children=$(pgrep -P $launcher)
    sleep 0.3
    kill -"$2" $launcher
    wait $launcher
    [ $? -eq "$3" ] && [ "$(member "$1/run.json" status)" = interrupted ] && [ -z "$(ps -o pid= -p "$(echo "$children" | paste -sd,)")" ]
}
check "real: SIGINT ends sleepers" interrupted int INT 130
check "real: SIGTERM ends sleepers" interrupted term TERM 143
check "nothing in /dev/shm" nothing_shared

# ---- refused ----

# refused NAME PATTERN ARGUMENT...: status 2, one line that matches, no folder.
refused() {
    local name=$1 pattern=$2
    shift 2
    refusal() { timeout 20 "$simulate" "$@" -q -o never >/dev/null 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$pattern" err && [ ! -e never ] || { cat err; false; }; }
    check "$name" refusal "$@"
}
refused "real without training" '^simulate: .*experiment.clock: expected virtual' "$smoke" "${real[@]}" --no-train
refused "real with fewer processes than workers" '^simulate: .*experiment.clock: .*cluster.processes' "$smoke" "${real[@]}" --set cluster.processes=2
refused "measured without training" '^simulate: .*compute.model: expected flops or fixed' "$smoke" "${measured[@]}" --no-train
refused "measured sleep" 'compute.model: expected flops or fixed with model.name = sleep' "$smoke" "${measured[@]}" --set model.name=sleep
refused "an unknown clock" "experiment.clock: expected" "$smoke" --set experiment.clock=sundial
printf '[experiment]\nclock = real\ntrain = no\n' >bad.ini
refused "of an ini, with its line" 'bad.ini:2: experiment.clock: expected virtual' bad.ini
check "real with a process for each worker, said aloud" \
    sh -c '"$@" >/dev/null' - "$simulate" --check "$smoke" "${real[@]}" --set cluster.processes=4
finish
