#!/usr/bin/env bash
# --retime and sweep.retime: new times and bytes for what has been trained. make check-retime has all algorithms.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
few() { "$root/tests/retime/check.sh" few >out 2>&1 || { cat out; return 1; }; }
check "retimed folders are those of runs, byte by byte" few

small=(--iterations 60 --set output.eval_every=20 --set data.train_samples=400 --set data.test_samples=100)
slow=(--set network.bandwidth=10Mbit/s)
must play base "${small[@]}" --algorithm bsp,osp,local_sgd
retime() { "$simulate" -q -o "$1" --retime "${@:2}" >out 2>err || { cat err; return 1; }; }
same_files() { # A B FILE...
    local file
    for file in "${@:3}"; do cmp "$1/$file" "$2/$file" || return 1; done
}
rows=(bsp/workers.csv bsp/eval.csv local_sgd/workers.csv local_sgd/eval.csv)

# ---- what a user reads ----

said() {
    retime said base --algorithm bsp,local_sgd "${slow[@]}" && grep -q "^  \"retimed_from\": \"$(realpath base)\",$" said/run.json &&
        grep -q '^  "retimed": "bsp,local_sgd",$' said/run.json && grep -qE '^  "retimed_hash": "[0-9a-f]{16}",$' said/run.json
}
check "run.json says from where, and of which algorithms" said
back() { retime back said --set network.bandwidth=1Gbit/s && same_files base back "${rows[@]}"; }
check "a retimed run is retimed like any other" back
beside() {
    sed 's/^bandwidth = .*/bandwidth = 10Mbit\/s/' "$smoke" >other.ini
    retime beside base other.ini "${small[@]}" --algorithm bsp,local_sgd --set experiment.name=smoke && same_files said beside "${rows[@]}" &&
        cmp beside/given.ini other.ini && cmp said/given.ini base/given.ini
}
check "an ini beside it: keys are those of the file" beside
preset() {
    retime preset base --algorithm bsp --set network.preset=ethernet_10gbit && [ ! -s err ] && grep -q '^preset = ethernet_10gbit$' preset/resolved.ini &&
        ! grep -q '^bandwidth = 1Gbit/s$' preset/resolved.ini
}
check "a preset wins over the network of the run" preset
forecast() {
    "$simulate" --retime base --check --algorithm bsp "${slow[@]}" >out 2>err && grep -q '^bsp ' out && [ ! -s err ] &&
        "$simulate" --retime base --explain --algorithm bsp "${slow[@]}" >out && "$simulate" --retime base --print-config "${slow[@]}" | grep -q '^bandwidth = 10Mbit/s ; from --set'
}
check "--check says whether it can be retimed, --explain what formulas say" forecast
linked() { [ base/bsp/parameters.bin -ef said/bsp/parameters.bin ] && [ base/bsp/parameters.json -ef said/bsp/parameters.json ]; }
check "the final models are the same files" linked
others() {
    "$simulate" --verify said >out && "$simulate" --export csv said -o exported >out && "$simulate" --report said >out 2>&1 &&
        grep -q 'did not train: has the numbers of' said/report.html
}
check "--verify, --export and --report take it" others
json() { "$simulate" --json -o json --retime base --algorithm bsp "${slow[@]}" >out 2>&1 && [ "$(grep -c '"event": "evaluation".*"test_accuracy": 0' out)" -eq 4 ]; }
check "--json has the evaluations" json

# ---- broken off ----

# What --resume finds after a kill in the middle: an algorithm without summary.json, in parts.
resumed() {
    retime whole base --algorithm bsp,local_sgd "${slow[@]}" && cp -r whole broken && rm broken/local_sgd/summary.json broken/comparison.csv broken/time.csv &&
        head -c 300 whole/local_sgd/workers.csv >broken/local_sgd/workers.csv &&
        sed -i -e 's/"status": "done"/"status": "running"/' broken/run.json && "$simulate" --resume broken -q >out 2>err && [ ! -s err ] && same_run whole broken &&
        grep -q '"retimed": "bsp,local_sgd"' broken/run.json && "$simulate" --resume broken -q >out 2>err && grep -q '"retimed": "bsp,local_sgd"' broken/run.json
}
check "--resume retimes what is missing, and trains nothing" resumed
changed() {
    cp -r base moved && retime part moved --algorithm bsp "${slow[@]}" && rm part/bsp/summary.json && sed -i 's/nothing/something/; $a ; changed' moved/resolved.ini
    "$simulate" --resume part -q >out 2>err
    [ $? -eq 3 ] && grep -q 'which have changed since: retime it again$' err && rm -r moved && ! "$simulate" --resume part -q >out 2>err &&
        grep -qE "^simulate: --resume: part has the numbers of .*/moved: No such file or directory$" err
}
check "but not from a run that has changed, or is gone" changed

# ---- refused ----

refused() { # STATUS PATTERN NAME ARGUMENT...: one line, and no folder
    no() {
        "$simulate" -o refused -q "${@:3}" >out 2>err
        if [ $? -ne "$1" ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -qE -- "$2" err || [ -e refused ]; then
            cat err
            return 1
        fi
    }
    check "refused: $3" no "$1" "$2" "${@:4}"
}
refused 2 '^simulate: --retime: osp cannot be retimed: worker 0 has [0-9]+ local iterations? in its push [0-9]+ there, [0-9]+ here; --algorithm bsp,local_sgd retimes the others$' \
    "other local steps" --retime base --set network.bandwidth=1Mbit/s
refused 2 '^simulate: --set: train.learning_rate: expected 0.05 as in base, got 0.1: it decides what is computed, and --retime changes times and bytes alone$' \
    "a learning rate" --retime base --set train.learning_rate=0.1
refused 2 '^simulate: --no-train: experiment.train: expected yes as in base, got no' "nothing to train" --retime base --no-train
refused 2 '^simulate: --seed: experiment.seed: expected 1 as in base, got 2' "a seed" --retime base --seed 2
refused 2 '^simulate: --set: output.eval_every: expected 20 as in base, got 10' "other evaluations" --retime base --set output.eval_every=10
refused 2 '^simulate: --retime: bsp cannot be retimed: its times are measured \(compute.model\)$' "measured times" --retime base --algorithm bsp --set compute.model=measured --set compute.seconds=
refused 2 '^simulate: --set: experiment.virtual_time: expected nothing as in base, got 1s' "a budget" --retime base --set experiment.virtual_time=1s
refused 2 '^simulate: --set: faults.crash_probability: expected 0 as in base' "faults" --retime base --set faults.crash_probability=0.1
refused 2 '^simulate: --retime: asp cannot be retimed: it is not among the algorithms of base$' "an algorithm that is not there" --retime base --algorithm asp
refused 2 '^simulate: --retime: expected the folder of a run or sweep, got .none.' "no folder" --retime none
refused 2 '^simulate: --retime: expected no --resume' "resumed at the same time" --retime base --resume base
refused 2 '^simulate: --retime: expected no \[sweep\] and no --sweep' "a sweep" --retime base --sweep network.latency=1ms,2ms
refused 2 '^simulate: --retime: expected a run, --check, --explain or --print-config' "another command" --retime base --list models
sed 's/^batch = 16$/batch = 8/' "$smoke" >x.ini
refused 2 "^simulate: x.ini:$(grep -n '^batch' x.ini | cut -d: -f1): train.batch: expected 16 as in base, got 8: " "a line of an ini" --retime base x.ini "${small[@]}"
must play budget "${small[@]}" --algorithm bsp --set experiment.bytes=1MiB
refused 2 '^simulate: --retime: bsp cannot be retimed: a budget in time or bytes ends it' "a run with a budget" --retime budget "${slow[@]}"
must play aims "${small[@]}" --algorithm bsp --set experiment.stop=target --set experiment.target_accuracy=0.9
refused 2 '^simulate: --retime: bsp cannot be retimed: its accuracy may end it \(experiment.stop = target\)$' "a run that its accuracy may end" --retime aims "${slow[@]}"
must play faulty "${small[@]}" --algorithm bsp --set faults.loss_probability=0.1
refused 2 '^simulate: --retime: bsp cannot be retimed: crashes and losses come at their times \(\[faults\]\)$' "a run with faults" --retime faulty "${slow[@]}"
must play timed "${small[@]}" --algorithm bsp --no-train
refused 2 '^simulate: --retime: bsp cannot be retimed: nothing is trained \(experiment.train\)$' "a run that has not trained" --retime timed "${slow[@]}"
must play thin "${small[@]}" --algorithm bsp --set output.workers_every=4
refused 2 '^simulate: --set: output.workers_every: expected a multiple of 4 as in thin, got 2: the losses of other rounds are not there$' "rows that are not there" \
    --retime thin --set output.workers_every=2
cp -r base other && sed -i 's/"version": "[^"]*"/"version": "0.1"/' other/run.json
refused 2 '^simulate: other: expected a run of simulate [0-9.a-z-]+, got one of 0.1: run it again$' "a run of another version" --retime other
cp -r base partial && rm partial/osp/summary.json
refused 2 '^simulate: --retime: osp cannot be retimed: it is not complete there: simulate --resume partial; --algorithm bsp,local_sgd retimes the others$' "an algorithm that is not complete" \
    --retime partial
cp -r base damaged && sed -i '5s/,[0-9]*,[0-9]*$/,1,1/' damaged/bsp/workers.csv
refused 3 '^simulate: damaged/bsp/workers.csv: expected (bytes_down|staleness) = [0-9]+ in the next row, got 1: the files are damaged, or another program has made them' "other rows" \
    --retime damaged --algorithm bsp
cp -r base short && sed -i '$d' short/bsp/eval.csv
refused 3 '^simulate: short/bsp/eval.csv: expected more rows: ' "missing rows" --retime short --algorithm bsp
absent() { # FILE: without it --retime refuses, and makes no folder
    rm -rf bare && cp -r base bare && rm "bare/bsp/$1" && refused 2 "^simulate: --retime: bsp cannot be retimed: bare/bsp/$1: No such file or directory\$" "without $1" \
        --retime bare --algorithm bsp "${slow[@]}"
}
absent parameters.bin
absent totals.csv

# ---- sweeps ----

# shellcheck disable=SC2054 # a comma is in the value
grid=(--iterations 48 --set output.eval_every=24 --set data.train_samples=400 --set data.test_samples=100 --set output.report=no --set output.trace=none
    --algorithm bsp,osp --sweep network.bandwidth=1Gbit/s,50Mbit/s,1Mbit/s --sweep experiment.seed=1,2)
sweep() { "$simulate" "$smoke" -o "$1" "${grid[@]}" "${@:2}" >out 2>err; }
same_sweep() { # A B: the same results, and the same files of each point but for the key itself
    local point
    same_files "$1" "$2" sweep.csv sweep_summary.csv || return 1
    for point in "$1"/0*; do
        sed -i '/^retime = /d' "$point/resolved.ini" "$2/${point#*/}/resolved.ini"
        ln -sfn "$point" one && ln -sfn "$2/${point#*/}" another && same_run one another || return 1
    done
}
check "a sweep in which every point trains" sweep no -q --set sweep.retime=no
none() { ! grep -q saved out && ! grep -q retimed no/*/run.json; }
check "  says nothing of saved trainings" none
retimed() { sweep auto -q --jobs 3 && grep -q '^[0-9]* of 12 trainings saved: ' out && grep -q '^  "retimed_from": "../0001-bandwidth=1Gbit_s,seed=1",$' auto/0003*/run.json; }
check "a sweep retimes its points" retimed
cp -r auto first
check "  with the same results and files" same_sweep auto no
foreseen() { "$simulate" "$smoke" --check "${grid[@]}" >out 2>err && grep -q '^[0-9]* of the runs need not train: they have the numbers of others (sweep.retime)$' out; }
check "  as --check says" foreseen
as_json() { rm -rf json && sweep json --json && tail -n 1 out | grep -q '"event": "end".*"retimed": [1-9]'; }
check "  and --json" as_json
killed() { # SIGKILL in the middle, and again
    "$simulate" "$smoke" -o killed "${grid[@]}" -q --jobs 1 >out 2>err &
    local launcher=$!
    until grep -qs '"status": "done"' killed/0001*/run.json; do
        kill -0 "$launcher" || return 1
        sleep 0.02
    done
    kill -KILL "$launcher"
    wait "$launcher" 2>/dev/null
    "$simulate" --resume killed -q >out 2>err && same_files killed no sweep.csv sweep_summary.csv && grep -q '^[0-9]* of 12 trainings saved: ' out
}
check "  after SIGKILL and --resume, too" killed
begun() { # a point that was broken off while it was retimed
    rm -rf begun && cp -r first begun && rm begun/0003*/bsp/summary.json begun/0003*/comparison.csv begun/sweep.csv && sed -i 's/"status": "done"/"status": "running"/' begun/0003*/run.json &&
        "$simulate" --resume begun -q >out 2>err && same_files begun no sweep.csv sweep_summary.csv && grep -q '^  "retimed": "bsp' begun/0003*/run.json
}
check "  and a point that was broken off" begun
bare() { # users remove large models: the points that would have them train
    rm -rf stripped && cp -r first stripped && rm -r stripped/0003* stripped/0001*/bsp/parameters.bin stripped/0001*/osp/workers.csv stripped/sweep.csv &&
        "$simulate" --resume stripped -q >out 2>err && same_files stripped no sweep.csv sweep_summary.csv && [ -s stripped/0003*/bsp/parameters.bin ] &&
        ! grep -q '"retimed": "bsp' stripped/0003*/run.json
}
check "  a point trains where the model is not there" bare
shared() { # jobs of a batch system: points of another job are not waited for
    rm -rf shared
    for job in 2 1; do "$simulate" "$smoke" -o shared "${grid[@]}" -q --index "$job" --of 2 >out 2>err || return 1; done
    "$simulate" --resume shared -q >out 2>err && same_files shared no sweep.csv sweep_summary.csv
}
check "  and with jobs that share it" shared
own() { # an algorithm with other values of its own trains; the others of its point need not
    local how each=(--set sweep.own_values=settings --sweep algorithm.bsp.learning_rate=0.1,0.1,0.2)
    for how in auto no; do sweep "own-$how" -q "${each[@]}" --algorithm bsp,local_sgd --set sweep.retime="$how" || return 1; done
    sweep own-check -q "${each[@]}" --algorithm bsp,local_sgd --check && grep -q '^6 of the runs need not train' out &&
        grep -q '^  "retimed": "bsp,local_sgd",$' own-auto/0003*/run.json && grep -q '^  "retimed": "local_sgd",$' own-auto/0005*/run.json && same_sweep own-auto own-no
}
check "  and where one algorithm of a point has other values" own
diverges() { # a leader that diverges: the others find out for themselves
    for how in auto no; do
        "$simulate" "$smoke" -o "far-$how" "${grid[@]}" -q --set train.learning_rate=1e30 --set sweep.retime="$how" >out 2>err || return 1
    done
    same_files far-auto far-no sweep.csv sweep_summary.csv
}
check "  and where training diverges" diverges
finish
