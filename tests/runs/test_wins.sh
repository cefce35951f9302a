#!/usr/bin/env bash
# sweep.count_by: at how many points of a sweep an algorithm is faster than the first one.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset SIMULATE_DATA

cat >count.ini <<'EOI'
[experiment]
algorithms = sync: bsp, lowrank: powersgd, top: bsp, packed: bsp
iterations = 72
train = no

[model]
name = profile

[profile]
file = net.csv

[compute]
seconds = 10ms

[network]
exchange = ring
latency = 0.1ms

[output]
report = no

[algorithm.sync]
label = all-reduce

[algorithm.top]
label = top-k 1 %
codec = topk

[algorithm.packed]
codec = sign

[sweep]
count_by = network.all_gather, network.bandwidth
cluster.workers = 4, 72
network.bandwidth = 100Mbit/s, 10Gbit/s
network.all_gather = no, yes
experiment.seed = 1..2
EOI
printf 'tensor,parameters,shape\na,1000000,1000x1000\nb,1000,1000\n' >net.csv

must "$simulate" count.ini -q -o s >out
# Counted again from sweep.csv: rows of one seed, since nothing is random.
recount() {
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
        $at["experiment.seed"] == 1 && $at["algorithm"] != "sync" {
            c = $at["network.all_gather"] "," $at["network.bandwidth"] "," $at["algorithm"]
            points[c]++; faster[c] += $at["speedup"] > 1}
        END {for (c in points) print c "," faster[c] "," points[c]}' s/sweep.csv | sort
}
column_of() { python3 -c 'import csv, sys
for row in csv.DictReader(open(sys.argv[1])):
    print(*(row[name] for name in sys.argv[2:]), sep=",")' "$@"; }
counted() { column_of "$1" network.all_gather network.bandwidth algorithm faster points | sort; }
check "counts are those of sweep.csv" same "$(counted s/sweep_wins.csv)" "$(recount)"
check "  each of two points" same "$(column_of s/sweep_wins.csv points | sort -u)" 2
check "  not all are alike" same "$(column_of s/sweep_wins.csv faster | sort -u | xargs)" "1 2"
check "labels" same "$(column_of s/sweep_wins.csv label | sort -u | paste -sd'|')" 'lowrank|packed|top-k 1 %'
falls() { column_of s/sweep_wins.csv at faster | awk -F, '{at = $1 $2; if (!(at in n)) order[++m] = at; n[at] += $NF} END {for (i = 2; i <= m; i++) if (n[order[i]] > n[order[i - 1]]) exit 1; exit m != 4}'; }
check "the largest share comes first" falls
in_table() { grep -q '^points at which an algorithm is faster than sync$' out && grep -qE '^no +100Mbit/s +2 +2 +2 +6 of 6$' out; }
check "the table has them" in_table

# An algorithm with values of its own, of which none is chosen: every value counts.
must "$simulate" count.ini -q -o own --sweep algorithm.lowrank.rank=1,2,4 >/dev/null
check "every value of an own key counts where none is chosen" \
    same "$(column_of own/sweep_wins.csv algorithm points | sort -u | xargs)" "lowrank,6 packed,2 top,2"

# ---- a report, pictures ----

must "$simulate" --report s -o page.html >/dev/null
check "the report has the picture" grep -q '>How often each algorithm is faster</h2>' page.html
check "  and says what it shows" grep -qE 'With all_gather=no, bandwidth=100Mbit/s another algorithm is faster than all-reduce at 6 of 6 points; with all_gather=yes, bandwidth=10Gbit/s at [0-9] of 6\.' page.html
check "  with each bar" same "$(grep -oE '>[0-6] of 6<' page.html | wc -l)" 4
must "$simulate" --report s -o again.html --set sweep.count_by=cluster.workers >/dev/null
check "a report counts again by another key" grep -qE 'With workers=[0-9]+ another algorithm is faster than all-reduce at [0-9]+ of 12 points' again.html
must "$simulate" --report s -o none.html --set sweep.count_by= >/dev/null
check "  or not at all" sh -c '! grep -q "How often each" none.html'

if command -v gnuplot >/dev/null; then
    draws() { gnuplot -d -e 'keep = 1' -c "$root/plots/wins.gp" s/sweep_wins.csv "it's \"all\"" svg wins.svg 2>&1 | (! grep .) && same "$(grep -oE '>[0-6] of 6<' wins.svg | wc -l)" 4; }
    check "plots/wins.gp draws the file" draws
    again() { cp wins.svg first.svg && rm wins.svg && gnuplot wins.gp && cmp wins.svg first.svg; }
    check "  and the script that it keeps, again" again
    none() { ! gnuplot -d -c "$root/plots/wins.gp" s/sweep.csv baseline dumb 2>err && grep -q 'no row of a sweep_wins.csv here' err; }
    check "  not another file" none
fi
hinted() { "$simulate" --report s --set sweep.retime=no 2>err; [ $? -eq 2 ] && grep -qF "sweep.tune=RULE chooses again, sweep.count_by=KEYS counts again" err; }
check "what a report can have is named" hinted

# ---- without a sweep, bad values ----

refused() { "$simulate" count.ini -q -o refused "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$1" err; }
shared='sweep.count_by: expected some of cluster.workers, network.bandwidth, network.all_gather, each once, got'
check "a key that is not swept" refused "$shared network.latency, which is not swept" --set sweep.count_by=network.latency
check "  one twice" refused "$shared cluster.workers twice" --set sweep.count_by=cluster.workers,cluster.workers
check "  none" refused "$shared an empty name" --set sweep.count_by=cluster.workers,
check "  the seed" refused "$shared experiment.seed: seeds are averaged" --set sweep.count_by=experiment.seed
check "  one algorithm's" refused "$shared algorithm.lowrank.rank: lowrank alone has its values" --sweep algorithm.lowrank.rank=1,2 --set sweep.count_by=algorithm.lowrank.rank
sed '/^network.bandwidth/d' count.ini >fewer.ini
names_line() { ! "$simulate" fewer.ini -q -o refused 2>err && grep -qF "fewer.ini:33: sweep.count_by: expected some of cluster.workers, network.all_gather, each once, got network.bandwidth" err; }
check "  names its line" names_line
sed '/^cluster.workers/d; /^network.bandwidth/d; /^network.all_gather/d' count.ini >seeds.ini
no_key() { ! "$simulate" seeds.ini -q -o refused 2>err && grep -qF "expected swept keys that all algorithms share, of which there are none, got network.all_gather, which is not swept" err; }
check "  where none is possible" no_key
check "one algorithm" refused "count.ini:33: sweep.count_by: expected several experiment.algorithms, got sync alone" --algorithm sync
check "  is refused with --check, too" refused "got sync alone" --algorithm sync --check
budget='sweep.count_by: expected experiment.target_accuracy beside a budget, got'
check "a budget, and no training" refused "$budget experiment.train = no" --set experiment.bytes=1GB --set experiment.target_accuracy=0.5
cat >aims.ini <<'EOI'
[experiment]
algorithms = bsp, local_sgd
virtual_time = 100ms
[sweep]
count_by = network.bandwidth
network.bandwidth = 10Mbit/s, 1Gbit/s
EOI
aimless() { "$simulate" aims.ini --check "$@" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF "aims.ini:5: $budget none" err; }
check "  no target" aimless
check "  also where it is swept" aimless --set experiment.virtual_time= --sweep experiment.bytes=1GB,2GB
check "  with a target it counts" "$simulate" aims.ini --check --set experiment.target_accuracy=0.5
aims() { "$simulate" aims.ini --check --sweep experiment.target_accuracy=0.2,0.5 >/dev/null; }
check "  also with one that is swept" aims
sed '/^\[sweep\]/,$d' count.ini >single.ini
said() { "$simulate" --check single.ini --set sweep.count_by=network.bandwidth 2>&1 >/dev/null | grep -q 'sweep.count_by has no effect: nothing is swept'; }
check "without a sweep it has no effect" said
finish
