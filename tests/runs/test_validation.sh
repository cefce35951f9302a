#!/usr/bin/env bash
# data.validation in whole runs: what is measured on it and what is judged by it, in every file and command; and what is refused.
# tests/unit/test_validation.c has the split itself, tests/oracle/check_algorithms.py the numbers.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

small=(--algorithm "bsp,losp" --iterations 160 --set output.eval_every=20 --set data.train_samples=500 --set data.test_samples=100
    --set data.validation=0.2 --set experiment.target_accuracy=0.19 --set train.learning_rate=0.2 --set output.at=20ms)
run() { play "$1" "${small[@]}" "${@:2}"; }
cells() { awk -F, -v name="$2" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) c = i; next} {print $c}' "$1"; }
must run it

# judged FOLDER SPLIT: what the files of each algorithm say of its target, its best evaluation and its milestone, from eval.csv.
cat >judged.py <<'END'
import csv, json, math, sys
folder, split = sys.argv[1:]
for row in csv.DictReader(open(folder + "/comparison.csv")):
    name = row["algorithm"]
    evals = list(csv.DictReader(open(f"{folder}/{name}/eval.csv")))
    summary = json.load(open(f"{folder}/{name}/summary.json"))
    accuracy = [float(e[split + "_accuracy"]) for e in evals]
    ns = [round(float(e["virtual_s"]) * 1e9) for e in evals]
    at = next((i for i, a in enumerate(accuracy) if a >= 0.19), None)
    assert at is not None and summary["target_ns"] == ns[at] and summary["before_target_ns"] == (ns[at - 1] if at else 0), name
    assert float(row["target_s"]) * 1e9 == ns[at] and round(float(row["before_target_s"]) * 1e9) == ns[max(at - 1, 0)], name
    best = accuracy.index(max(accuracy))
    assert math.isclose(summary["best_accuracy"], float(evals[best]["test_accuracy"]), rel_tol=1e-8), name
    assert summary["judged_on"] == row["judged_on"] == split, name
    by = max(i for i, t in enumerate(ns) if t <= 20e6)
    for column, key in (("accuracy_at_20ms", "test_accuracy"), ("validation_at_20ms", "validation_accuracy")):
        said, want = summary[column], float(evals[by][key])
        assert said is None and math.isnan(want) and row[column] == "NaN" or math.isclose(said, want, rel_tol=1e-8), (name, column)
    for key in ("validation_accuracy", "validation_loss"):
        said, want = summary[key], float(evals[-1][key])
        assert said is None and math.isnan(want) or math.isclose(said, want, rel_tol=1e-8), (name, key)
END
check "the files say what is judged on validation data" python3 judged.py it validation
check "  accuracies of 100 samples" same "$(cells it/bsp/eval.csv validation_accuracy | grep -cxE '0\.[0-9]{1,2}|0|1')" 9
must run plain --set data.validation=0
check "without: on test data" python3 judged.py plain test
check "  and no number of validation" same "$(cells plain/bsp/eval.csv validation_loss | sort -u)" NaN
check "  the first model has the same test accuracy" same "$(sed -n '2p' it/bsp/eval.csv | cut -d, -f5,6)" "$(sed -n '2p' plain/bsp/eval.csv | cut -d, -f5,6)"
check "the table has them" grep -qE '^algorithm +accuracy +validation ' it.out
check "  and says by which data the target is reached" grep -q '  to 19 % (validation)  ' it.out
check "  of test data it says nothing" sh -c '! grep -q validation plain.out'
split() { # of all partitions the shares have 400 samples, as many of each label
    play "$1" --no-train --algorithm bsp --iterations 16 --set data.train_samples=500 --set data.validation=0.2 --set data.partition="$1" "${@:2}" &&
        awk -F, 'NR > 1 {for (i = 3; i <= NF; i++) {n += $i; of[i] += $i}} END {for (i in of) if (of[i] != 40) exit 1; exit n != 400}' "$1/partition.csv"
}
for partition in iid dirichlet shards label; do check "no share of $partition has more than what is left" split $partition; done
check "  nor have clients" split iid --set cluster.clients=60 -o clients
epochs() { play epochs --no-train --algorithm bsp --set experiment.iterations= --set experiment.epochs=3 --set data.train_samples=500 --set data.validation=100 && [ "$(column epochs iterations)" -ge 75 ] && [ "$(column epochs iterations)" -lt 79 ]; }
check "epochs count what is left: 3 of 400 samples in batches of 16" epochs
other_seed() { run seed --algorithm bsp --set data.split_seed=2 && ! cmp -s seed/bsp/eval.csv it/bsp/eval.csv; }
check "another split_seed, other numbers" other_seed
rows=(bsp/eval.csv losp/eval.csv bsp/parameters.bin comparison.csv)
same_rows() { local f; for f in "${rows[@]}"; do cmp "$1/$f" "$2/$f" || return 1; done; }
one_process() { run one --set cluster.processes=1 && same_rows it one; }
check "one process: the same" one_process

# ---- what ends, checks, repeats and takes a run ----

stops() {
    run stops --set experiment.stop=target && "$simulate" --verify stops >/dev/null || return 1
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "validation_accuracy") c = i} NR > 1 && reached {print; exit} {print} NR > 1 && $c >= 0.19 {reached = 1}' \
        it/bsp/eval.csv >wanted
    [ "$(wc -l <wanted)" -lt "$(wc -l <it/bsp/eval.csv)" ] && cmp wanted stops/bsp/eval.csv
}
check "stop = target: one evaluation behind the target" stops
check "--verify" same "$("$simulate" --verify it | grep -c ': verified: ')" 2
found() { # FILE PATTERN COMMAND...: what a change of it/FILE leads to
    rm -rf bad && cp -r it bad && "${@:3}" "bad/$1" && ! "$simulate" --verify bad >out 2>err && grep -q -- "$2" out err || { cat out err; return 1; }
}
check "  finds another accuracy" found bsp/eval.csv 'validation_accuracy' sed -i '$s/,[^,]*,\([^,]*\)$/,0.99,\1/'
check "  a loss that is not there" found bsp/eval.csv 'validation_loss: expected a number, got NaN' sed -i '3s/,[^,]*$/,NaN/'
check "  another word" found bsp/summary.json 'judged_on: expected "validation"' sed -i 's/"judged_on": "validation"/"judged_on": "test"/'
check "  another moment of the target" found bsp/summary.json 'target_ns: expected' sed -i 's/"target_ns": [0-9]*/"target_ns": 5/'
check "  and of the evaluation before" found bsp/summary.json 'before_target_ns: expected' sed -i 's/"before_target_ns": [0-9]*/"before_target_ns": 5/'
check "  another accuracy at a milestone" found bsp/summary.json 'validation_at_20ms: expected' sed -i 's/"validation_at_20ms": [^,]*$/"validation_at_20ms": 0.9/'
check "  another one in comparison.csv" found comparison.csv 'validation_accuracy: expected' sed -i '2s/,[^,]*,\([^,]*,validation,\)/,0.99,\1/'
no_part() { rm -rf bad && cp -r plain bad && sed -i 's/^validation = 0/validation = 0.2/' bad/resolved.ini && ! "$simulate" --verify bad >out 2>&1 && grep -q 'validation_accuracy: expected 0 to 1, got' out; }
check "  a run that should have some" no_part
killed() {
    "$simulate" "$smoke" -q -o broken "${small[@]}" --iterations 4000 --set output.checkpoint_every=40 >out 2>err &
    until [ -s broken/losp/checkpoint ]; do sleep 0.02; kill -0 $! 2>/dev/null || return 1; done
    kill -KILL $!
    wait $! 2>/dev/null
    "$simulate" -q --resume broken >out 2>err && run whole --iterations 4000 --set output.checkpoint_every=40 && same_run broken whole || { cat err; return 1; }
}
check "killed and resumed: the same run" killed
retimed() { # another network and another target: the same as trained
    "$simulate" -q -o retimed --retime it --set network.bandwidth=10Mbit/s --set experiment.target_accuracy=0.15 --algorithm bsp >out 2>err || { cat err; return 1; }
    run trained --set network.bandwidth=10Mbit/s --set experiment.target_accuracy=0.15 --algorithm bsp && cmp retimed/bsp/eval.csv trained/bsp/eval.csv &&
        cmp retimed/comparison.csv trained/comparison.csv && "$simulate" --verify retimed >/dev/null
}
check "--retime" retimed
kept() { "$simulate" -q -o never --retime it --set "$1" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "${1%=*}: expected .* as in it, got" err; }
check "  not with another part" kept data.validation=0.3
check "  nor with another seed of it" kept data.split_seed=4
tags() { rm -rf "$1"/*/export && "$simulate" --export csv "$1" >/dev/null && cut -d, -f2 "$1/bsp/export/metrics.csv" | sort -u | grep -c '^validation/'; }
check "--export csv has them" same "$(tags it)" 2
check "  without there are none" same "$(tags plain)" 0
streamed() { "$simulate" "$smoke" --json "${small[@]}" --algorithm bsp -o streamed 2>/dev/null | grep '"event": "evaluation"' | grep -c '"validation_accuracy": 0.*"validation_loss": [0-9]'; }
check "--json has them" same "$(streamed)" 9
untrained() {
    run timed --no-train --algorithm bsp && same "$(cells timed/bsp/eval.csv virtual_s | xargs)" "$(cells it/bsp/eval.csv virtual_s | xargs)" &&
        same "$(cells timed/bsp/eval.csv validation_accuracy | sort -u)" NaN && "$simulate" --verify timed >/dev/null
}
check "--no-train: the same times" untrained
foretold() { "$simulate" "$smoke" --check "${small[@]}" >out 2>err && grep -qx 'validation data: 100 samples, beside 400 to train on' out; }
check "--check says how many" foretold
lines() { "$simulate" "$smoke" "${small[@]}" --algorithm bsp -o lines 2>&1 >/dev/null | grep -cE '^bsp +epoch .* accuracy +[0-9.]+ %  validation +[0-9.]+ %  loss'; }
check "each evaluation is announced with both" same "$(lines)" 9

# ---- what is refused ----

refused() { # LINE ARGUMENT...
    "$simulate" part.ini -q -o never "${@:2}" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -e never ] && grep -qF -- "$1" err || { cat err; return 1; }
}
part() { # VALIDATION [LINE]...: an ini
    { echo '[experiment]'; echo 'algorithms = bsp'; echo 'iterations = 16'; echo '[data]'; echo "validation = $1"; printf '%s\n' "${@:2}"; } >part.ini
}
part 0.0001 'train_samples = 100'
check "a part without a sample" refused 'simulate: part.ini:5: data.validation: expected at least one sample, got 0.0001 of 100 training samples'
part 100 'train_samples = 100'
check "all samples" refused 'simulate: part.ini:5: data.validation: expected fewer than the 100 training samples, got 100'
part 12.5
check "half a sample" refused 'simulate: part.ini:5: data.validation: expected a fraction below 1 or a number of samples, such as 0.1 or 5000, got 12.5'
part -0.1
check "less than nothing" refused "simulate: part.ini:5: data.validation: expected"
part 0.05 'train_samples = 100'
check "a label without one" refused 'simulate: part.ini:5: data.validation: expected 10 samples or more, so that each label has one (label 0 has 10 of 100), got 5'
part 95 'train_samples = 100'
check "a label without one to train" refused 'simulate: part.ini:5: data.validation: expected 90 samples or fewer, so that each label is left one to train (label 0 has 10 of 100), got 95'
part 0.1 'train_samples = 10'
check "a label with one sample alone" refused 'simulate: part.ini:5: data.validation: expected two training samples or more of each label, one to train and one to validate, got 1 of label 0'
part 90 'train_samples = 100'
check "a worker without one" refused 'simulate: part.ini:5: data.validation: expected a part that leaves at least one sample for each of 12 workers, got 90 of 100 samples, which leaves 10' \
    --set cluster.workers=12
check "a client without one" refused 'for each of 30 clients, got' --set cluster.clients=30
part 0 'split_seed = 3'
said() { "$simulate" part.ini --check 2>&1 >/dev/null | grep -qx 'simulate: warning: part.ini:6: data.split_seed has no effect: data.validation is 0'; }
check "a seed of nothing is said" said
finish
