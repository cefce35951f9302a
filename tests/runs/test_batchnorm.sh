#!/usr/bin/env bash
# output.batchnorm: what is refused, and that evaluations with precise statistics are those of an independent program, whatever the load
# and however the run was broken off.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
python=${PYTHON:-/usr/bin/python3}
images=/usr/share/datasets # Debian's dataset-fashion-mnist

# play_bn NAME ARGUMENT...: tiny_bn on real images, precise.
play_bn() {
    local name=$1
    shift
    play "$name" --data "$images" --set data.set=fashion_mnist --set data.train_samples=1000 --set data.test_samples=500 \
        --set model.name=tiny_bn --set output.batchnorm=precise --set output.report=no "$@"
}

# refused NAME PATTERN ARGUMENT...: status 2, and one line with that text
refused() {
    local name=$1 pattern=$2
    shift 2
    check "$name" refusal "$pattern" "$@"
}
refusal() {
    local pattern=$1
    shift
    "$simulate" "$smoke" -q -o no "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err && [ ! -e no ] || { cat err; return 1; }
}

refused "precise, without BatchNorm in the model" \
    "output.batchnorm: expected running with model.name = tiny, which has no BatchNorm, got precise" --set output.batchnorm=precise
refused "samples, without precise" "simulate: --set: output.batchnorm_samples: needs output.batchnorm = precise, got running" \
    --set model.name=tiny_bn --set output.batchnorm_samples=100
refused "more samples than there are" "output.batchnorm_samples: expected 1 .. 60 (training samples), got 61" --set model.name=tiny_bn \
    --set data.train_samples=60 --set output.batchnorm=precise --set output.batchnorm_samples=61
refused "no samples" "output.batchnorm_samples: expected" --set model.name=tiny_bn --set output.batchnorm=precise \
    --set output.batchnorm_samples=0
refused "another word" "output.batchnorm: expected one of running, precise, got 'population'" --set output.batchnorm=population
timing() { play timing --no-train --set output.batchnorm=precise; }
check "where nothing is trained nothing is measured" timing

# ---- against the oracle ----

# true_of FOLDER ...: numpy says the same
true_of() { "$python" -B "$root/tests/oracle/batchnorm.py" --data "$images" "$@" >out 2>&1 || { cat out; return 1; }; }
measured_of() { [ "$(grep -c ' precise: .* statistics [0-9.]*e-[0-9]* apart$' out)" -eq "$1" ] || { cat out; return 1; }; }

must play_bn whole --algorithm bsp,local_sgd,losp,asp --iterations 240 --set output.batchnorm_samples=300 --set output.eval_every=60
check "an independent forward pass says the same" true_of whole
check "  of every algorithm" measured_of 4
must play_bn all --algorithm bsp --iterations 40 --set data.train_samples=100 # fewer than 2000: all
check "  of all samples" true_of all
must play_bn batch --algorithm bsp --iterations 20 --set output.batchnorm_samples=50 --set train.batch=128
check "  of fewer samples than a batch has" true_of batch
must play_bn running --algorithm losp --iterations 240 --set output.batchnorm=running
check "  of running statistics" true_of running
must play resnet --algorithm losp --iterations 8 --data "$images" --set data.set=fashion_mnist --set data.train_samples=40 \
    --set data.test_samples=40 --set model.name=resnet14 --set output.batchnorm=precise --set output.report=no
check "  of resnet14" true_of resnet
cp -r whole spoilt
printf '\377' | dd of=spoilt/losp/parameters.bin bs=1 seek=$(($(stat -c %s spoilt/losp/parameters.bin) - 2)) conv=notrunc status=none
spoilt() { ! true_of spoilt >/dev/null && grep -c DIFFERENT out | grep -qx 1; }
check "  and sees one statistic that is another" spoilt

# ---- determinism ----

one_core() {
    taskset -c 0 "$simulate" whole/resolved.ini -q -o again >out 2>err || { cat err; return 1; }
    same_evaluations whole again
}
same_evaluations() {
    local file
    for file in "$1"/*/eval.csv "$1"/*/parameters.bin; do cmp "$file" "$2/${file#*/}" || return 1; done
}
check "on one core: the same bytes" one_core

must play_bn long --algorithm losp,asp --iterations 2000 --set output.checkpoint_every=50 --set output.eval_every=40 \
    --set output.batchnorm_samples=200
in_parts() { # how often it was broken off is left in i
    local status=1 command=("$simulate" long/resolved.ini -q -o parts)
    rm -rf parts
    for ((i = 0; i < 20 && status; i++)); do
        "${command[@]}" >out 2>err &
        [ $i -gt 6 ] || { sleep 0.25; kill -INT $! 2>/dev/null; }
        wait $! 2>/dev/null
        status=$?
        [ $status -eq 0 ] || [ $status -eq 130 ] || { cat err; return 1; }
        [ -d parts ] && command=("$simulate" -q --resume parts)
    done
    same_evaluations long parts
}
check "broken off and resumed: the same bytes" in_parts
check "  it was resumed" [ "$i" -gt 1 ]

crashed() {
    play_bn "$1" --algorithm bsp,losp --iterations 400 --set output.eval_every=40 --set output.batchnorm_samples=300 \
        --set faults.server_crash_at=30ms,70ms --set faults.server_down_time=10ms --set faults.server_checkpoint_every=7
}
must crashed once
must crashed twice
check "the server crashed" grep -q server once/losp/faults.csv
check "the server restarts: the same bytes" same_evaluations once twice
check "  and statistics of the model that it came back with" true_of once
finish
