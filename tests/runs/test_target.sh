#!/usr/bin/env bash
# experiment.stop = target: a run ends one evaluation after the one at the target, and is until then the run without it; however
# many processes it has, whether it is interrupted, whichever process dies. And budgets: interrupted, and refused.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

links=(--set network.bandwidth="1Gbit/s, 1Gbit/s, 2Mbit/s, 100Mbit/s" --set data.test_samples=200)
to() { play "$1" --algorithm "$2" --iterations 600 "${links[@]}" --set output.eval_every="$3" --set experiment.target_accuracy=0.5 "${@:4}"; }

# ends_there ALGORITHM EVERY: the rows of the whole run up to one behind the first at the target.
ends_there() {
    rm -rf whole short
    to whole "$1" "$2" && to short "$1" "$2" --set experiment.stop=target || return 1
    awk -F, 'NR > 1 && reached {print; exit} {print} $5 >= 0.5 && NR > 1 {reached = 1}' "whole/$1/eval.csv" >wanted
    [ "$(wc -l <wanted)" -lt "$(wc -l <"whole/$1/eval.csv")" ] && cmp wanted "short/$1/eval.csv" &&
        same_member {whole,short}/"$1"/summary.json target_ns && "$simulate" --verify short >/dev/null
}
for algorithm in asp k_async; do # pushes of several workers, each an update and an evaluation
    check "$algorithm ends behind its target" ends_there $algorithm 1
done
check "streaming_diloco too" ends_there streaming_diloco 37
check "powersgd too" ends_there powersgd 37

# A drain is evaluated once more, and a restart point too.
drained() { to drained losp 37 --set experiment.stop=target --set algorithm.losp.drain=yes --set experiment.target_accuracy=0.2 && "$simulate" --verify drained >/dev/null; }
check "with a drain" drained
restarted() {
    to restarted bsp 20 --set experiment.stop=target --set experiment.target_accuracy=0.2 --set faults.server_crash_at=40ms,80ms \
        --set faults.server_checkpoint_every=10 --set faults.server_down_time=2ms && "$simulate" --verify restarted >/dev/null
}
check "with outages" restarted
longer() { # A row more is found.
    tail -n 1 whole/powersgd/eval.csv >>short/powersgd/eval.csv && ! "$simulate" --verify short >/dev/null 2>found && grep -q 'the one that reaches the target' found
}
check "--verify finds a row too many" longer

# Each number and word of comparison.csv that tables and verdicts read is that of summary.json.
check "a run with all columns" play columns --algorithm bsp,losp --iterations 240 --set data.validation=0.2 --set output.eval_every=8 \
    --set experiment.target_accuracy=0.15 --set output.at=10ms --set faults.loss_probability=0.05 --set faults.retransmit_timeout=2ms
check "  is verified" "$simulate" --verify columns
cat >falsify.py <<'END'
import csv, os, shutil, subprocess, sys
simulate, missed = sys.argv[1], []
def verify(name):
    run = subprocess.run([simulate, "--verify", "bad"], capture_output=True, text=True)
    if run.returncode != 1 or f": {name}" not in run.stderr or "bad: damaged: comparison.csv" not in run.stdout:
        missed.append(name)
with open("columns/comparison.csv") as file:
    rows = list(csv.reader(file))
for c, name in enumerate(rows[0]):
    if name in ("algorithm", "label", "predicted_s"):
        continue
    for value in "NaN", "0.5", "other":
        before = rows[2][c]
        word = name in ("exchange", "overlap", "variant_of", "judged_on")
        if before == "NaN" and value == "NaN" or word != (value == "other") or not before:
            continue
        changed = "3.500000000" if value == "0.5" and name.endswith("_s") and len(before.partition(".")[2]) == 9 else value
        if changed == "0.5" and before.isdigit():
            changed = str(int(before) + 1)
        shutil.rmtree("bad", ignore_errors=True)
        shutil.copytree("columns", "bad")
        with open("bad/comparison.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows[:2] + [rows[2][:c] + [changed] + rows[2][c + 1:]])
        verify(name)
sys.exit(f"not found: {missed}" if missed else 0)
END
reached() { ! column columns target_s | grep -q NaN; }
check "  and reaches its target" reached
check "  but not with another cell in comparison.csv" python3 falsify.py "$simulate"
cost() { # MEMBER
    rm -rf bad && cp -r columns bad && sed -i "s/\"$1\": /&1/" bad/losp/summary.json && ! "$simulate" --verify bad >/dev/null 2>found &&
        grep -q "losp/summary.json:[0-9]*: $1: expected" found
}
for member in target_iterations target_bytes_up target_bytes_down; do
    check "  nor with another $member" cost $member
done

# near NAME TARGET SAMPLES: eval.csv's nine digits of an accuracy and of the target are the same, the run compares them whole.
near() {
    to "$1" bsp 8 --set experiment.stop=target --set experiment.target_accuracy="$2" --set data.test_samples="$3" --set output.eval_every=8 &&
        "$simulate" --verify "$1" >/dev/null
}
accuracies() { cut -d, -f5 "$1/bsp/eval.csv" | tail -n +2; }
check "an accuracy just above its target" near above 0.3333333333 3
check "  ended the run, and is verified" same "$(accuracies above | tail -n 2 | head -n 1)" 0.333333333
check "one just below" near below 0.166666667 6
check "  did not" test "$(accuracies below | head -n -2 | grep -cx 0.166666667)" -gt 0

foretold() { "$simulate" "$1" "$smoke" --set experiment.stop=target --set experiment.target_accuracy=0.5 | grep -qx 'a run that reaches its target ends sooner (experiment.stop)'; }
check "--check says that it may be shorter" foretold --check
check "--explain too" foretold --explain
no_formula() { same "$(column short predicted_s)" NaN; }
check "  and no run is compared with the formula" no_formula

check "with one process" to one asp 1 --set experiment.stop=target --set cluster.processes=1
check "with two" to two asp 1 --set experiment.stop=target --set cluster.processes=2
same_rows() { local f; for f in eval.csv workers.csv totals.csv parameters.bin; do cmp {one,two}/asp/"$f" || return 1; done; }
check "  the same rows and model" same_rows
# The PS waits for a result that will not come.
evaluator_dies() {
    local process=() status tries=0
    "$simulate" "$smoke" -q --algorithm losp --iterations 200000 --set output.eval_every=50 --set experiment.target_accuracy=1 \
        --set experiment.stop=target -o dies >/dev/null 2>err &
    while [ ${#process[@]} -lt 6 ] && [ $((tries++)) -lt 1000 ]; do
        sleep 0.01
        read -ra process <"/proc/$!/task/$!/children" || true
    done 2>/dev/null
    kill -KILL "${process[1]}" || kill $!
    wait $!
    status=$?
    [ "$status" -eq 5 ] && grep -q 'evaluator (process ended by signal 9' err && nothing_shared
}
check "the evaluator is killed" evaluator_dies
check "with measured time" to measured bsp 37 --set experiment.stop=target --set compute.model=measured

# The base of the sweep is no run of an epoch, which would end before the longer budget.
swept() {
    "$simulate" "$smoke" -q --no-train --algorithm losp --set experiment.iterations= --sweep experiment.virtual_time=50ms,100ms -o swept >/dev/null &&
        [ "$(member swept/0002*/losp/summary.json virtual_ns)" -ge 100000000 ]
}
check "a sweep over budgets has no other bound" swept
small() { play small --no-train --algorithm bsp --set experiment.virtual_time=1us && grep -q 'bsp: the run ends with its first update, which is past the budget: experiment.virtual_time' small.err; }
check "a budget below the first update is said" small
small_check() { "$simulate" --check "$smoke" --set experiment.bytes=1 2>err >/dev/null && grep -q 'experiment.bytes: 12 of 12 runs end with their first update' err; }
check "  by --check too" small_check

# broken_off NAME ARGUMENT...: as the run NAME, but with a signal after the first checkpoint.
broken_off() {
    local status
    "$simulate" "$smoke" -q -o again "${@:2}" >out 2>err &
    until compgen -G 'again/*/checkpoint' >/dev/null || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
    kill -TERM $! 2>/dev/null
    wait $!
    status=$?
    [ "$status" -eq 143 ] || { echo "status $status: nothing was broken off: $(cat err)"; rm -rf again; return 1; }
    "$simulate" -q --resume again >out 2>err && same_run "$1" again
    status=$?
    rm -rf again
    return "$status"
}
long=(--iterations 6000 "${links[@]}" --set output.eval_every=50 --set output.checkpoint_every=200 --set train.warmup=0.2 --set train.schedule=cosine)
# shellcheck disable=SC2034 # all three are used by their names
{
target=(--algorithm losp "${long[@]}" --set experiment.target_accuracy=1 --set experiment.stop=target)
time=(--algorithm local_sgd "${long[@]}" --set experiment.iterations= --set experiment.virtual_time=15s)
bytes=(--algorithm powersgd "${long[@]}" --set experiment.bytes=24MB)
}
for kind in target time bytes; do
    declare -n options=$kind
    must play $kind "${options[@]}"
    check "$kind: broken off and resumed, byte for byte" broken_off $kind "${options[@]}"
    check "  verified" "$simulate" --verify $kind
done
finish
