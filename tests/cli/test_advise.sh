#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# --advise: its figures are those of --no-train runs, its command runs as it is printed, and it says nothing about accuracy.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# has PATTERN: the advice has a line with this text.
has() { grep -qE -- "$1" out || { cat out; return 1; }; }
lacks() { ! has "$1" >/dev/null; }
advise() { "$simulate" --advise "$@" >out 2>err || { cat err; return 1; }; [ ! -s err ]; }
# refuses PATTERN ARGUMENT...: one line with it, status 2, and nothing else.
refuses() {
    local pattern=$1
    shift
    "$simulate" --advise "$@" >out 2>err
    [ $? -eq 2 ] || return 1
    [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$pattern" err && return
    cat out err
    return 1
}

cat >x.ini <<'END'
[experiment]
name = advised
algorithms = bsp, losp, "topk1: bsp"
iterations = 240
stop = target
target_accuracy = 0.9
[data]
train_samples = 2000
test_samples = 200
[model]
name = tiny
[train]
batch = 16
[cluster]
workers = 4
[network]
bandwidth = 100Mbit/s
latency = 1ms
[compute]
model = fixed
seconds = 2ms
[algorithm.topk1]
codec = topk
[tune]
trials = 2
[compare]
seeds = 2
END
sed -i 's/"//g' x.ini
check "advice" advise x.ini
cp out first
check "  of the cluster" has '^a local iteration takes 2\.00 ms, an exchange of bsp .*: as long as .* local iterations$'
check "  the reference is in the table, without a rank" has '^- +bsp  '
check "  a first choice, with a reason" has '^1\. [a-z_0-9]+'
check "    its speed" has ' times as fast as bsp: 2000 samples take .* instead of '
check "    who waits how long" has 'workers compute [0-9]+ % of the time and wait [0-9]+ % \(bsp: [0-9]+ % and [0-9]+ %\)'
check "    its bytes" has ' on the wire, .* % of the bytes of bsp'
check "    its price" has 'it pays with .*: what that costs in accuracy, only training shows'
check "  at most four choices have reasons" test "$(grep -cE '^[0-9]+\. ' out)" -le 4
check "  algorithms that others beat" has '^not tried first, as another one is no worse in time, bytes, staleness and compression: '
silent() { ! sed 's/what that costs in accuracy, only training shows//; s/nothing here is about accuracy//; /^ .*--compare/d' out | grep -i accura; }
check "  nothing is said about accuracy" silent
again() { advise x.ini && cmp out first; }
check "  the same once more" again

# as_no_train NAME ARGUMENT...: time and bytes of NAME in the table are those of a run without training.
as_no_train() {
    local name=$1 iterations=$2
    shift 2
    rm -rf timed
    sed '/^\[tune\]/,$d' x.ini >alone.ini # no comparison
    "$simulate" alone.ini -q -o timed --no-train --set experiment.stop=budget --iterations "$iterations" --algorithm "$name" "$@" >/dev/null 2>&1 || return 1
    local wanted
    wanted=$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR == 2 {printf "%.3g", 1000 * $at["virtual_s"] * 2000 / ($at["iterations"] * 16)}' timed/comparison.csv)
    awk -v name="$name" -v wanted="$wanted" '$2 == name {found = 1; for (i = 3; i <= 8; i++) if ($i == wanted) same = 1} END {exit !(found && same)}' out ||
        { echo "$wanted"; cat out; return 1; }
}
check "the time of the reference is that of a --no-train run" as_no_train bsp 240

check "more workers, as with any command" advise x.ini --workers 6 --set network.latency="2 ms"
check "  which the comparison also has" has "--compare x.ini --workers 6 --set 'network.latency=2 ms' --algorithm bsp,"
check "a reference" advise x.ini --set compare.reference=topk1
check "  in the table" has '^- +topk1  '
check "  with its variant in the command" has "--algorithm 'topk1: bsp,"
check "faults: what does not run says why" advise x.ini --set faults.crash_probability=0.001 --set faults.down_time=20ms
check "  once for all of a reason" has '^not possible here: powersgd \(algorithm\.NAME: '
check "a target to stop at is no obstacle" lacks 'experiment.stop'

check "a sweep over seeds" advise x.ini --sweep experiment.seed=1,2
check "  advice is about its base" has '^FILE is a sweep: this is about its base alone$'
check "  its comparison is refused, and why" has '^but the comparison is refused as things are: --sweep: experiment.seed: expected no row'

# The command, as it is printed.
advise x.ini
printed=$(sed -n 's/^  //p' out | grep -- ' --compare ')
check "the command is there" test -n "$printed"
check "  and would not be refused" lacks '^but the comparison'
check "  with rates chosen on validation data" has "--tune 'algorithm\.\*\.learning_rate=log\(.*\)' --set data.validation=0.1$"
runs() { eval "$printed" -q >verdict 2>err && [ -s verdict ] || { cat verdict err; return 1; }; }
check "  it runs as it is printed" runs
folder=$(echo results/advised/*-compare)
check "  and leaves its verdict" test -s "$folder/verdict.json"
check "  and ends in a verdict of the algorithms that it names" grep -q "bsp" verdict
table() { "$simulate" --table latex "$folder" >out; }
check "  of which there is a table" table
check "    of the tuned ones" grep -q "best of 2 trials" out

check "no FILE" refuses '--advise: expected FILE'
check "-o" refuses '--advise: expected no --output' x.ini -o y
check "times that only a run shows" refuses '^simulate: --set: compute.model: expected flops or fixed' x.ini --set compute.seconds= --set compute.model=measured
check "the reference does not run" refuses 'algorithm\.k_sync\.k' x.ini --algorithm k_sync --set algorithm.k_sync.k=9
printf 'tensor,parameters\na,1000\nb,200000\n' >sizes.csv
check "a profile" advise x.ini --set model.name=profile --set profile.file=sizes.csv
check "  cannot be trained: there is no command" has '^model.name has no network to train'
check "    and none is printed" lacks ' --compare '
finish
