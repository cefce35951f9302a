#!/usr/bin/env bash
# A comparison: its stages are ordinary sweeps, it goes on after any interruption, and its verdict follows from its files.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset SIMULATE_DATA

cat >x.ini <<'EOI'
[experiment]
algorithms = bsp, losp
iterations = 40
target_accuracy = 0.2

[data]
train_samples = 300
test_samples = 100
validation = 0.2

[train]
batch = 8

[cluster]
workers = 2

[compute]
model = fixed
seconds = 1ms

[output]
eval_every = 10
report = no

[compare]
seeds = 3

[tune]
algorithm.*.learning_rate = 0.05, 0.1
EOI

must "$simulate" x.ini -o whole >whole.out 2>whole.err
verdict() { diff <(cat "$1/verdict.json" "$1/verdict.csv" "$1/tune.csv") <(cat whole/verdict.json whole/verdict.csv whole/tune.csv); }

# ---- stages are sweeps ----

check "the tuning has seeds of its own" grep -qE '^experiment.seed = 1000001(\.\.1000001)?$' whole/tune.ini
check "the final runs begin with the run's seed" grep -qx 'experiment.seed = 1..3' whole/final.ini
check "  and have the values that the tuning chose" same "$(grep -oE '^algorithm.*learning_rate = .*' whole/final.ini)" \
    "$(awk -F, 'NR > 1 {sub(/^.*"[^"]*",/, ""); print}' whole/tune.csv >chosen; awk -F'"?,"?' 'NR > 1 {print $3 " = " $6}' whole/tune.csv)"
check "their inis make no comparison" sh -c '! grep -qE "^\[(compare|tune)\]" whole/*/*.ini whole/final.ini whole/tune.ini'
must "$simulate" whole/final.ini -q -o hand >/dev/null
same_sweep() { # as same_run
    local file
    diff -rq -x run.json -x summary.json "$1" "$2" || return 1
    for file in "$1"/*/*/summary.json; do
        diff <(grep -v wall_seconds "$file") <(grep -v wall_seconds "$2/${file#"$1"/}") || return 1
    done
}
check "  and anyone may run them" same_sweep hand whole/final
check "the terminal has all sentences of verdict.csv" \
    same "$(grep -E '^losp (reaches|needs|has|and)' whole.out)" "$(/usr/bin/python3 -c 'import csv; [print(r["words"]) for r in csv.DictReader(open("whole/verdict.csv"))]')"
check "the last line is the folder" same "$(tail -1 whole.out)" whole

# ---- interruptions ----

broken() { # SIGNAL FOLDER FILE: breaks off a comparison as soon as FILE is there
    local pid
    "$simulate" x.ini -q --jobs 1 -o "$2" >/dev/null 2>&1 &
    pid=$!
    until compgen -G "$2/$3" >/dev/null || ! kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
    kill "$1" "$pid"
    wait "$pid" 2>/dev/null
    [ ! -e "$2/verdict.json" ]
}
resumed() {
    if "$simulate" --resume "$1" -q >resumed.out 2>&1; then
        verdict "$1" && same_sweep "$1/final" whole/final
    else
        cat resumed.out
        false
    fi
}
check "Ctrl-C while it tunes" broken -INT early 'tune/0002*'
check "  --resume goes on" resumed early
check "kill -9 in the final runs" broken -KILL late 'final/0002*'
check "  --resume goes on" resumed late
check "a comparison that is complete says the same again" resumed late

share() { "$simulate" x.ini -q -o jobs --index "$1" --of 2 >"job$1" 2>&1; }
must share 1
check "a job says what is missing" grep -q '^tuning: job 1 of 2 is done, 2 points are missing; when all jobs are done: ' job1
must share 2
must share 2
check "the next call goes on with the final runs" grep -q '^final runs: job 2 of 2 is done, 2 points are missing; when all jobs are done: simulate --resume jobs$' job2
must share 1
check "the last one says so" grep -q '^final runs: the points of all jobs are done: simulate --resume jobs$' job1
check "--resume makes the verdict" resumed jobs

# ---- sentences: the files of the final runs say something else ----

put() { # FOLDER COLUMN BSP... -- LOSP...: values, one for each seed
    local folder=$1 column=$2 seed=0 algorithm=bsp value
    shift 2
    for value; do
        [ "$value" = -- ] && { algorithm=losp seed=0; continue; }
        seed=$((seed + 1))
        awk -F, -v OFS=, -v column="$column" -v algorithm=$algorithm -v value="$value" \
            'NR == 1 {for (i = 1; i <= NF; i++) if ($i == column) c = i} $1 == algorithm {$c = value} 1' \
            "$folder"/final/000$seed-*/comparison.csv >row.csv && cp row.csv "$(echo "$folder"/final/000$seed-*/comparison.csv)"
    done
}
fresh() { rm -rf edited && cp -r whole edited; }
says() { # MEASURE SENTENCE
    "$simulate" --resume edited "${@:3}" -q >edited.out 2>&1 || { cat edited.out; return 1; }
    awk -F, -v measure="$1" '$1 == measure {sub(/.*,"/, ""); sub(/"$/, ""); print; exit}' edited/verdict.csv | tee said | grep -qxF "$2" || { cat said; false; }
}
fresh
put edited target_s 1 1.01 1.02 -- 0.5 0.51 0.5
put edited before_target_s 0.99 1 1.01 -- 0.49 0.5 0.49
check "apart in time" says time "losp reaches 20 % (validation) in 0.50 [0.47, 0.53] of bsp's time (3 seeds, each at its best of 2 trials)"
put edited target_s NaN 1.01 1.02 -- 0.5 0.51 0.5
put edited virtual_s 1 2 2 -- 2 2 2
check "  at most" says time "losp reaches 20 % (validation) in at most 0.50 [.., 0.53] of bsp's time (3 seeds, each at its best of 2 trials), as bsp's end stands in for its time with 1 of 3 seeds"
put edited virtual_s 0.4 2 2 -- 2 2 2
check "  undetermined: it ended before the other one was there" says time \
    "losp and bsp: undetermined in the time to 20 % (validation) (3 seeds), as with some seeds neither reached it, or one ended before the other reached it: experiment.virtual_time, long enough for one of them, would settle it"
put edited target_s NaN 1.01 1.02 -- 0.5 NaN 0.5
put edited virtual_s 2 2 2 -- 2 2 2
check "  undetermined: ends on both sides" says time \
    "losp and bsp: undetermined in the time to 20 % (validation) (3 seeds), as with some seeds one never reached it, with others the other one: a longer experiment.virtual_time would settle it"
fresh
put edited target_s 1 1 1 -- 0.9 0.9 0.91
put edited before_target_s 0.85 0.85 0.85 -- 0.8 0.8 0.81
check "the spacing of evaluations is in the interval" says time \
    "losp and bsp are not told apart in the time to 20 % (validation): 0.90 [0.74, 1.10] of bsp's (3 seeds, each at its best of 2 trials); between evaluations accuracy is not known, and the factor can be anywhere from 0.80 to 1.06: more seeds would not settle it, but a smaller output.eval_every"
put edited target_s 0 0 0 -- 0 0 0
put edited before_target_s 0 0 0 -- 0 0 0
check "  undetermined: the initial model is good enough" says time \
    "losp and bsp: undetermined in the time to 20 % (validation) (3 seeds), as with some seeds the initial model has reached it: a higher experiment.target_accuracy would settle it"
fresh
put edited test_accuracy 0.5 0.6 0.7 -- 0.6 0.69 0.81
check "apart in accuracy" says accuracy "losp has 10.00 [6.42, 13.58] points more test accuracy after 40 iterations than bsp (3 seeds, each at its best of 2 trials)"
put edited test_accuracy 0.6 0.69 0.81 -- 0.5 0.6 0.7
check "  the other way round" says accuracy "losp has 10.00 [6.42, 13.58] points less test accuracy after 40 iterations than bsp (3 seeds, each at its best of 2 trials)"
fresh
put edited test_accuracy 0.5 0.6 0.7 -- 0.51 0.59 0.7
check "not told apart" says accuracy "losp and bsp are not told apart in test accuracy after 40 iterations: 0.00 [-3.58, 3.58] points (3 seeds, each at its best of 2 trials); about 9 seeds would settle it to 1 point"
put edited test_accuracy 0.5 0.6 NaN -- 0.51 0.59 0.7
check "no accuracy" says accuracy "losp and bsp: undetermined in test accuracy after 40 iterations (3 seeds), as there is nothing to compare"

# ---- commands ----

check "--check counts all runs" sh -c '"$1" --check x.ini 2>&1 | grep -q "^---- in all: 10 runs"' _ "$simulate"
check "--check makes no folder" sh -c '[ ! -e results ]'
check "--verify" sh -c '"$1" --verify whole | tail -1 | grep -qx "whole: verified: 2 claims follow from the final runs"' _ "$simulate"
damaged() { # NAME SCRIPT
    rm -rf bad && cp -r whole bad && sed -i "$2" "bad/$1" && ! cmp -s "bad/$1" "whole/$1" && ! "$simulate" --verify bad >out 2>/dev/null && grep -q "^bad/$1:[0-9]*: damaged: expected " out
}
check "  finds a claim that does not follow" damaged verdict.json 's/"seeds_needed": /&1/'
check "  a sentence" damaged verdict.json 's/its best of 2 trials/its best of 300 trials/'
check "  a rule" damaged verdict.json 's/so each interval is/so no interval is/'
check "  a row of verdict.csv" damaged verdict.csv '2s/,losp,bsp,/,bsp,losp,/'
check "  a chosen value" damaged tune.csv '2s/,grid,2,/,grid,3,/'
no_table() { rm -rf bad && cp -r whole bad && rm "bad/$1" && ! "$simulate" --verify bad >out 2>/dev/null && grep -q "^bad/$1: damaged: expected the file, got none" out; }
check "  and a table that is missing" no_table tune.csv
values() {
    rm -rf bad && cp -r whole bad && sed -i '/^algorithm.losp.learning_rate/s/= .*/= 0.07/' bad/final/resolved.ini &&
        ! "$simulate" --verify bad >out 2>/dev/null && grep -q '^bad: damaged: expected the final runs to have the seeds and values' out
}
check "  and values that the tuning has not chosen" values
# lacking WORDS PATTERN: without this part of the folder each command says so in one line, and --resume makes them again.
one_line() { ! "$simulate" "$@" >out 2>err && [ "$(wc -l <err)" -eq 1 ] && grep -qF "expected a complete comparison, but $words" err; }
lacking() {
    local words=$1
    rm -rf bad && cp -r whole bad
    # shellcheck disable=SC2086 # a pattern
    (cd bad && rm -rf $2)
    ! "$simulate" --verify bad >out 2>&1 && tail -1 out | grep -qF "bad: damaged: expected no verdict.json, as $words; simulate --resume bad makes it" || { cat out; return 1; }
    one_line --report bad && one_line --table csv bad && rm -f bad/verdict.json || { cat err; return 1; }
    "$simulate" --verify bad >out 2>&1
    tail -1 out | grep -qx "bad: incomplete: $words" && resumed bad
}
check "  and a tuning that is missing" lacking 'tune/ is not there' tune
check "  and a part of it" lacking '1 point of the tuning is not over' 'tune/0001-*'
check "  and final runs that are missing" lacking 'final/ is not there' final
check "  and a part of them" lacking '1 point of the final runs is not over' 'final/0002-*'
no_final() { rm -rf bad && cp -r whole bad && rm -rf bad/final && ! "$simulate" --export csv bad >out 2>err && [ "$(wc -l <err)" -eq 1 ] && grep -q 'expected a comparison with final runs' err; }
check "  and --export says so" no_final
check "--export takes the final runs" same "$("$simulate" --export csv whole | grep -cE '^whole/final/.*/(bsp|losp)/export/metrics.csv$')" 6
events() { "$simulate" --resume whole --json 2>/dev/null | sed -nE 's/^\{"event": "([a-z]+)".*/\1/p' | uniq -c | awk '{printf "%s%s ", $2, $1}'; }
check "--json: a line for each claim" same "$(events)" "stage1 result2 claim2 end1 "
again() { ! "$simulate" x.ini -o whole 2>err && grep -q 'whole exists' err; }
check "nothing is overwritten" again
judged() { "$simulate" --report whole -o page.html --set compare.measures=accuracy --set output.report=no 2>err; [ $? -eq 2 ] && grep -q 'expected no --set' err; }
check "--report takes no other settings" judged
judged_again() { "$simulate" --report whole -o page.html --set compare.measures=accuracy >/dev/null && grep -q 'level' page.html && ! grep -q "bsp.s time" page.html; }
check "  but judges again" judged_again
asked_after() { "$simulate" --report whole -o late.html --set compare.reference=losp >/dev/null 2>err && grep -q 'asked after the results were known' late.html && grep -q 'asked after the results were known' err; }
check "  and says that it was asked after the results were known" asked_after
not_after() { "$simulate" --report whole -o same.html --set compare.time_resolution=0.1 >/dev/null 2>err && ! grep -q 'asked after' same.html err; }
check "  where that matters" not_after
of_a_sweep() { "$simulate" --report whole/final --set compare.pairs=all 2>err; [ $? -eq 2 ] && grep -q 'compare.pairs: expected the folder of a comparison, got whole/final' err; }
check "  a comparison, not a sweep" of_a_sweep
as_option() { "$simulate" --print-config --compare "$smoke" | grep -qx '\[compare\]' && ! "$simulate" --print-config "$smoke" | grep -qx '\[compare\]'; }
check "--compare makes a comparison of any ini" as_option

# ---- refusals ----

refused() { # MESSAGE ARGUMENT...
    local message=$1
    shift
    "$simulate" x.ini -o no "$@" >out 2>err
    if [ $? -ne 2 ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -qE "^simulate: $message" err || [ -e no ]; then
        cat err
        return 1
    fi
}
check "one algorithm" refused '--algorithm: experiment.algorithms: expected two or more to compare, got bsp$' --algorithm bsp
check "one seed" refused '--set: compare.seeds: expected a whole number from 2 to 1000, got ' --set compare.seeds=1
check "a reference that does not run" refused "--set: compare.reference: expected one of bsp, losp, got 'lospp'; did you mean losp\?$" --set compare.reference=lospp
check "a measure that there is not" refused "--set: compare.measures: expected time, accuracy or both, got 'times'; did you mean time\?$" --set compare.measures=times
check "  twice" refused "--set: compare.measures: expected each measure once, got time twice$" --set compare.measures=time,time
check "  time without a target" refused '--set: compare.measures: time is that to a target accuracy: expected experiment.target_accuracy' \
    --set compare.measures=time --set experiment.target_accuracy=
check "a margin of what is not compared" refused '--set: compare.time_margin: has no effect: time is not compared' \
    --set compare.measures=accuracy --set compare.time_margin=0.1
check "no training" refused '--no-train: experiment.train: expected yes: without training there is no accuracy to compare$' --no-train
check "swept seeds" refused '--sweep: experiment.seed: expected no row in a comparison' --sweep experiment.seed=1..3
check "swept values of one algorithm" refused '--sweep: algorithm.losp.learning_rate: expected the row in \[tune\]' --sweep algorithm.losp.learning_rate=0.1,0.2
check "seeds of the tuning" refused '.*1000001' --seed 1000000
check "--retime" refused '--retime: expected no \[compare\] and no --compare' --retime whole/final/0001-seed=1
finish
