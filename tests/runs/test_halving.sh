#!/usr/bin/env bash
# shellcheck disable=SC2015,SC2016 # A && B || { cat err; false; }; inner shells get their arguments by position
# Successive halving (sweep.halving): who goes on, whatever happens on the way, is what the same sweep says in which every point
# runs to its end. tests/oracle/halving.py calculates it from that sweep.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cat >toy.ini <<'END'
[experiment]
algorithms = bsp, losp
iterations = 96
[data]
set = synthetic
train_samples = 300
test_samples = 60
validation = 60
[model]
name = logreg
[train]
batch = 60
[cluster]
workers = 2
[compute]
model = fixed
seconds = 1ms
[output]
eval_every = 6
trace = none
report = no
END
cat toy.ini - >rates.ini <<'END'
[sweep]
tune = loss
halving = 2
algorithm.losp.learning_rate = 1e-5, 3e-4, 1e-4, 1e-3, 2e-3
END

run() { # FOLDER ARGUMENT...
    local folder=$1
    shift
    "$simulate" rates.ini -o "$folder" "$@" >out 2>err || { cat err; return 1; }
}
oracle() { python3 "$root/tests/oracle/halving.py" "$@"; }
states() { (cd "$1" && sed -n 's/^  "status": \(".*"\),*$/\1/p' ./*/run.json); }
equal() { # A B: but for what may differ from run to run
    diff -r -x run.json -x summary.json "$1" "$2" &&
        diff <(cd "$1" && cat ./*/*/summary.json | grep -v wall_seconds) <(cd "$2" && cat ./*/*/summary.json | grep -v wall_seconds) &&
        diff <(states "$1") <(states "$2")
}

# ---- curves that do not cross ----

check "every value to its end" run whole -q --set sweep.halving=0
check "halved" run halved
check "  the value of the whole sweep, and its files" oracle whole halved losp learning_rate 2 loss apart
check "  who rests and who goes on is announced" same "$(grep -E '^losp: ' err)" \
    "losp: rung 1 of 3 is over: 2 of 5 trials go on to 1/2 of the run
losp: rung 2 of 3 is over: 1 of 2 trials goes on to the end"
check "  each end once" same "$(grep -c 'at the end of rung' err) $(grep -c 'left behind' err) $(grep -cE '  done(  .* left)?$' err)" "7 4 2"
check "  the table says what it cost" grep -qxF \
    'losp, halving by 2: 5 to 1/4, 2 to 1/2, 1 to the end: the work of 2.25 runs instead of 5 (rungs.csv)' out
check "  sweep.csv says who was left behind" same "$(awk -F, 'NR > 1 {print $(NF - 1)}' halved/sweep.csv | sort | uniq -c | xargs)" "2 done 4 left_behind"
none_diverged() { awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR > 1 && $at["diverged"] != 0 {exit 1}' halved/sweep_summary.csv; }
check "  which is no divergence" none_diverged
check "  no checkpoint is left" sh -c '! ls halved/*/*/checkpoint* 2>/dev/null'
check "  a point is no sweep, and not halved" sh -c 'cmp whole/0006*/resolved.ini halved/0006*/resolved.ini'
check "--verify accepts it" same "$("$simulate" --verify halved | grep -c -e ': verified: ' -e ': left behind')" 6
damaged() { # SED PATTERN OF THE FINDING
    rm -rf damaged && cp -r halved damaged && sed -i "$1" damaged/rungs.csv && "$simulate" --verify damaged >out 2>err
    [ $? -eq 1 ] && grep -qE "rungs.csv:[0-9]+: $2" err && grep -qx 'damaged: damaged: rungs.csv' out || { cat out err; return 1; }
}
check "  but not with another decision" damaged 's/,0$/,1/' 'trials that are kept: expected at most [0-9]'
better='kept: expected 0, as point [0-9]+ is better and was left behind, got 1'
check "  nor where something better was left behind" damaged '2s/,[0-9.]*,validation,0$/,0.001,validation,0/' "$better"
check "  nor with a rung that a trial did not come to" damaged '$s/^6/5/' 'rung: expected 1, or a point that was kept'
check "--export has what came to the end" same "$("$simulate" --export csv halved -o exported 2>/dev/null | wc -l)" 2

# ---- however it is broken off ----

again() { # FOLDER: until it is over
    "$simulate" -q --resume "$1" >out 2>err || { cat err; return 1; }
}
killed() { # at many moments, until it is over
    local i folder=$scratch/killed
    "$simulate" rates.ini -q -o "$folder" --jobs 2 >/dev/null 2>err &
    for i in 1 2 3 4 5 6; do
        until [ -e killed/sweep.ini ]; do sleep 0.02; done
        sleep "0.$((i * 13 % 10))$i"
        kill -KILL $! 2>/dev/null || break
        wait $! 2>/dev/null
        "$simulate" -q --resume "$folder" --jobs 2 >/dev/null 2>err &
    done
    wait $!
    again killed
}
check "killed again and again" killed
check "  the same files" equal halved killed
stopped() { # as soon as a point rests; and once more
    local status
    "$simulate" rates.ini -o stopped >out 2>err &
    until grep -q 'at the end of rung' err; do sleep 0.02; done
    kill -INT $!
    wait $!
    status=$?
    [ "$status" -eq 130 ] && ! grep -l '"status": "failed"' stopped/*/run.json && again stopped
}
check "Ctrl-C, and on" stopped
check "  the same files" equal halved stopped
undecided() { # killed when all were at the end of their rung, and none knew
    cp -r halved undecided && rm -r undecided/*.csv && sed -i 's/"status": "left behind"/"status": "resting"/' undecided/*/run.json &&
        again undecided
}
check "killed before it took a decision" undecided
check "  the same files" equal halved undecided
begun_again() { # a checkpoint was lost: the run begins again, and ends the same
    cp -r halved begun && rm -r begun/*.csv begun/0006*/{comparison.csv,time.csv,losp/summary.json,losp/eval.csv} &&
        sed -i 's/"status": "done"/"status": "running"/' begun/0006*/run.json && again begun
}
check "a point that begins again" begun_again
check "  the same files" equal halved begun
check "a finished sweep: the tables alone are made" sh -c 'cp halved/rungs.csv before && rm halved/rungs.csv && SIMULATE_DATA= "$1" -q --resume halved >/dev/null && cmp before halved/rungs.csv' - "$simulate"

# ---- job arrays ----

job() { "$simulate" rates.ini -q -o shared --index "$1" --of 2 >out 2>err || { cat err; return 1; }; }
waits() { job 1 && grep -q "^2 points of job 1 of 2 wait at a rung for points of other jobs: when these are there, the same command goes on" out; }
check "a job of two runs what can run, and says what waits" waits
jobs_to_the_end() { job 2 && job 1 && job 2 && job 1 && job 2 && grep -q "simulate --resume shared" out; }
check "  the same commands again go on" jobs_to_the_end
check "  --resume makes the tables" again shared
check "  the same files" equal halved shared
side() { # both at once, and then one machine alone
    "$simulate" rates.ini -q -o side --index 1 --of 2 >/dev/null 2>err & "$simulate" rates.ini -q -o side --index 2 --of 2 >/dev/null 2>err2
    wait $! && again side
}
check "two jobs at once, and one program that goes on" side
check "  the same files" equal halved side

# ---- seeds, budgets, divergence, several settings ----

sed 's/^name = logreg/name = tiny/; s/^iterations = .*/iterations = 36/; s/^batch = .*/batch = 8/' toy.ini | cat - /dev/fd/3 >many.ini 3<<'END'
[sweep]
halving = 3
experiment.seed = 1, 2
network.bandwidth = 1Gbit/s, 5Mbit/s
algorithm.losp.learning_rate = 0.01, 1e30, 0.05
algorithm.bsp.learning_rate = 0.01, 0.05
END
few() { "$simulate" many.ini -q -o some >out 2>err && "$simulate" many.ini -q -o all --set sweep.halving=0 >out2 2>err2; }
check "two settings, two seeds, one value that diverges" few
check "  two values are fewer than the factor, and it is said" grep -q 'sweep.halving: bsp has 2 values, fewer than 3: all of them run to the end' err
check "  every point trains, and it is said" grep -q 'sweep.retime is off with sweep.halving: every point trains' err
at_setting() { # BANDWIDTH
    rm -rf one.all one.some && mkdir one.all one.some && ln -s "$PWD/all/"*bandwidth="$1"*losp* one.all && ln -s "$PWD/some/"*bandwidth="$1"*losp* one.some &&
        cp all/sweep_summary.csv one.all || return 1
    local bit=$2 file
    for file in rungs.csv sweep_summary.csv; do
        awk -F, -v b="$bit" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "network.bandwidth") c = i} NR == 1 || $c + 0 == b' "some/$file" >"one.some/$file"
    done
    oracle one.all one.some losp learning_rate 3 accuracy
}
check "  at the one setting as calculated" at_setting 1Gbit_s 1e9
check "  at the other one, too" at_setting 5Mbit_s 5e6
by_time() {
    "$simulate" rates.ini -q -o "$1" --set experiment.iterations= --set experiment.virtual_time=48ms --set output.eval_every=2 "${@:2}" >out 2>err || { cat err; return 1; }
}
check "of a budget of time the parts are times" by_time time
check "  and the schedule is that of the whole run" by_time all_time --set sweep.halving=0
check "  as calculated" oracle all_time time losp learning_rate 2 loss

# ---- what is said before ----

check "--check: the work" sh -c '"$1" --check rates.ini >out && grep -qxF "losp, halving by 2: 5 to 1/4, 2 to 1/2, 1 to the end: the work of 2.25 runs instead of 5" out' - "$simulate"
virtual() { "$simulate" --check rates.ini "$@" | sed -n 's/^virtual time \([0-9]*\) ms in all/\1/p'; }
check "  and the virtual time, of less than half" test "$(virtual)" -lt "$(($(virtual --set sweep.halving=0) * 6 / 10))"
lines() { "$simulate" rates.ini -q --json -o lines 2>err | python3 -c '
import collections, json, sys
lines = [json.loads(line) for line in sys.stdin]
kinds = collections.Counter(line["event"] for line in lines)
assert kinds["rest"] == 7 and kinds["point"] == 6 and kinds["rung"] == 2, kinds
rung = [line for line in lines if line["event"] == "rung"][0]
assert (rung["algorithm"], rung["rung"], rung["rungs"], rung["trials"], rung["kept"]) == ("losp", 1, 3, 5, 2), rung
assert sorted(line["status"] for line in lines if line["event"] == "point").count("left_behind") == 4
shares = [line["share"] for line in lines if "share" in line]
assert shares == sorted(shares) and shares[-1] > 0.99, shares'; }
check "--json has the rungs, and shares that rise to 1" lines

refused() { # MESSAGE ARGUMENT...
    local message=$1
    shift
    "$simulate" rates.ini -q -o refused "$@" >out 2>err
    [ $? -eq 2 ] && grep -qE "$message" err && [ "$(wc -l <err)" -eq 1 ] && [ ! -e refused ] || { cat err; return 1; }
}
check "1 is no factor" refused 'sweep.halving: expected 0 \(no halving\), or 2 and more, such as 3, got 1$' --set sweep.halving=1
check "a factor above the number of values" refused '^simulate: --set: sweep.halving: expected at most 5, the number of values of an algorithm.s own keys, got 6' --set sweep.halving=6
check "no clock but the virtual one" refused 'rates.ini:[0-9]*: sweep.halving: expected runs that a checkpoint can pause, got experiment.clock = real' \
    --set experiment.clock=real --set model.name=sleep
check "no measured times" refused 'sweep.halving: expected runs that a checkpoint can pause, got compute.model = measured' --set compute.model=measured
check "no --no-train" refused 'sweep.halving: expected runs that a checkpoint can pause, got experiment.train = no' --no-train
check "a rule to choose by" refused 'sweep.halving: expected a rule to choose by \(sweep.tune\), got sweep.tune = none' --set sweep.tune=none
check "an evaluation in each rung" refused 'sweep.halving: expected an evaluation in each rung, got none of losp in rung 1, which ends at 1/4 of the run; set output.eval_every to 24 or less' \
    --set output.eval_every=60
check "  which is right" sh -c '"$1" --check rates.ini --set output.eval_every=24 >/dev/null' - "$simulate"
by_time() { # a budget of time, in which the workers also wait
    local every
    "$simulate" --check rates.ini --set experiment.virtual_time=100ms --set output.eval_every=60 >/dev/null 2>err
    every=$(sed -n 's/.*set output.eval_every to \([0-9]*\) or less.*/\1/p' err)
    [ "$every" -lt 60 ] && "$simulate" --check rates.ini --set experiment.virtual_time=100ms --set output.eval_every="$every" >/dev/null &&
        ! "$simulate" --check rates.ini --set experiment.virtual_time=100ms --set output.eval_every=$((every + 2)) >/dev/null 2>&1
}
check "  also where the budget is time" by_time
nothing() { "$simulate" toy.ini -q -o refused --set sweep.halving=2 --sweep experiment.seed=1,2 >out 2>err; [ $? -eq 2 ] && grep -q 'sweep.halving: expected an algorithm with several values of its own among which to choose, got none; leave it out' err; }
check "something to choose from" nothing
check "it is not swept" refused 'sweep.halving cannot be swept' --sweep sweep.halving=2,3
check "without a sweep it is said" sh -c '"$1" toy.ini -q --check --set sweep.halving=2 2>&1 | grep -q "sweep.halving.*nothing is swept"' - "$simulate"
finish
