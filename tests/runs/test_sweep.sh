#!/usr/bin/env bash
# Sweeps: the points of the grid, what is written about them, points side by side, breaking off and going on, shares of several
# jobs, and what is refused. What the files must say is calculated once more, from the sub-folders alone (tests/cli/sweep.py).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cat >base.ini <<'END'
[experiment]
algorithms = bsp, losp, local_sgd
iterations = 48
target_accuracy = 0.15
[data]
train_samples = 300
test_samples = 60
validation = 60
[train]
batch = 8
learning_rate = 0.05
[cluster]
workers = 2
[compute]
model = fixed
seconds = 1ms
[output]
eval_every = 12
trace = none
report = no
END
cat base.ini - >sweep.ini <<'END'
[sweep]
network.bandwidth = 10Mbit/s, 1Gbit/s
experiment.seed = 1..3
algorithm.losp.learning_rate = 0.01, 0.2
END
points=18 # 2 bandwidths x 3 seeds x (bsp and local_sgd together, 2 of losp)
few=(--sweep "experiment.seed=1,2" --sweep network.bandwidth=1Gbit/s) # 6

sweep() { # FOLDER ARGUMENT...
    local folder=$1
    shift
    "$simulate" sweep.ini -o "$folder" "$@" >out 2>err || { cat err; return 1; }
}
equal() { # A B: but for what may differ from run to run
    diff -r -x run.json -x summary.json "$1" "$2" &&
        diff <(cd "$1" && cat ./*/*/summary.json | grep -v wall_seconds) <(cd "$2" && cat ./*/*/summary.json | grep -v wall_seconds)
}
folders() { (cd "$1" && ls -d [0-9]*/ | wc -l); }

# ---- the whole ----

check "a sweep runs" sweep whole --jobs 1
check "  every point is announced" same "$(grep -cE '^[0-9]+ of 18  [0-9]{4}-bandwidth=[^ ]*  done(  .* left)?$' err)" $points
check "  and nothing else" same "$(wc -l <err)" $points
check "  every point has a folder" same "$(folders whole)" $points
check "  readable names" test -d "whole/0018-bandwidth=1Gbit_s,seed=3,losp.learning_rate=0.2"
check "  an algorithm with values of its own is alone there" \
    same "$(cd "whole/0018-bandwidth=1Gbit_s,seed=3,losp.learning_rate=0.2" && echo */)" "losp/"
check "  and the others keep to themselves" same "$(cd "whole/0016-bandwidth=1Gbit_s,seed=3" && echo */)" "bsp/ local_sgd/"
check "  the ini is kept as it was" cmp -s sweep.ini whole/sweep.ini
check "  each point's ini has its values" same \
    "$(grep -cE '^(bandwidth = 1Gbit/s|seed = 3|algorithms = losp|learning_rate = 0.2)$' "whole/0018-bandwidth=1Gbit_s,seed=3,losp.learning_rate=0.2/resolved.ini")" 4
check "  and no sweep" same "$(grep -c '^network.bandwidth' "whole/0016-bandwidth=1Gbit_s,seed=3/resolved.ini")" 0
check "  the table has a line for each bandwidth and algorithm" same "$(grep -cE '^bandwidth=[^ ]+ +(bsp|losp|local_sgd) ' out)" 6
check "  with a deviation" grep -qE '^bandwidth=1Gbit/s +losp +learning_rate=[0-9.]+ .* ± ' out
check "  and says by which rule it chose" grep -qF \
    'losp: of learning_rate = 0.01, 0.2, the value with the highest mean final validation accuracy, at each point' out
check "  bytes up and down are in view" grep -qE '^at .* up +down +idle +seeds$' out
check "  synthetic data are labelled" grep -q 'SYNTHETIC DATA' out
check "  the folder is the last line" same "$(tail -n 1 out)" whole
point_repeats() { "$simulate" -q "$1/resolved.ini" -o repeated >/dev/null 2>&1 && cmp "$1/comparison.csv" repeated/comparison.csv && cmp "$1/losp/eval.csv" repeated/losp/eval.csv; }
check "  a point is the run of its ini" point_repeats "whole/0008-bandwidth=10Mbit_s,seed=3,losp.learning_rate=0.01"
check "--verify accepts all points" same "$("$simulate" --verify whole | grep -c ': verified: ')" 24
check "  and one" "$simulate" --verify whole/0001*
damage() { rm -rf damaged && cp -r whole damaged && sed -i '3s/^[0-9]*/7/' damaged/0012*/*/workers.csv && ! "$simulate" --verify damaged >/dev/null 2>&1; }
check "  and finds damage in one" damage
if command -v gnuplot >/dev/null; then
    check "the plot scripts draw a point" sh -c "'$root/plots/plot.sh' whole/0018* dumb >plot.out 2>&1 && [ -s whole/0018*/plots/accuracy_time.txt ]; s=\$?; rm -rf whole/0018*/plots; exit \$s"
else
    echo "plots of a point: not tested"
fi
check "sweep.csv and sweep_summary.csv are what the points say" python3 "$root/tests/cli/sweep.py" whole accuracy

for rule in loss target; do # chosen again from the same runs
    rm -rf by && cp -r whole by && sed -i "s/^tune = accuracy/tune = $rule/" by/resolved.ini
    check "by $rule" sh -c '"$1" -q --resume by >out 2>err || { cat err; exit 1; }' - "$simulate"
    check "  chosen as it says" python3 "$root/tests/cli/sweep.py" by $rule
done
cat base.ini - >rule.ini <<'END'
[sweep]
algorithm.losp.learning_rate = 0.01, 0.2
tune = loss
END
sed -i 's/^validation = .*/validation = 0/' rule.ini
grep -v '^tune' rule.ini >rows.ini
unchosen() { # once more from the same runs: no value of losp is better than another
    rm -rf by && cp -r whole by && sed -i "s/^tune = accuracy/tune = none/" by/resolved.ini && "$simulate" -q --resume by >out 2>err || { cat err; return 1; }
}
check "by no rule" unchosen
check "  all values are shown" same "$(grep -cE '^bandwidth=[^ ]+ +losp +learning_rate=' out)" 4
check "  and it is said" grep -qx 'losp: of learning_rate = 0.01, 0.2, all are shown (sweep.tune = none)' out
check "  none is the best" same "$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) c[$i] = i; next} $c["algorithm"] == "losp" {n += $c["best"]} END {print n + 0}' by/sweep_summary.csv)" 0
check "  no word of an edge" sh -c '! grep -q EDGE out'
check "  also in the report" sh -c '"$1" --report -o by.html by >/dev/null && grep -q "No best value of an algorithm.s own ones is chosen" by.html && ! grep -q ", chosen" by.html' - "$simulate"
seen() { # of an older program: without validation data, and it has chosen
    rm -rf by && cp -r whole by && for table in by/0*/comparison.csv; do
        awk -F, -v OFS=, 'NR == 1 {for (i = 1; i <= NF; i++) old[i] = $i !~ /^(validation_|judged_on|before_)/}
            {line = $1; for (i = 2; i <= NF; i++) if (old[i]) line = line "," $i; print line}' "$table" >new && mv new "$table"
    done
    "$simulate" -q --resume by >out 2>err && python3 "$root/tests/cli/sweep.py" by accuracy &&
        grep -qF 'the value with the highest mean final test accuracy, at each point' out && grep -q 'CHOSEN BY TEST DATA' out
}
check "a sweep of an older program chose by the test data, and it is said" seen
once_more() { # one more choice by test data
    sed -i 's/^validation = 60/validation = 0/' by/resolved.ini && "$simulate" --report -o never.html by --set sweep.tune=loss >out 2>err
    [ $? -eq 2 ] && grep -q '^simulate: --set: sweep.tune: expected none, as the sweep has no validation data' err && "$simulate" --report -o shown.html by --set sweep.tune=none >/dev/null
}
check "  but does not choose once more" once_more
check "  of this one it is not said" sh -c '"$1" -q --resume whole >out && ! grep -q "BY TEST DATA" out' - "$simulate"
never() { rm -rf by && "$simulate" sweep.ini -q -o by --set experiment.target_accuracy=1 --sweep sweep.tune=x >/dev/null 2>&1; [ $? -eq 2 ]; }
check "a sweep of the rule is refused" never
never() { "$simulate" sweep.ini -q -o by --set experiment.target_accuracy=1 --set sweep.tune=target --sweep experiment.seed=1 --sweep network.bandwidth=1Gbit/s >out 2>&1; }
check "a target that no value reaches" never
check "  none is best" python3 "$root/tests/cli/sweep.py" by target
check "  all are shown" same "$(grep -cE 'losp  *learning_rate=0.(01|2) ' out)" 2
check "  and it is said" same "$(grep 'NO BEST' out)" '*** NO BEST VALUE of losp: none reaches the target accuracy with every seed ***'
check "  also in the report" sh -c '"$1" --report -o unfit.html by >out && grep -q "No best value of losp: none reaches the target accuracy with every seed" unfit.html && ! grep -q ", chosen" unfit.html' - "$simulate"
milestone() { # the value with the best accuracy early on need not be the best at the end
    rm -rf by && sweep by -q "${few[@]}" --set output.at="12ms, 1TiB" --set sweep.tune=at && python3 "$root/tests/cli/sweep.py" by at &&
        grep -qF 'the value with the highest mean validation accuracy at the first value of output.at' out
}
check "by the accuracy at a time" milestone
too_far() { sed -i 's/^at = 12ms, 1TiB/at = 1TiB, 12ms/' by/resolved.ini by/0*/resolved.ini && for c in by/0*/comparison.csv; do
        awk -F, -v OFS=, '{for (i = NF; i > NF - 4; i -= 2) {x = $(i - 1); $(i - 1) = $i; $i = x}} 1' "$c" >table && cp table "$c"
    done; "$simulate" -q --resume by >out 2>err && python3 "$root/tests/cli/sweep.py" by at && same "$(grep 'NO BEST' out)" \
        '*** NO BEST VALUE of losp: none comes as far as the first value of output.at with every seed ***'
}
check "  that no run reaches: none is best" too_far
rm -rf some && cp -r whole some && sed -i 's/^tune = accuracy/tune = target/' some/resolved.ini
for point in some/*learning_rate*; do # reached with every seed, or with one alone
    awk -F, -v OFS=, -v at="$point" 'NR == 1 {for (i = 1; i <= NF; i++) c[$i] = i} NR > 1 {$c["target_s"] = at ~ /1Gbit|seed=1/ ? $c["virtual_s"] : "NaN"} 1' \
        "$point/comparison.csv" >table && cp table "$point/comparison.csv"
done
check "at one of two points no value reaches it" "$simulate" -q --resume some >out 2>err
check "  all are shown there alone" same "$(grep -cE 'losp  *learning_rate=' out)" 3
check "  and it is said" grep -qF '*** NO BEST VALUE of losp at some points, where all are shown: none reaches the target' out
check "  none is best there" python3 "$root/tests/cli/sweep.py" some target

# ---- the best at the edge of the list ----

edges() { # KEY VALUES ACCURACIES: what is said when values of losp's key have these accuracies
    local key=$1 values=$2 accuracy=$3 n=0 point
    rm -rf edge && "$simulate" base.ini -q -o edge --algorithm losp --sweep "$key=$values" >/dev/null 2>err || { cat err; return 1; }
    for point in edge/0*; do
        n=$((n + 1))
        awk -F, -v OFS=, -v x="$(echo "$accuracy" | cut -d' ' -f$n)" 'NR == 1 {for (i = 1; i <= NF; i++) c[$i] = i} NR > 1 {$c["validation_accuracy"] = x} 1' \
            "$point/comparison.csv" >table && cp table "$point/comparison.csv"
    done
    "$simulate" -q --resume edge >out 2>err || { cat err; return 1; }
    said=$(grep 'EDGE' out || true)
}
rate=algorithm.losp.learning_rate
largest() { edges $rate 0.2,0.1,0.01 '0.5 0.3 0.1' && same "$said" \
    "*** BEST AT THE EDGE OF THE LIST: losp.learning_rate = 0.2 is the largest value of the list and the best one: a larger one may be better ***"; }
check "the largest value is the best: larger ones may be better" largest
check "  also in the report" sh -c '"$1" --report -o edge.html edge >/dev/null && grep -q "Best at the edge of the list: losp.learning_rate = 0.2 is the largest value" edge.html' - "$simulate"
smallest() { edges $rate 0.01,0.1,0.2 '0.5 0.3 0.1' && grep -q 'is the smallest value of the list and the best one: a smaller one may be' <<<"$said"; }
check "the smallest, likewise" smallest
inside() { edges $rate 0.01,0.1,0.2 '0.1 0.5 0.2' && [ -z "$said" ]; }
check "one inside the list: nothing is said" inside
equal_inside() { edges $rate 0.01,0.1,0.2 '0.5 0.5 0.1' && [ -z "$said" ]; }
check "one inside is as good: nothing is said" equal_inside
at_the_bound() { edges algorithm.losp.max_local_steps 1,4,8 '0.5 0.3 0.1' && [ -z "$said" ]; }
check "the key takes no smaller one: nothing is said" at_the_bound
words() { edges algorithm.losp.drain no,yes '0.1 0.5' && [ -z "$said" ]; }
check "words have no edge" words

# ---- side by side ----

check "three points side by side" sweep three --jobs 3
check "  the same files" equal whole three
quiet() { "$simulate" sweep.ini -q "${few[@]}" -o quiet >out 2>err && [ ! -s err ]; }
check "-q says nothing on stderr" quiet

# ---- breaking off and going on ----

over() { cat "$1"/*/run.json | grep -c '"status": "done"'; }
rows() { wc -l <"$1/sweep.csv" || echo 0; }
wait_until() { # COUNT FOLDER N: the folder counts more than N - 1
    local tries=0
    while [ "$("$1" "$2" 2>/dev/null)" -lt "$3" ]; do
        [ $((tries++)) -lt 1000 ] || { echo "nothing goes on"; return 1; }
        sleep 0.02
    done
}
no_process_left() { # of a sweep into this folder, within two seconds
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        pgrep -f -- "-o $scratch/$1" >/dev/null || return 0
        sleep 0.2
    done
    pgrep -af -- "-o $scratch/$1"
    return 1
}
start() {
    "$simulate" sweep.ini -o "$scratch/$1" --jobs 2 "${@:2}" >out 2>err &
    launcher=$!
}
killed() {
    start killed
    wait_until rows killed 4 && # a run is over before its row is written
        kill -KILL $launcher
    wait $launcher 2>/dev/null
    no_process_left killed && [ ! -e killed/sweep_summary.csv ]
}
check "a killed sweep leaves no process" killed
orphans() {
    start orphans --set experiment.iterations=1000000
    until ls orphans/0002*/run.json >/dev/null 2>&1; do sleep 0.05; done
    kill -KILL $launcher
    wait $launcher 2>/dev/null
    no_process_left orphans
}
check "  in long runs, too" orphans
reached() { # FOLDER: sweep.csv has the rows of points that are over, as `whole` has them, but for a speed-up over what is missing and the choice
    [ "$(wc -l <"$1/sweep.csv")" -gt 3 ] && [ "$(wc -l <"$1/sweep.csv")" -lt "$(wc -l <whole/sweep.csv)" ] &&
        awk -F, 'FNR == 1 {for (i = 1; i <= NF; i++) at[$i] = i}
            FNR == NR {speed = $at["speedup"]; $at["speedup"] = $at["best"] = ""; all[$0] = speed; next}
            {speed = $at["speedup"]; $at["speedup"] = $at["best"] = ""}
            FNR > 1 && !($0 in all) || speed != all[$0] && speed != "NaN" {print "not in the whole: " $0; exit 1}' whole/sweep.csv "$1/sweep.csv"
}
check "  sweep.csv has the points that are over" reached killed
rows_of_over() { # FOLDER: and no others
    [ "$(awk -F, 'NR > 1 {print $1 + 0}' "$1/sweep.csv" | sort -nu)" = "$(grep -l '"status": "done"' "$1"/*/run.json | sed -E 's|.*/0*([0-9]+)-[^/]*/run.json|\1|')" ]
}
resumed() { "$simulate" --resume "$1" --jobs 2 >out 2>err && equal whole "$1" || { cat err; return 1; }; }
check "  --resume completes it to the same files" resumed killed
check "  and keeps what was there" grep -qE '^[0-9]+ of 18 points were there$' err
interrupted() {
    start interrupted --set experiment.iterations=1000 "${few[@]}"
    wait_until over interrupted 1 && kill -"$1" $launcher
    wait $launcher
    [ $? -eq "$2" ] && no_process_left interrupted && grep -q 'go on with: simulate --resume .*interrupted$' err || { cat err; return 1; }
}
check "Ctrl-C ends a sweep with status 130, and says how to go on" interrupted INT 130
check "  no line asks to resume a point" same "$(grep -c 'go on with' err)" 1
check "  sweep.csv has all that is over, and nothing else" rows_of_over interrupted
check "  a run left its checkpoint" grep -q "[0-9]: .*: checkpoint of .* written to" err
again() { "$simulate" -q --resume interrupted >out 2>err & launcher=$!; wait_until over interrupted 3 && kill -TERM $launcher; wait $launcher; [ $? -eq 143 ] && no_process_left interrupted; }
check "  resumed, SIGTERM ends it with status 143" again
again() { "$simulate" -q --resume interrupted >out 2>err && sweep longer -q --set experiment.iterations=1000 "${few[@]}" && equal longer interrupted; }
check "  resumed once more, its files are those of the one left alone" again
not_begun() { rm -rf half && cp -r whole half && rm -r half/0003*/* && "$simulate" --verify half >out 2>&1 && grep -q '0003-.*: incomplete: not begun$' out; }
check "--verify calls a point incomplete that was not begun" not_begun
half() { # no folder, an empty one, one without run.json, one that was broken off, no results
    rm -rf half && cp -r whole half
    rm -r half/sweep*.csv half/0003* half/0005*/* half/0007*/{comparison.csv,time.csv,run.json,bsp,local_sgd}
    rm -r half/0010*/{comparison.csv,time.csv,local_sgd} half/0010*/bsp/summary.json && sed -i 's/"status": "done"/"status": "running"/' half/0010*/run.json
    "$simulate" --resume half >out 2>err && equal whole half || { cat err; return 1; }
}
check "points in any state are completed" half
check "  and no others are touched" same "$(grep -cE '  done(  .* left)?$' err)" 4
busy() {
    start busy --set experiment.iterations=100000
    until ls busy/0001*/run.json >/dev/null 2>&1; do sleep 0.05; done
    "$simulate" --resume busy >out2 2>err2
    local status=$?
    kill -TERM $launcher
    wait $launcher
    [ $status -eq 2 ] && grep -q 'another program is running in this folder' err2
}
check "a sweep that is still running is not resumed" busy

# ---- several jobs ----

shares() {
    local i pids=()
    for i in 1 2 3; do
        "$simulate" sweep.ini -o shared/all --index $i --of 3 --jobs 1 >out.$i 2>err.$i &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i" || { cat err.*; return 1; }; done
}
check "three jobs share a folder" shares
check "  together they ran each point once" same "$(cat err.* | awk '{print $4}' | sort | uniq -c | awk '$1 == 1' | wc -l)" $points
their_own() { # the point of index n is of job (n - 1) % 3 + 1
    local i
    for i in 1 2 3; do
        awk -v i=$i '{if ((substr($4, 1, 4) - 1) % 3 + 1 != i) exit 1; n++} END {exit n != 6}' err.$i || return 1
    done
}
check "  each its own" their_own
check "  none writes the results" test ! -e shared/all/sweep.csv
check "  each says what does" same "$(grep -c 'simulate --resume shared/all$' out.1 out.2 out.3 | grep -c ':1$')" 3
check "  --resume does" resumed shared/all
nothing_beside() { [ "$(ls -A shared)" = all ]; }
check "  nothing lies beside the folder" nothing_beside
"$simulate" sweep.ini -q -o shared/all --index 2 --of 3 >out 2>err
check "a job that is started again finds its points there" same "$?" 0
other() { "$simulate" sweep.ini -q -o shared/all --index 1 --of 3 --seed 2 >out 2>err; "$simulate" sweep.ini -q -o shared/all --index 1 --of 3 --set train.batch=4 >out 2>err; [ $? -eq 2 ] && grep -q 'expected the folder of this sweep or none, found another one' err && nothing_beside; }
check "a job of another sweep is refused" other

# ---- divergence ----

diverging() {
    "$simulate" base.ini -o diverged --sweep experiment.seed=1,2 --sweep train.learning_rate=0.05,1e30 \
        --sweep algorithm.local_sgd.learning_rate=1e30,0.1 --algorithm bsp,losp,local_sgd >out 2>err || { cat err; return 1; }
}
check "a point that diverges does not end the sweep" diverging
check "  it is announced" same "$(grep -cE '^[0-9]+ of 12  [^ ]*  diverged(  .* left)?$' err)" 6
check "  the others of the point ran" same "$(awk -F, '$5 == "bsp" || $5 == "losp"' diverged/sweep.csv | wc -l)" 8
check "  sweep.csv says which" same "$(awk -F, 'NR > 1 {print $(NF - 1)}' diverged/sweep.csv | sort | uniq -c | xargs)" "8 diverged 8 done"
check "  the table counts them" grep -q '8 DIVERGED' out
check "  what diverged is not chosen" same "$(grep -c 'local_sgd  *learning_rate=0.1 ' out)" 2
check "  all is as calculated" python3 "$root/tests/cli/sweep.py" diverged accuracy
again() { cp -r diverged once && "$simulate" --resume diverged >out 2>err && diff -r once diverged; }
check "  resumed, nothing changes" again
check "  and it says so" grep -qx '12 of 12 points were there: nothing is left to run; the tables are made again' err
refreshed() { # without the data: the tables alone are made
    rm once/sweep.csv once/sweep_summary.csv && sed -i 's/^set = synthetic/set = cifar10/' once/resolved.ini &&
        SIMULATE_DATA='' "$simulate" -q --resume once --jobs 5 >out2 2>err && diff <(sed '$d' out) <(sed '$d' out2) && cmp once/sweep.csv diverged/sweep.csv && cmp once/sweep_summary.csv diverged/sweep_summary.csv || { cat err; return 1; }
}
check "  its tables are made again, without the data" refreshed
once() { # what was chosen would be so no more, had one of its seeds diverged
    rm -rf by && cp -r whole by || return 1
    local rate point
    rate=$(awk -F, '$3 == "losp" && $4 == 1 {print $2; exit}' by/sweep_summary.csv)
    point=$(echo "by/"*"bandwidth=10Mbit_s,seed=1,losp.learning_rate=$rate")
    sed -i '2d' "$point/comparison.csv" && rm "$point/losp/summary.json" &&
        sed -i 's/"status": "done"/"status": "failed"/; s/"exit_status": 0/"exit_status": 4/' "$point/run.json" || return 1
    "$simulate" -q --resume by >out 2>err && python3 "$root/tests/cli/sweep.py" by accuracy &&
        [ "$(awk -F, '$3 == "losp" && $4 == 1 {print $2; exit}' by/sweep_summary.csv)" != "$rate" ]
}
check "  nor what diverged with one seed alone" once
check "  --verify calls them incomplete" same "$("$simulate" --verify diverged | grep -c incomplete)" 8
mixed() { # of two algorithms of a point the first alone diverges
    "$simulate" base.ini -o mixed --sweep network.latency=1ms --set algorithm.bsp.learning_rate=1e30 --algorithm bsp,losp >out 2>err
    same "$(awk -F, 'NR > 1 {print $3 " " $(NF - 1)}' mixed/sweep.csv | xargs)" "bsp diverged losp done"
}
check "one algorithm of a point diverges: the next one runs" mixed

# ---- instead of running ----

check "--check counts the points" sh -c '"$1" --check sweep.ini -o never >out && grep -q "^18 points, 24 runs, " out && grep -q "about [0-9]" out && [ ! -e never ]' - "$simulate"
at_once() { "$simulate" --check sweep.ini --jobs "$1" -o never | sed -n 's/^shared memory: at most .* of a run, \(.*\) at a time; .* free in .dev.shm$/\1/p'; }
check "  and the shared memory of all that run side by side" test -n "$(at_once 1)" -a "$(at_once 1)" != "$(at_once 3)"
check "  of the example with other rows" sh -c '"$1" --check "$2" --sweep experiment.seed=1..5 --sweep network.latency=1ms,10ms >out && grep -q "^270 points, 270 runs, " out' - "$simulate" "$root/experiments/sweep_bandwidth.ini"
check "--print-config shows the base and the grid" sh -c '"$1" --print-config sweep.ini >out && grep -q "^seed = 1 ; default" out && grep -q "^network.bandwidth = 10Mbit/s, 1Gbit/s ; from sweep.ini:" out' - "$simulate"
check "--explain says that there is a sweep" sh -c '"$1" --explain sweep.ini >out && grep -q "^bsp " out && grep -q "base of a sweep" out' - "$simulate"
check "without training nothing is chosen" sh -c '"$1" sweep.ini -q --no-train -o timed >out 2>err && [ "$(grep -c "^bandwidth=" out)" -eq 8 ] && grep -q "no result to choose by" out' - "$simulate"
check "the example" sh -c '"$1" "$2" -q --epochs 0.1 --sweep experiment.seed=1 -o example >out 2>err && [ "$(wc -l <example/sweep_summary.csv)" -eq 28 ]' - "$simulate" "$root/experiments/sweep_bandwidth.ini"
check "--sweep alone, into the usual place" sh -c '"$1" base.ini -q --algorithm bsp --sweep experiment.seed=1..2 >out 2>err && [ -e results/base/latest/sweep.csv ] && tail -n 1 out | grep -q "^results/base/[0-9TZ]*-sweep$"' - "$simulate"

# ---- the real clock ----

real=(base.ini -q --set experiment.clock=real --set model.name=sleep --algorithm bsp --sweep "experiment.seed=1,2" --iterations 8)
side() { "$simulate" "${real[@]}" --jobs 2 -o never >out 2>err; [ $? -eq 2 ] && grep -q -- '--jobs: expected 1' err && [ ! -e never ]; }
check "on the real clock points do not run side by side" side
check "  but one after the other" sh -c '"$@" -o real >out 2>err && grep -q "REAL CLOCK" out' - "$simulate" "${real[@]}"

# ---- traces, odd values ----

printf 'seconds,factor\n0,0.5\n' >slow.csv
printf 'seconds,factor\n0,2\n' >"fast, not slow.csv"
traced() { "$simulate" base.ini -q --no-train --set compute.trace=slow.csv --sweep "network.trace=fast, not slow.csv | slow.csv" "$@" >out 2>err || { cat err; return 1; }; }
check "traces" traced -o traced
check "  their text is quoted" grep -q '"fast, not slow.csv"' traced/sweep.csv
check "  a safe name" test -d traced/0001-trace=fast__not_slow.csv -a -e traced/compute.trace.csv
elsewhere() { rm -r traced/0002* && mkdir elsewhere && mv slow.csv fast*.csv elsewhere && (cd elsewhere && "$simulate" -q --resume ../traced >out 2>err) && python3 "$root/tests/cli/sweep.py" traced none; }
check "  going on without the base's file" elsewhere
lists() { "$simulate" base.ini -q --no-train --sweep "network.latency=1ms, 2ms | 5ms" -o lists >out 2>err && grep -q '^1,0.001 0.002,bsp,' lists/sweep.csv && grep -q '^2,0.005,bsp,' lists/sweep.csv; }
check "a list for each worker" lists

# ---- what is refused ----

refused() { # NAME PATTERN ARGUMENT...: status 2, one line that matches, nothing made
    local name=$1 pattern=$2
    shift 2
    timeout 20 "$simulate" "$@" -o never >out 2>err </dev/null
    check "$name" test $? -eq 2 -a "$(wc -l <err)" -eq 1 -a ! -e never -a -n "$(grep -E -- "$pattern" err)"
    grep -qE -- "$pattern" err || cat err
    rm -rf never
}
refused_row() { # NAME PATTERN ROW
    cat base.ini - >bad.ini <<<"[sweep]
$3"
    refused "$1" "$2" bad.ini
}
line=$(($(wc -l <base.ini) + 2))
refused_row "an unknown key, nearest named" "^simulate: bad.ini:$line: unknown key 'bandwith' in \[network\]; did you mean 'bandwidth'" "network.bandwith = 1Gbit/s"
refused_row "a value that the key refuses, with its line" "^simulate: bad.ini:$line: network.bandwidth: expected .*, got '5'" "network.bandwidth = 1Gbit/s, 5"
refused "an unknown codec" "^simulate: 0002-dqlosp.codec=maxab: --sweep: algorithm.dqlosp.codec: expected .* did you mean 'maxabs'" base.ini --algorithm dqlosp \
    --sweep algorithm.dqlosp.codec=maxabs,maxab
refused_row "a model that does not fit, with its point" "^simulate: 0002-name=alexnet: bad.ini:$line: model.name: alexnet does not fit" "model.name = tiny, alexnet"
refused_row "an unknown model" "^simulate: bad.ini:$line: model.name: expected a name from --list models, got 'alexnt'; did you mean 'alexnet'" "model.name = tiny, alexnt"
refused_row "what only a point can find" "^simulate: 0002-processes=3: bad.ini:$line: cluster.processes: expected at most 2" "cluster.processes = 2, 3"
refused "more gradients than workers" "^simulate: 0002-k_sync.k=3: --sweep: algorithm.k_sync.k: expected at most" base.ini --algorithm k_sync --sweep algorithm.k_sync.k=2,3
refused_row "a range backwards" "expected a range that rises" "experiment.seed = 5..1"
refused_row "a range without end" "expected at most 9999 values" "experiment.seed = 1..9999999999"
refused_row "too many points" "expected at most 9999 points" "experiment.seed = 1..9000
train.batch = 1..2"
refused_row "control characters" "control character" $'data.path = a\x1b[31m, b'
refused_row "a key of the whole sweep" "experiment.algorithms cannot be swept" "experiment.algorithms = bsp"
refused "a target that is not there" "sweep.tune: target needs experiment.target_accuracy" sweep.ini --set experiment.target_accuracy= --set sweep.tune=target
plain=(base.ini --set data.validation=0)
refused "values to choose from and no validation data" "^simulate: --sweep: sweep.tune: expected validation data to choose by, got accuracy by the test data, .*; set data.validation = 0.1, or sweep.tune = none$" \
    "${plain[@]}" --sweep algorithm.losp.learning_rate=0.01,0.2
refused "  with the line of the rule" "^simulate: rule.ini:[0-9]+: sweep.tune: expected validation data to choose by, got loss" rule.ini
refused "  with the line of the values" "^simulate: rows.ini:[0-9]+: sweep.tune: expected validation data to choose by, got accuracy" rows.ini
taken() { "$simulate" --check "${plain[@]}" "$@" >out 2>err && [ ! -s err ] || { cat err; return 1; }; }
check "  taken where nothing is chosen" taken --sweep algorithm.losp.learning_rate=0.01,0.2 --set sweep.tune=none
check "  or nothing is trained" taken --sweep algorithm.losp.learning_rate=0.01,0.2 --no-train
check "  or there is one value" taken --sweep algorithm.losp.learning_rate=0.2
refused "a milestone that is not there" "^simulate: .*sweep.tune: at needs output.at, such as output.at = 60s" sweep.ini --set sweep.tune=at
refused "a swept key that is set as well" "^simulate: --seed: experiment.seed is swept \(sweep.ini:[0-9]+\): expected --sweep" sweep.ini --seed 3
refused "--jobs of one run" "--jobs: expected a sweep" base.ini --jobs 2
refused "--index of one run" "--index: expected a sweep" base.ini --index 1 --of 2
refused "no jobs" "--jobs: expected a whole number from 1 to 9999, got '0'" sweep.ini --jobs 0
refused "an index beyond" "--index: expected 1 to 2 \(--of\), got 3" sweep.ini --index 3 --of 2
refused "an index alone" "--index, --of: expected both" sweep.ini --index 1
usage() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    "$simulate" "$@" >out 2>err
    [ $? -eq 2 ] && grep -q -- "$pattern" err || { cat err; return 1; }
}
check "--index without a folder" usage 'expected --output DIR' sweep.ini --index 1 --of 2
check "--index with --resume" usage 'not with --resume' --resume whole --index 1 --of 2
check "--sweep with --resume" usage 'expected no --sweep' --resume whole --sweep experiment.seed=1
check "a folder that is there" usage 'whole exists' sweep.ini -o whole
foreign() { mkdir -p foreign && touch foreign/mine && usage 'found another one' sweep.ini -o foreign --index 1 --of 2 && [ "$(ls -A foreign)" = mine ]; }
check "  for jobs as well, where it is none of a sweep" foreign
cut_off() { rm -rf cut && cp -r whole cut && truncate -s -1 cut/0004*/comparison.csv && "$simulate" --resume cut >out 2>err; [ $? -eq 3 ] && grep -q 'comparison.csv:3: expected a whole line' err; }
check "a point with a damaged table: status 3, with its line" cut_off
missing_data() { SIMULATE_DATA='' "$simulate" base.ini -q --sweep data.set=synthetic,mnist --data "$scratch/empty" -o never >out 2>err; [ $? -eq 3 ] && grep -q '^simulate: 0002-set=mnist: ' err && [ ! -e never ]; }
check "missing data: status 3 before anything runs" missing_data
lost() { # a point that is killed ends the sweep
    start lost --set experiment.iterations=100000
    until ls lost/0002*/run.json >/dev/null 2>&1; do sleep 0.05; done
    pkill -KILL -P $launcher --oldest
    wait $launcher
    [ $? -eq 5 ] && no_process_left lost && grep -q '0001-[^ ]* ended with status 5: so does the sweep' err || { cat err; return 1; }
}
check "a point that is killed ends the sweep with status 5" lost
check "nothing in /dev/shm" nothing_shared
finish
