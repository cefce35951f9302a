#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# --export: models that numpy and PyTorch read, bit for bit; metrics in long form; nothing from folders that are damaged.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
npz() { "$python" "$root/tests/export/npz.py" "$1" "$2" >/dev/null; }
exported() { "$simulate" --export "$@" >out 2>err && [ ! -s err ]; }

must play run --algorithm bsp,losp --iterations 40 --set output.eval_every=10
must play bn --algorithm dqlosp --iterations 8 --set train.batch=4 --set data.shape=cifar --set model.name=resnet14 --set data.test_samples=20
must play timed --algorithm bsp --no-train
cp -r run pristine

# ---- npz ----
check "a run's models" exported npz run
check "  are named on stdout" same "$(cat out)" "$(printf 'run/%s/export/parameters.npz\n' bsp losp)"
check "  by Python's own modules: names, shapes, bits" npz run/losp run/losp/export/parameters.npz
check "one algorithm's, elsewhere" exported npz run/losp/ -o a/b
check "  the same bytes" cmp -s a/b/losp/parameters.npz run/losp/export/parameters.npz
check "  and bsp's are others" sh -c '! cmp -s run/bsp/export/parameters.npz run/losp/export/parameters.npz'
must exported npz bn
check "BatchNorm's statistics as well" npz bn/dqlosp bn/dqlosp/export/parameters.npz
check "  by PyTorch's names" same "$("$python" -m zipfile -l bn/dqlosp/export/parameters.npz | grep -cE '^(bn|layer.*)\.running_(mean|var)\.npy')" 30
check "the run is verified as before" sh -c '"$1" --verify run bn >out' - "$simulate"
if "$python" -c 'import numpy' 2>/dev/null; then
    check "numpy.load gives the bits of parameters.bin" "$python" "$root/tests/export/numpy_load.py" run/bsp run/bsp/export/parameters.npz
    check "  with BatchNorm" "$python" "$root/tests/export/numpy_load.py" bn/dqlosp bn/dqlosp/export/parameters.npz
else
    echo "numpy.load: not tested"
fi

# ---- csv ----
check "a run's metrics" exported csv run
check "  are named on stdout" same "$(cat out)" "$(printf 'run/%s/export/metrics.csv\n' bsp losp)"
metrics=run/losp/export/metrics.csv
check "  the header" same "$(head -n 1 $metrics)" run,tag,step,virtual_s,bytes,value
# value TAG STEP; eval COLUMN STEP: the same number in both files
value() { awk -F, -v t="$1" -v s="$2" '$2 == t && $3 == s {print $6}' $metrics; }
eval_of() { awk -F, -v c="$1" -v s="$2" 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR > 1 && $2 == s {print $at[c]}' run/losp/eval.csv; }
last=$(tail -n 1 run/losp/eval.csv | cut -d, -f2)
for pair in test/accuracy=test_accuracy test/loss=test_loss train/loss=train_loss progress/epoch=epoch progress/round=round \
    bytes/up=bytes_up bytes/down=bytes_down; do
    check "  ${pair%=*}" same "$(value "${pair%=*}" "$last")" "$(eval_of "${pair#*=}" "$last")"
done
check "  every evaluation under every tag" same "$(awk 'END {print NR - 1}' $metrics)" "$((7 * ($(wc -l <run/losp/eval.csv) - 1)))"
check "  virtual time and bytes in every row" same "$(awk -F, -v s="$last" '$3 == s {print $4 "," $5}' $metrics | sort -u)" \
    "$(eval_of virtual_s "$last"),$(($(eval_of bytes_up "$last") + $(eval_of bytes_down "$last")))"
check "  the run is the algorithm" same "$(awk -F, 'NR > 1 {print $1}' $metrics | sort -u)" losp
check "the same again" sh -c '"$1" --export csv pristine/losp -o again >out && cmp again/losp/metrics.csv "$2"' - "$simulate" $metrics
check "a run without training has metrics, without accuracies" sh -c '"$1" --export csv timed >out &&
    grep -q "^bsp,test/accuracy,[0-9]*,[0-9.]*,[0-9]*,NaN$" timed/bsp/export/metrics.csv' - "$simulate"

# a restart of the server undoes iterations: steps rise all the same, and every evaluation is there
must play restarted --algorithm bsp --set faults.server_crash_at=60ms,150ms --set faults.server_down_time=10ms --set faults.server_checkpoint_every=20 --set output.eval_every=20
goes_back() { awk -F, 'NR > 2 && $2 < last {back++} {last = $2} END {exit back != 2}' restarted/bsp/eval.csv; }
check "two restarts undo evaluations" goes_back
check "  its metrics" exported csv restarted
check "  steps rise" awk -F, 'NR > 1 {if ($2 == tag && $3 <= step) bad = 1; tag = $2; step = $3; n++} END {exit bad || n == 0}' restarted/bsp/export/metrics.csv
check "  every evaluation under every tag" same "$(awk 'END {print NR - 1}' restarted/bsp/export/metrics.csv)" "$((7 * ($(wc -l <restarted/bsp/eval.csv) - 1)))"
check "  from restart to restart as far apart as the iterations" awk -F, 'NR == FNR {i[FNR] = $2; next} FNR > 2 && FNR <= 8 && $3 - s != i[FNR] - i[FNR - 1] {bad = 1} {s = $3} END {exit bad}' \
    restarted/bsp/eval.csv restarted/bsp/export/metrics.csv

# ---- nothing is overwritten, nothing comes from what is damaged ----
# refused STATUS PATTERN ARGUMENT...: one line on stderr with the pattern.
refused() {
    "$simulate" --export "${@:3}" >out 2>err
    [ $? -eq "$1" ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$2" err || { cat err; return 1; }
}
# damaged NAME STATUS PATTERN COMMAND...: both formats refuse (of them: only $formats) a fresh run that COMMAND has changed.
formats="npz csv"
damaged() {
    local format
    rm -rf broken
    cp -r pristine broken
    (cd broken && "${@:4}") || return 1
    for format in $formats; do
        check "$1: $format" refused "$2" "$3" $format broken
    done
    check "  and nothing was written" same "$(find broken -name export | wc -l)" 0
}
sum=$(cksum run/bsp/export/*)
check "a file that is there stays" refused 2 '^simulate: run/bsp/export/parameters.npz exists: nothing is overwritten' npz run
check "  also a metrics file" refused 2 'metrics.csv exists' csv run
rm run/bsp/export/metrics.csv
check "  even where only the second is there" refused 2 'run/losp/export/metrics.csv exists' csv run
check "  nothing changed" same "$(cksum run/bsp/export/* | head -n 1)" "$(tail -n 1 <<<"$sum")"
check "no run" refused 2 "expected the folder of a run.*, got 'nowhere'" npz nowhere
check "a run that trained nothing has no model" refused 1 'timed/bsp/summary.json:[0-9]+: trained: expected true' npz timed
damaged "not complete" 1 '^simulate: broken/losp: not complete: expected a summary.json' rm losp/summary.json
damaged "a summary that is cut off" 1 '^simulate: broken/losp/summary.json.*: expected a JSON object' sed -i '$d' losp/summary.json
damaged "a summary of another algorithm" 1 'expected "algorithm": "losp"' cp bsp/summary.json losp/summary.json
damaged "no names of algorithms" 1 '^simulate: broken/resolved.ini' sed -i '/^algorithms/d' resolved.ini
formats=npz
flip() { printf '\377' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
damaged "a byte is another" 1 '^simulate: broken/losp/parameters.bin: damaged: expected the parameters_hash' flip losp/parameters.bin 4099
damaged "parameters.bin is shorter" 1 'parameters.bin: damaged' truncate -s -4 losp/parameters.bin
damaged "parameters.bin is missing" 1 'parameters.bin: cannot be read: No such file' rm losp/parameters.bin
damaged "parameters.json is missing" 1 'parameters.json: cannot be read: No such file' rm losp/parameters.json
damaged "parameters.json is cut off" 1 'parameters.json:[0-9]+: expected .*, got the end of the file' truncate -s 300 losp/parameters.json
damaged "a shape that is too large" 1 'parameters.json:[0-9]+: shape: expected at most' sed -i '0,/^        8/s//        80000/' losp/parameters.json
damaged "a shape that is too small" 1 'parameters.json:[0-9]+: offset: expected' sed -i '0,/^        8/s//        7/' losp/parameters.json
damaged "an empty tensor" 1 'parameters.json:[0-9]+: shape: expected at least 1' sed -i '0,/^        8/s//        0/' losp/parameters.json
damaged "a name twice" 1 'parameters.json:[0-9]+: name: expected each once' sed -i 's/conv1.bias/conv1.weight/' losp/parameters.json
damaged "a name that is a path" 1 "parameters.json:[0-9]+: name: expected letters" sed -i 's/conv1.bias/..\/..\/x/' losp/parameters.json
damaged "another type" 1 'parameters.json:[0-9]+: type: expected float32' sed -i 's/float32/float64/' losp/parameters.json
damaged "a word for a number" 1 'parameters.json:[0-9]+: expected a whole number' sed -i '0,/: 288/s//: many/' losp/parameters.json
damaged "five dimensions" 1 'shape: expected at most 4' sed -i '0,/^        8/s//        1,\n        8/' losp/parameters.json
formats=csv
damaged "a word in eval.csv" 1 '^simulate: broken/losp/eval.csv:3: test_loss: expected a number' sed -i '3s/,[^,]*\(,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*\)$/,x\1/' losp/eval.csv
damaged "eval.csv without its last row" 1 '^simulate: broken/losp/summary.json:[0-9]+: rounds: expected' sed -i '$d' losp/eval.csv
damaged "eval.csv is cut off" 1 'eval.csv:[0-9]+: expected the end of the line' truncate -s -1 losp/eval.csv
damaged "eval.csv is empty" 1 'eval.csv: expected a header' truncate -s 0 losp/eval.csv
full_disk() { refused 7 'No space left on device|/dev/full' npz pristine -o /dev/full; }
[ ! -c /dev/full ] || check "a folder that cannot be made" full_disk

# ---- a sweep: each complete run of each point ----
must play sweep --algorithm bsp,losp --iterations 16 --sweep experiment.seed=1,2 --sweep algorithm.losp.max_local_steps=4
check "a sweep's metrics" exported csv sweep
check "  are beside each run" same "$(cat out)" "$(printf 'sweep/%s/export/metrics.csv\n' 0001-seed=1/bsp 0002-seed=1,losp.max_local_steps=4/losp \
    0003-seed=2/bsp 0004-seed=2,losp.max_local_steps=4/losp)"
check "  the run is the point and the algorithm" same "$(sed 1d sweep/0003*/bsp/export/metrics.csv | cut -d, -f1 | sort -u)" 0003-seed=2/bsp
check "a sweep's models, elsewhere" exported npz sweep -o models
check "  in a folder for each point" npz sweep/0003*/bsp models/0003*/bsp/parameters.npz
check "a sweep over what is there" refused 2 'metrics.csv exists: nothing is overwritten' csv sweep
partly() { # one run that is not complete, and no summary of the sweep
    rm -rf partly && cp -r sweep partly && rm -r partly/*/*/export partly/0003*/bsp/summary.json partly/sweep_summary.csv
    "$simulate" --export csv partly >out 2>err && [ "$(wc -l <out)" -eq 3 ] && grep -q 'partly: 1 run without an end is left out$' err && grep -q 'the sweep is not complete' err
}
check "what is not complete is left out, and said" partly
nothing_yet() { rm -rf partly && mkdir partly && cp sweep/*.ini partly && refused 2 'expected a sweep with a complete run, got none' csv partly; }
check "a sweep without any" nothing_yet

# ---- PyTorch ----
if "$python" -c 'import numpy, torch' 2>/dev/null; then
    check "PyTorch takes every name, BatchNorm's too" "$python" "$root/tests/oracle/check_export.py" bn
    fashion=/usr/share/datasets
    if [ -d $fashion/fashion-mnist ]; then
        must play cnn --algorithm losp --iterations 24 --data $fashion --set data.set=fashion_mnist --set model.name=cnn --set data.test_samples=200
        must exported npz cnn
        check "PyTorch's outputs are ours" "$python" "$root/tests/oracle/check_export.py" --data $fashion cnn
    fi
else
    echo "the same outputs in PyTorch: not tested"
fi
finish
