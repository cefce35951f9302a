#!/usr/bin/env bash
# output.quality: the files are those of an independent program, exist only where they are asked for, and are the same however
# the run was made: by fewer processes, broken off and resumed, or retimed.
# usage: tests/runs/test_quality.sh [ALGORITHMS]   those that are compared with the independent program; all: each that cancels no iteration
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
python=${PYTHON:-/usr/bin/python3}
algorithms=${1:-"bsp,local_sgd,asp,losp,dasgd"}
[ "$algorithms" != all ] || algorithms=$("$simulate" --list algorithms | awk '$1 !~ /^k_(batch_)?sync$/ {printf "%s%s", comma, $1; comma = ","}')
every=per_class,top5,clients,distance,gradient_norm

# ---- against the oracle ----

"$python" -B - "$root/tests/oracle" <<'END'
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import small_data
small_data.TEST = 100
small_data.write(pathlib.Path("data"), 3)
END
real=(--set data.set=mnist --set "data.path=$scratch/data" --set data.train_samples=400 --set data.test_samples=100 --set output.report=no)
# first MODEL: the parameters that runs of this model begin with
first() { play "first-$1" "${real[@]}" --set "model.name=$1" --algorithm bsp --iterations 1 --workers 1 --set data.train_samples=32 --set train.learning_rate=0; }
true_of() { "$python" -B "$root/tests/oracle/quality.py" "$1" "first-$2/bsp" >out 2>&1 || { cat out; return 1; }; }
jitter=(--set compute.jitter=0.4 --set output.trace=all --set output.eval_every=16)
must first logreg
must play plain "${real[@]}" "${jitter[@]}" --set model.name=logreg --algorithm "$algorithms" --iterations 64 --set train.learning_rate=0.02 \
    --set data.partition=dirichlet --set "output.quality=$every"
check "an independent program says the same" true_of plain logreg
check "  of every algorithm" same "$(grep -c evaluations out)" "$(echo "$algorithms" | tr , '\n' | wc -l)"
must play clients "${real[@]}" "${jitter[@]}" --set model.name=logreg --algorithm fedavg --iterations 96 --set cluster.clients=23 \
    --set data.partition=dirichlet --set data.beta=0.1 --set "output.quality=$every" --set output.gradient_samples=77 --set train.batch=32
check "  of 23 clients, and 77 samples in batches of 32" true_of clients logreg
must first tiny_bn
must play normed "${real[@]}" "${jitter[@]}" --set model.name=tiny_bn --algorithm bsp,losp --iterations 64 --set output.quality=distance,gradient_norm
check "  with BatchNorm" true_of normed tiny_bn
cp -r plain spoilt
sed -i '5s/,[0-9.]*$/,0.5/' spoilt/asp/quality.csv
spoilt() { ! true_of spoilt logreg >/dev/null && grep -c DIFFERENT out | grep -qx 1; }
check "  and it sees one number that is another" spoilt

# ---- only where it is asked for ----

hard=(--algorithm "bsp,local_sgd,asp,losp" --iterations 100 --set output.eval_every=20 --set data.train_samples=400 --set data.test_samples=100
    --set data.partition=dirichlet --set data.validation=0.2 --set compute.jitter=0.5 --set "network.bandwidth=1Gbit/s, 1Gbit/s, 50Mbit/s, 1Gbit/s")
must play asked "${hard[@]}" --set "output.quality=$every"
must play not "${hard[@]}"
none() { ! ls not/*/quality.csv not/*/classes.csv 2>/dev/null; }
check "without the key there are no such files" none
same_others() { diff -rq -x run.json -x summary.json -x resolved.ini -x quality.csv -x classes.csv -x report.html asked not; }
check "the other files are the same with it" same_others
header() { head -n 1 "$1/bsp/quality.csv"; }
must play one --algorithm bsp --iterations 8 --set output.quality=gradient_norm
check "columns that are not asked for are not there" same "$(header one)" round,iterations,virtual_s,gradient_norm
must play classes --algorithm bsp --iterations 8 --set output.quality=per_class
check "a file that is not asked for is not there" [ ! -e classes/bsp/quality.csv ]
validated() { awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i ~ /^validation/) {at[i]; n++}} NR > 1 {for (i in at) if ($i == "NaN") bad = 1} END {exit bad || !n}' asked/losp/quality.csv; }
check "with validation data nothing of them is NaN" validated

# ---- however the run was made ----

verified() { "$simulate" --verify "$@" >out 2>err || { cat out err; return 1; }; }
check "--verify takes them" verified asked plain clients one classes
fewer() { play fewer "${hard[@]}" --set "output.quality=$every" --set cluster.processes=2 && same_rows asked fewer; }
same_rows() {
    local file
    for file in "$1"/*/quality.csv "$1"/*/classes.csv; do cmp "$file" "$2/${file#*/}" || return 1; done
}
check "two processes: the same bytes" fewer
retimed() {
    local slow=(--set network.latency=3ms --set "network.bandwidth=20Mbit/s" --set compute.seconds=2ms)
    "$simulate" --retime asked -q -o retimed --algorithm bsp,local_sgd "${slow[@]}" >out 2>err || { cat err; return 1; }
    play trained "${hard[@]}" --set "output.quality=$every" "${slow[@]}" --algorithm bsp,local_sgd && same_rows retimed trained && verified retimed
}
check "retimed: the same bytes as a run" retimed
elsewhere() {
    ! "$simulate" --retime asked -q -o no --algorithm losp --set network.latency=3ms >out 2>err && [ ! -e no ] && grep -q "losp cannot be retimed: worker" err
}
check "not where models at an evaluation would be others" elsewhere
moved() { # fixed steps: without distances it may be retimed, as numbers do not depend on when the workers compute
    local fixed=(--algorithm cocod --iterations 96 --set output.eval_every=16)
    play free "${fixed[@]}" && "$simulate" --retime free -q -o freed --set network.latency=5ms >out 2>err &&
        play tied "${fixed[@]}" --set output.quality=distance && ! "$simulate" --retime tied -q -o no --set network.latency=5ms >out 2>err &&
        grep -q 'cocod cannot be retimed: worker [0-3] has another model at the evaluation after update [0-9]* there than here, and output.quality has distance$' err
}
check "  which is said" moved
in_parts() { # how often it was broken off is left in i
    local status=1 command=("$simulate" long/resolved.ini -q -o parts)
    for ((i = 0; i < 20 && status; i++)); do
        "${command[@]}" >out 2>err &
        [ "$i" -gt 3 ] || { forked $! && sleep 0.1; kill -INT $! 2>/dev/null; }
        wait $! 2>/dev/null
        status=$?
        [ "$status" -eq 0 ] || [ "$status" -eq 130 ] || { cat err; return 1; }
        [ -d parts ] && command=("$simulate" -q --resume parts)
    done
    same_rows long parts
}
must play long --algorithm losp --iterations 2400 --set output.checkpoint_every=50 --set output.eval_every=40 --set data.train_samples=600 \
    --set data.test_samples=50 --set "output.quality=$every" --set output.gradient_samples=50 --set output.trace=none
check "broken off and resumed: the same bytes" in_parts
check "  it was resumed" [ "$i" -gt 1 ]

# ---- workers without a model ----

must play crashed --algorithm asp,losp --iterations 400 --set output.eval_every=20 --set "faults.crash_at=20ms, 30ms" --set "faults.crash_worker=1, 2" \
    --set faults.down_time=30ms --set faults.server_crash_at=90ms --set faults.server_down_time=5ms --set output.quality=distance
counts() { cut -d, -f4 crashed/asp/quality.csv | sort -u | tr '\n' ' '; }
check "workers that are down are not compared" same "$(counts)" "0 2 3 4 distance_workers "
nothing() { grep -q ',0,NaN,NaN,NaN$' crashed/asp/quality.csv; }
check "  where all are, there is no distance" nothing
check "  and --verify takes it" verified crashed

# ---- what --verify finds, and --export has ----

damaged() { # WHAT SED FILE PATTERN
    rm -rf damaged
    cp -r asked damaged
    sed -i -E "$2" "damaged/$3"
    if "$simulate" --verify damaged >out 2>err || ! grep -qE -- "$4" err; then
        cat err
        return 1
    fi
}
check "--verify finds another distance" damaged distance '3s/,[0-9.]*,([0-9.]*)$/,0.00001,\1/' losp/quality.csv 'losp/quality.csv:3: distances: expected 0 <= mean'
check "  a class that is too good" damaged class '12s/,[0-9.]*,([0-9]*),[0-9.NaN]*$/,1,\1,1/' bsp/classes.csv 'bsp/classes.csv:[0-9]*: (test|validation)_accuracy of all labels: expected'
check "  a missing row" damaged row '4d' bsp/quality.csv 'bsp/quality.csv:4: round: expected'
missing() { rm damaged/asp/classes.csv && ! "$simulate" --verify damaged >out 2>err && grep -q 'asp/classes.csv: cannot be opened' err; }
check "  a file that is not there" missing
exported() {
    "$simulate" --export csv asked -o exported >out 2>err || { cat err; return 1; }
    local tag
    for tag in validation/top5_accuracy test/clients_worst workers/distance_rms train/gradient_norm test_class/9 validation_class/0; do
        [ "$(grep -c ",$tag," exported/bsp/metrics.csv)" -eq 6 ] || { echo "$tag"; return 1; }
    done
    "$simulate" --export csv one -o exported-one >out && ! grep -q class exported-one/bsp/metrics.csv && grep -q gradient_norm exported-one/bsp/metrics.csv
}
check "--export csv has them" exported
reported() { # the last evaluation: 100 x the cells of quality.csv and of classes.csv
    local top5 label
    "$simulate" --report plain -q >out 2>err || { cat err; return 1; }
    grep -q '<h2 id="quality">' plain/report.html || return 1
    top5=$(tail -n 1 plain/asp/quality.csv | awk -F, '{printf "%.2f", 100 * $4}') label=$(tail -n 1 plain/asp/classes.csv | awk -F, '{printf "%.2f", 100 * $5}')
    grep -q "<td data-head=\"top-5, %\">$top5</td>" plain/report.html && grep -q "<td data-head=\"label 9, %\">$label</td>" plain/report.html
}
check "a report has the last evaluation" reported
silent() { "$simulate" --report not -q >out 2>err && ! grep -q 'id="quality"' not/report.html; }
check "  and no such section without the key" silent

# ---- what has no meaning ----

refused() { # PATTERN ARGUMENT...: status 2, one line with that text
    local pattern=$1
    shift
    "$simulate" "$smoke" -q -o no --algorithm bsp "$@" >out 2>err
    if [ $? -ne 2 ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -q -- "^simulate: --set: $pattern" err || [ -e no ]; then
        cat err
        return 1
    fi
}
ask() { refused "$1" --set "output.quality=$2" "${@:3}"; }
check "another word: refused" ask "output.quality: expected different ones of per_class, top5, clients, distance, gradient_norm separated by commas, got 'top3'" top3
check "  a word that is given twice" ask "output.quality: .*got 'top5' (given twice)" top5,top5
check "  clients that share their data" ask 'output.quality: clients needs a data.partition with a share for each, such as dirichlet, got full' clients --set data.partition=full
check "  distances with measured times" ask 'output.quality: distance needs compute.model = flops or fixed, got measured' distance --set compute.model=measured
check "  and by the real clock" ask 'output.quality: distance needs experiment.clock = virtual, got real' distance --set experiment.clock=real
check "  a model that does not learn" ask 'output.quality: expected a model that learns, got model.name = sleep' top5 --set model.name=sleep
check "  samples of no gradient" refused 'output.gradient_samples: needs output.quality = gradient_norm' --set output.gradient_samples=10
check "  more samples than there are" ask 'output.gradient_samples: expected 1 .. 2000 (training samples), got 2001' gradient_norm --set output.gradient_samples=2001
warned() { "$simulate" "$smoke" -q -o timed --algorithm bsp --no-train --set output.quality=top5 2>err >out && grep -q 'warning: --set: output.quality has no effect: nothing is trained' err && [ ! -e timed/bsp/quality.csv ] && verified timed; }
check "where nothing is trained it has no effect, which is said" warned
finish
