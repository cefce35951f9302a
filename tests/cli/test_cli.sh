#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# The command line and bad input: one clear line, its exit status, nothing left, nothing overwritten.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# refused NAME STATUS PATTERN ARGUMENT...: the program ends with STATUS, prints exactly one line on stderr, which matches, and
# makes no folder.
refused() {
    local name=$1 status=$2 pattern=$3 got
    shift 3
    timeout 20 "$simulate" "$@" -o never >out 2>err </dev/null
    got=$?
    check "$name" test "$got" -eq "$status" -a "$(wc -l <err)" -eq 1 -a -z "$(grep -LE -- "$pattern" err)" -a ! -e never
    [ -e never ] && rm -rf never
    [ "$got" -eq "$status" ] || { echo "status $got"; cat err; }
    grep -qE -- "$pattern" err || cat err
}

# refused_ini NAME PATTERN LINE...: the same for an ini of these lines.
refused_ini() {
    local name=$1 pattern=$2
    shift 2
    printf '%s\n' "$@" >bad.ini
    refused "$name" 2 "$pattern" bad.ini
}

check "--help" sh -c '"$1" --help | grep -q -- --set' - "$simulate"
check "--version" sh -c '"$1" --version | grep -Eq "^simulate [0-9]"' - "$simulate"
for what in algorithms models datasets codecs optimizers exchanges networks keys; do
    check "--list $what" sh -c '[ "$("$1" --list '$what' | wc -l)" -ge 3 ]' - "$simulate"
done
check "the tables of docs/algorithms.md are the program's" \
    sh -c '"$2/man/tables.sh" "$1" "$2/docs/algorithms.md" | cmp -s - "$2/docs/algorithms.md"' - "$simulate" "$root"
check "KEYS.md is the table" sh -c '"$1" --markdown keys | cmp -s - "$2/experiments/KEYS.md"' - "$simulate" "$root"
check "--print-config re-reads to itself" \
    sh -c '"$1" --print-config "$2" | sed "s/ ;.*//" >a.ini && "$1" --print-config a.ini | sed "s/ ;.*//" | diff -q a.ini - >/dev/null' - "$simulate" "$smoke"
check "--check runs nothing" sh -c '"$1" --check "$2" -o never >/dev/null 2>&1 && [ ! -e never ]' - "$simulate" "$smoke"
sizes='[0-9.]+ [KMG]?i?B'
foreseen() {
    "$simulate" --check "$smoke" --algorithm bsp,losp >out &&
        grep -qxE "shared memory: at most $sizes at a time \((bsp|losp)\); $sizes are free in /dev/shm" out &&
        grep -qxE "data set: $sizes, once for all processes" out && head -n 2 out | grep -qE ' shared +private +time here$' &&
        grep -qxE 'time here: .* in all, if the machine stays as busy as now \(load [0-9.]+ on [0-9]+ cores?\): 4 processes made .* gradients per second' out
}
check "  and says what memory and time it takes here, and what that assumes" foreseen
check "--quiet says nothing on stderr" sh -c '"$1" "$2" --algorithm bsp --set experiment.iterations=8 -q -o q >/dev/null 2>err && [ ! -s err ]' - "$simulate" "$smoke"
check "--workers 16" sh -c '"$1" "$2" --algorithm bsp,losp --workers 16 -q -o w16 >/dev/null 2>&1' - "$simulate" "$smoke"
for ini in "$root"/experiments/*.ini "$root"/experiments/published/*.ini "$root"/experiments/record/*.ini; do
    check "$(basename "$ini") is understood" sh -c '"$1" --check '"$(grep -qE '^clock = real|^\[(compare|tune)\]' "$ini" || echo --no-train)"' --set data.set=synthetic --set data.shape='"$(grep -q mnist "$ini" && echo mnist || echo cifar)"' "$2" >/dev/null 2>&1' - "$simulate" "$ini"
done

refused "no experiment" 2 "no experiment"
refused "no such file" 2 "nowhere.ini" nowhere.ini
refused "unknown option" 2 "." --frobnicate
refused "unknown algorithm, nearest named" 2 "did you mean 'losp'" "$smoke" --algorithm lops
refused "unknown model, nearest named" 2 "did you mean 'alexnet'" "$smoke" --set model.name=alexnt
refused "unknown data set, nearest named" 2 "did you mean 'cifar10'" "$smoke" --set data.set=cifar
refused "unknown codec, nearest named" 2 "--set: algorithm.dqlosp.codec: .*did you mean 'maxabs'" "$smoke" --set algorithm.dqlosp.codec=maxab
refused_ini "unknown model, with its line" "bad.ini:4: model.name: expected a name from --list models, got 'alexnett'; did you mean 'alexnet'" \
    '[experiment]' 'seed = 1' '[model]' 'name = alexnett'
normal() {
    "$simulate" --print-config "$smoke" --set data.set=CIFAR-10 --set model.name=AlexNet --set algorithm.losp.codec=Max_Abs --algorithm BSP,Local-SGD |
        sed -n 's/ = \(.*\) ; from --[sa].*/ \1/p' | xargs
}
check "case, hyphens and underscores of a name do not count" same "$(normal)" "algorithms bsp, local_sgd set cifar10 name alexnet codec maxabs"

# Images of one's own: IDX files of any size, here 30 + 15 of 5x7 pixels, of three shades.
mkdir own
/usr/bin/python3 - <<'EOF'
import struct
for prefix, n in ("train", 30), ("test", 15):
    with open(f"own/{prefix}-labels-idx1-ubyte", "wb") as labels, open(f"own/{prefix}-images-idx3-ubyte", "wb") as images:
        labels.write(struct.pack(">II", 0x801, n) + bytes(i % 3 for i in range(n)))
        images.write(struct.pack(">4I", 0x803, n, 5, 7) + b"".join(bytes([80 * (i % 3)] * 35) for i in range(n)))
EOF
own() { "$simulate" "$smoke" --data own --set data.set=IDX --set data.train_samples= --set data.test_samples= --set model.name=logreg --algorithm bsp "$@"; }
learned() {
    own --set train.batch=5 --set train.learning_rate=0.5 --epochs 20 -q -o own_run --set output.report=no >out 2>err &&
        grep -q '^logreg on idx, 4 workers' out && grep -q '^bsp  *100\.00 ' out
}
check "IDX files of any size are learned from" learned
check "  and the run is consistent" "$simulate" --verify own_run
refused "  more of them than there are" 2 "smoke.ini:[0-9]+: data.train_samples: expected 1 .. 30 \(what idx has\), got 2000" "$smoke" --data own --set data.set=idx
refused "  a model that they are too small for" 2 "^simulate: --set: model.name: alexnet does not fit data.set = idx: .* 1x5x7: " "$smoke" --data own \
    --set data.set=idx --set data.train_samples= --set data.test_samples= --set model.name=alexnet
refused "  without their folder" 2 "^simulate: --set: data.set: idx needs data.path \(--data DIR\)" "$smoke" --set data.set=idx
refused "  in another folder" 3 "^simulate: --data: expected a folder that holds a data set, got '/tmp', in which idx and all other sets are missing" "$smoke" --data /tmp \
    --set data.set=idx
refused "  under a known name" 3 "expected 60000 items, found 30 \(data.set = idx reads images of any size" "$smoke" --data own --set data.set=mnist
refused "unknown key, nearest named" 2 "did you mean '?(network.)?latency" "$smoke" --set network.latancy=1ms
refused "unknown section" 2 "unknown section" "$smoke" --set netwrk.latency=1ms
refused "wrong unit" 2 "network.latency: expected .*got '5 km'" "$smoke" --set "network.latency=5 km"
refused "bandwidth without a unit" 2 "network.bandwidth: expected" "$smoke" --set network.bandwidth=1000
refused "zero bandwidth" 2 "network.bandwidth: expected" "$smoke" --set network.bandwidth=0Gbit/s
refused "zero duration" 2 "compute.seconds: expected" "$smoke" --set compute.seconds=0s
refused "negative factor" 2 "compute.factor: expected" "$smoke" --set compute.factor=-1
refused "list of a wrong length" 2 "compute.factor: expected" "$smoke" --set "compute.factor=1, 2, 3"
refused "no workers" 2 "cluster.workers: expected" "$smoke" --workers 0
for absurd in network.bandwidth=1e-9bit/s network.latency=1e9s compute.jitter=100 compute.factor=1e300 \
    server.cost_per_byte=1e10s experiment.epochs=1e300 network.efficiency=1e-300 compute.device=1FLOP/s; do
    refused "absurd $absurd" 2 "${absurd%%=*}: expected" "$smoke" --set $absurd
done
refused "longer than the clock holds" 2 "virtual clock" "$smoke" --set compute.seconds=1000000s --set compute.factor=1000000
refused "fewer samples than workers" 2 "data.partition: expected at least one sample for each of 4 workers, got 2" "$smoke" --set data.train_samples=2
refused "an over-long name" 2 "experiment.name" "$smoke" --set "experiment.name=$(head -c 300 /dev/zero | tr '\0' x)"
refused "an unknown codec, named with its key" 2 "algorithm.dqlosp.codec: expected" "$smoke" --set algorithm.dqlosp.codec=nonsense
refused "bits out of bounds" 2 "codec.maxabs.bits: expected" "$smoke" --set codec.maxabs.bits=17
refused "a ratio of 0" 2 "codec.topk.ratio: expected a number > 0 and <= 1, got '0'" "$smoke" --set codec.topk.ratio=0
refused "more levels than 16 bits can say" 2 "codec.qsgd.levels: expected" "$smoke" --set codec.qsgd.levels=32768
for k_of in k_sync k_batch_sync k_async k_batch_async; do
    refused "$k_of: more gradients than workers" 2 "algorithm.$k_of.k: expected at most cluster.workers = 4, got 5" "$smoke" \
        --algorithm $k_of --set algorithm.$k_of.k=5
    refused "$k_of: no gradients" 2 "algorithm.$k_of.k: expected .*, got '0'" "$smoke" --set algorithm.$k_of.k=0
done
refused "fewer workers than an update has gradients" 2 "algorithm.k_sync.k: expected at most cluster.workers = 2, got 3" "$smoke" \
    --algorithm k_sync --workers 2
refused "ssp: slack below 0" 2 "algorithm.ssp.slack: expected .*, got '-1'" "$smoke" --set algorithm.ssp.slack=-1
refused "asp: a negative lambda" 2 "algorithm.asp.delay_compensation: expected .*, got '-0.1'" "$smoke" --set algorithm.asp.delay_compensation=-0.1
refused_ini "slack below 0 in a file, with its line" "bad.ini:4: algorithm.ssp.slack|bad.ini:4: slack" "[experiment]" "seed = 1" \
    "[algorithm.ssp]" "slack = -1"
refused "min over max local steps" 2 "min_local_steps" "$smoke" --set algorithm.osp.min_local_steps=99
refused "a list of rates that is not there" 2 "train.schedule: list needs train.list_at and train.list_factors" "$smoke" --set train.schedule=list
refused "  nor for an algorithm's own schedule" 2 "algorithm.asp.schedule: list needs train.list_at" "$smoke" --set algorithm.asp.schedule=list
refused "  of unequal lengths" 2 "train.list_factors: expected as many factors as train.list_at has fractions, 2, got 1" "$smoke" \
    --set train.schedule=list --set train.list_at=0.2,0.5 --set train.list_factors=1
refused "  that does not rise" 2 "train.list_at: expected rising fractions, got 0.2 after 0.5" "$smoke" \
    --set train.schedule=list --set train.list_at=0.5,0.2 --set train.list_factors=1,0.1
refused "a compensation by a list" 2 "algorithm.losp.compensation_schedule: expected one of constant, step, cosine, linear, got 'list'" "$smoke" \
    --set algorithm.losp.compensation_schedule=list
refused "an algorithm twice" 2 "twice" "$smoke" --algorithm bsp,bsp
refused "iterations and epochs at once" 2 "epochs" "$smoke" --iterations 10 --epochs 1
refused "a model that does not fit the data" 2 "alexnet.*does not fit|does not fit.*alexnet" "$smoke" --set model.name=alexnet
refused "more samples than there are" 2 "data.train_samples: expected" "$smoke" --set data.train_samples=100000000
mkdir -p empty other/cifar-10-batches-bin && touch other/cifar-10-batches-bin/data_batch_1.bin
SIMULATE_DATA='' refused "a missing data set" 3 "not found in: other/mnist, other/MNIST/raw, other, data/mnist, .*make data" \
    "$smoke" --set data.set=mnist --data other
SIMULATE_DATA='' refused "a data folder without any set" 3 "^simulate: --data: expected a folder that holds a data set, got 'empty', .*make data" \
    "$smoke" --set data.set=mnist --data empty
SIMULATE_DATA=/nowhere refused "  that is not there, in the environment" 3 "^simulate: SIMULATE_DATA: expected a folder.* got '/nowhere': No such file" \
    "$smoke" --set data.set=mnist --data other
printf '%s\n' "[experiment]" "iterations = 8" "[data]" "set = mnist" "path = /nowhere" >named.ini
refused "  or in a file" 3 "named.ini:5: data.path: expected a folder.* got '/nowhere': No such file" named.ini
check "  but not for a set without files" env SIMULATE_DATA=/nowhere "$simulate" --check "$smoke"
refused_ini "unknown key in a file" "bad.ini:2: .*nonsense" "[network]" "nonsense = 1"
refused_ini "repeated key" "bad.ini:3: .*seed.*(line )?2" "[experiment]" "seed = 1" "seed = 2"
refused_ini "indented key" "bad.ini:3: .*indent" "[experiment]" "seed = 1" "  epochs = 2"
refused_ini "key before a section" "bad.ini:1: " "seed = 1"
refused_ini "line without =" "bad.ini:2: " "[experiment]" "seed 1"
refused_ini "no section [experiment]" "bad.ini: .*\[experiment\]" "[network]" "latency = 1ms"
refused_ini "an empty file" "bad.ini: .*\[experiment\]" ""
refused_ini "an over-long line" "bad.ini:2: .*long" "[experiment]" "name = $(head -c 70000 /dev/zero | tr '\0' x)"

# refused_trace NAME PATTERN LINE...: a trace file of these lines, for each key.
refused_trace() {
    local name=$1 pattern=$2 key
    shift 2
    printf '%s\n' "$@" >t.csv
    for key in compute.trace network.trace network.server_trace; do
        refused "$key: $name" 2 "simulate: --set: $key: t.csv:$pattern" "$smoke" --set $key=t.csv
    done
}

refused_trace "an empty file" "1: expected the columns seconds,factor.*, got ''" ""
refused_trace "other columns" "1: expected the columns seconds,factor.*, got 'time,factor'" "time,factor" "0,1"
refused_trace "no row" "2: expected a row" "seconds,factor"
refused_trace "a column too few" "3: expected 2 columns, got 1" "seconds,factor" "0,1" "1"
refused_trace "not a number" "2: factor: expected a number .*, got 'fast'" "seconds,factor" "0,fast"
refused_trace "factor 0" "2: factor: expected a number .*, got '0'" "seconds,factor" "0,0"
refused_trace "a negative factor" "2: factor: expected a number .*, got '-1'" "seconds,factor" "0,-1"
refused_trace "a negative time" "2: seconds: expected a number .*, got '-1'" "seconds,factor" "-1,1"
refused_trace "times that fall" "3: seconds: expected more than the 2.0+ of the row before, got 1.0+" "seconds,factor" "2,1" "1,1"
printf 'seconds,factor,worker\n0,1,4\n' >t.csv
refused "a trace of a worker that is not there" 2 "t.csv:2: worker: expected 0 to 3 .*, got 4" "$smoke" --set compute.trace=t.csv
refused "a trace of workers' factors for the server link" 2 "t.csv:1: expected the columns seconds,factor, got" "$smoke" --set network.server_trace=t.csv
refused "a missing trace" 2 "compute.trace: nowhere.csv: No such file" "$smoke" --set compute.trace=nowhere.csv
refused "a folder as a trace" 2 "network.trace: /: expected a regular file" "$smoke" --set network.trace=/
refused_ini "a missing trace of an ini, with its line" "bad.ini:4: network.server_trace: nowhere.csv: No such" \
    "[experiment]" "seed = 1" "[network]" "server_trace = nowhere.csv"
refused "stragglers without a factor" 2 "needs compute.straggler_factor" "$smoke" --set compute.straggler_probability=0.1

mkdir -p bad/cifar-10-batches-bin
for i in 1 2 3 4 5; do head -c 1000 /dev/zero >bad/cifar-10-batches-bin/data_batch_$i.bin; done
head -c 1000 /dev/zero >bad/cifar-10-batches-bin/test_batch.bin
refused "a truncated data file" 3 "data_batch_1.bin: expected" "$smoke" --set data.set=cifar10 --data bad

rm -rf bad/cifar-10-batches-bin/data_batch_1.bin && mkfifo bad/cifar-10-batches-bin/data_batch_1.bin
refused "a pipe as a data file" 3 "expected a regular file" "$smoke" --set data.set=cifar10 --data bad

closed() { "$simulate" "$smoke" --algorithm osp -o closed >&- 2>&- && [ "$(grep -c epoch closed/osp/workers.csv)" -eq 0 ] && cmp -s closed/osp/workers.csv plain/osp/workers.csv; }
try_this() { (cd "$root" && "$1" 2>&1 | grep -qx "simulate: no experiment given; try '$1 experiments/quickstart.ini' or '$1 --help'"); }
check "no arguments: what to type, by the name that was called" try_this "$simulate"
must play plain --algorithm osp
check "closed standard files do not mix with results" closed
piped() { "$simulate" "$smoke" --algorithm osp -o piped 2>&1 | head -n 1 >/dev/null; [ "$(member piped/run.json status)" = "done" ]; }
check "a reader that goes away does not end the run" piped
full_output() { "$simulate" --list keys >/dev/full 2>err; [ $? -eq 1 ] && grep -q 'standard output' err; }
check "a full standard output is an error" full_output
last_model() { "$simulate" "$smoke" -q --algorithm bsp --set train.learning_rate=1e39 --set experiment.iterations=4 -o last >/dev/null 2>err; [ $? -eq 4 ]; }
check "a model that is not finite at the end is a divergence" last_model
later() { "$simulate" "$smoke" -q --algorithm bsp,losp --set algorithm.losp.learning_rate=1e20 -o later >/dev/null 2>err; [ $? -eq 4 ] && [ "$(member later/run.json ended_in)" = losp ] && [ "$(wc -l <later/comparison.csv)" -eq 2 ]; }
check "what was complete before a failure is compared" later
# diverges FOLDER ALGORITHM WHERE ARGUMENT...: status 4, and one line that names worker, local iteration and WHERE.
diverges() {
    local folder=$1 algorithm=$2 where=$3
    shift 3
    "$simulate" "$smoke" -q --algorithm "$algorithm" --set train.learning_rate=1e30 -o "$folder" "$@" >/dev/null 2>err
    [ $? -eq 4 ] && [ "$(wc -l <err)" -eq 1 ] &&
        grep -qE "$algorithm: training diverged: worker $where; try a smaller learning rate$" err || { cat err; false; }
}
check "a diverging run ends with status 4 and says so" diverges diverged local_sgd \
    '[0-3], local iteration 1: the loss is not finite, first in the output of layer 4 \(conv2\)'
check "  names the worker, not its process" diverges diverged1 bsp \
    '0, local iteration 1: the loss is not finite, first in the output of layer 4 \(conv2\)' --set cluster.processes=1
check "  also when images are augmented and dropout draws" diverges diverged2 osp \
    '[0-3], local iteration [0-9]+: the loss is not finite, first in the output of layer [0-9]+ \([a-z0-9]+\)' \
    --set model.name=cnn --set data.augment=crop_flip
check "  and is marked as failed" same "$(member diverged/run.json status)" failed

if [ "$(id -u)" -eq 0 ] && command -v unshare >/dev/null && unshare -m true 2>/dev/null; then
    small_shm() { unshare -m sh -c 'mount -t tmpfs -o size=64k none /dev/shm && exec "$1" "$2" -q -o "$3"' - "$simulate" "$smoke" full >/dev/null 2>err; [ $? -eq 7 ] && grep -q '/dev/shm' err && [ "$(wc -l <err)" -eq 1 ] && [ ! -e full ]; }
    check "no room in /dev/shm: status 7, one line" small_shm
    small_disk() { mkdir -p disk; unshare -m sh -c 'mount -t tmpfs -o size=64k none disk && exec "$1" "$2" -q -o disk/run' - "$simulate" "$smoke" >/dev/null 2>err; [ $? -eq 7 ] && [ "$(wc -l <err)" -eq 1 ]; }
    check "no room on the disk: status 7" small_disk
fi

# started LAUNCHER: waits until a run in the background has its processes and works.
started() {
    until [ "$(pgrep -P "$1" | wc -l)" -ge 6 ]; do
        kill -0 "$1" || return 1
        sleep 0.1
    done
    sleep 0.2
}

killed() { # SIGKILL to a child of a long run: the run ends by itself with status 5, and nothing is left
    "$simulate" "$smoke" -q --algorithm losp --set experiment.iterations=100000000 -o killed >/dev/null 2>err &
    local launcher=$!
    started $launcher
    pkill -KILL -P $launcher --oldest
    wait $launcher
    [ $? -eq 5 ] && grep -q 'signal 9' err && [ -z "$(pgrep -P $launcher)" ]
}
check "a killed process ends the run with status 5, named" killed
interrupted() {
    "$simulate" "$smoke" -q --algorithm losp --set experiment.iterations=100000000 -o interrupted >/dev/null 2>err &
    local launcher=$!
    started $launcher
    kill -TERM $launcher
    wait $launcher
    [ $? -eq 143 ] && [ "$(member interrupted/run.json status)" = interrupted ]
}
check "SIGTERM ends the run with status 143, marked as interrupted" interrupted
launcher_killed() {
    "$simulate" "$smoke" -q --algorithm losp --set experiment.iterations=100000000 -o "$scratch/orphaned" >/dev/null 2>&1 &
    local launcher=$!
    started $launcher
    kill -KILL $launcher
    wait $launcher 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -z "$(pgrep -f "$scratch/orphaned")" ] && return 0
        sleep 0.2
    done
    return 1
}
check "a killed launcher leaves no process" launcher_killed
check "nothing in /dev/shm" nothing_shared
finish
