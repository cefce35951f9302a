#!/usr/bin/env bash
# report.html of sweeps: whole, well-formed, the numbers of sweep_summary.csv; of one that is not complete, too; the same again after
# breaking off and going on.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v gnuplot >/dev/null || { echo "ok report of a sweep # SKIP gnuplot is not installed"; exit 0; }

# A program with the scripts beside it, whichever build is tested.
mkdir bin tmp
cp "$simulate" bin/simulate
ln -s "$root/plots" bin/plots
simulate=$scratch/bin/simulate
export TMPDIR=$scratch/tmp
look() { python3 "$root/tests/cli/check_report.py" "$@"; }

cat >sweep.ini <<'END'
[experiment]
name = R&D <b>"x"
algorithms = bsp, losp
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
[algorithm.losp]
label = LOSP (new)
[sweep]
network.bandwidth = 10Mbit/s, 1Gbit/s
experiment.seed = 1..3
algorithm.losp.learning_rate = 0.01, 0.2
END
sweep() { # FOLDER ARGUMENT...: nothing but its points is said
    local folder=$1
    shift
    "$simulate" sweep.ini -q -o "$folder" "$@" >out 2>err && [ ! -s err ] || { cat err; return 1; }
}
rows() { grep -c '<th scope="row"><b>.*</th><td data-head="seeds' "$1"; } # a wide table goes on in a further one, without seeds
cell() { # ALGORITHM COLUMN: in per cent, mean and deviation, at 10Mbit/s of the best value
    awk -F, -v a="$1" -v c="$2" 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
        $at["algorithm"] == a && $at["best"] == 1 && $1 == 10000000 {
            printf "%.2f%s", 100 * $at[c "_mean"], ($at[c "_std"] > 0 ? sprintf(" ± %.2f", 100 * $at[c "_std"]) : ""); exit}' whole/sweep_summary.csv
}
rate() { awk -F, '$3 == "losp" && $4 == 1 && $1 == 10000000 {print $2}' whole/sweep_summary.csv; }

check "a sweep leaves a report and says nothing of it" sweep whole
check "whole and well-formed, with a row of figures for each key" look whole/report.html --figures 23 \
    --has Comparison --has "A sweep of 18 points" --has "seeds 1..3" --has "Effect of the swept keys" --has "How to repeat it"
check "  its name is a name" look whole/report.html --has 'R&D <b>"x"'
check "  each algorithm at its best, and each value that was tried" same "$(rows whole/report.html)" $((4 + 4))
numbers() { look whole/report.html --has "losp, bandwidth=10Mbit/s, learning_rate=$(rate)3$(cell losp test_accuracy)" \
    --has "losp, bandwidth=10Mbit/s, learning_rate=$(rate)validation$(cell losp best_accuracy)" \
    --has "bsp, bandwidth=10Mbit/s3$(cell bsp test_accuracy)"; }
check "  the numbers of sweep_summary.csv" numbers
chosen() { look whole/report.html --has "losp, bandwidth=10Mbit/s, learning_rate=$(rate), chosen3"; }
check "  what was chosen is marked" chosen
check "  the keys, their values and the rule" look whole/report.html --has "network.bandwidth10Mbit/s, 1Gbit/s" \
    --has "algorithm.losp.learning_rate0.01, 0.2" --has "sweep.tuneaccuracy" --has "with the highest mean final validation accuracy is chosen"
check "  no word of what is not missing" sh -c '! grep -q "Points without numbers" whole/report.html'
check "  the data are labelled" look whole/report.html --has "SYNTHETIC DATA"
check "  of the target it says which" look whole/report.html --has "to 15 %"
again() { (cd whole && sh -c "$(sed -nE 's|.*<pre tabindex="0">simulate (.*)</pre>.*|'"$simulate"' -q \1 >/dev/null|p' report.html)") && cmp whole/sweep.csv whole/again/sweep.csv; }
check "  its command repeats the sweep" again
check "  with the same bytes in the report" cmp whole/report.html whole/again/report.html
rm -rf whole/again
cp whole/report.html kept.html
replaced() { echo old >whole/report.html && "$simulate" --report whole >out 2>err && [ ! -s err ] && cmp whole/report.html kept.html && grep -qx whole/report.html out; }
check "--report makes the page again" replaced
check "each point of the shared keys has its curves" look whole/report.html --has "Accuracy and loss" --has "bandwidth=10Mbit/s" --has "Test loss against all bytes on the wire"
names() { # of the curves that plots/plot.sh draws
    ls "$1" | awk -v sweep="$1" -v what=curves -f bin/plots/cells.awk -f bin/plots/chosen.awk - "$1/sweep.csv" | cut -f"$2"
}
check "  of each algorithm at its best" same "$(names whole 1-2 | tr '\t' '|' | xargs -d'\n')" \
    "bandwidth=10Mbit/s|BSP bandwidth=10Mbit/s|LOSP (new), learning_rate = $(rate) bandwidth=1Gbit/s|BSP bandwidth=1Gbit/s|LOSP (new), learning_rate = $(awk -F, '$3 == "losp" && $4 == 1 && $1 == 1e9 {print $2}' whole/sweep_summary.csv)"
same_names() { names whole 2 | while read -r name; do grep -qF ">$name<" whole/report.html || { echo "not in the report: $name"; return 1; }; done; }
check "  with the names that plots/plot.sh gives them" same_names
pictures() {
    bin/plots/plot.sh -o pictures whole svg >out 2>err && [ ! -s err ] || { cat err; return 1; }
    [ "$(ls pictures | xargs)" = "bandwidth=10Mbit_s bandwidth=1Gbit_s speedup_bandwidth.svg target_s_bandwidth.svg target_s_losp.learning_rate.svg test_accuracy_bandwidth.svg test_accuracy_losp.learning_rate.svg" ] &&
        [ -s pictures/bandwidth=1Gbit_s/accuracy_bytes.svg ] && [ -s pictures/bandwidth=1Gbit_s/loss_time.svg ] && grep -qx pictures/bandwidth=1Gbit_s/accuracy_time.svg out
}
check "plots/plot.sh draws a sweep" pictures
check "  with the value in the legend" grep -q "LOSP (new), learning_rate = $(rate)" pictures/bandwidth=10Mbit_s/accuracy_time.svg
check "  the title says at which point of the shared keys" grep -q 'bandwidth=10Mbit/s   –' pictures/bandwidth=10Mbit_s/accuracy_time.svg
check "  and a band over the seeds" grep -q 'fill-opacity = .0.18' pictures/bandwidth=10Mbit_s/accuracy_time.svg
check "  or elsewhere" sh -c '"$1" --report -o other.html whole >out && cmp other.html kept.html' - "$simulate"

cp -r whole machines
sed -i 's/"blas_core": "[^"]*"/"blas_core": "SkylakeX"/' machines/0002*/run.json
check "points of two machines" "$simulate" --report -o machines.html machines
check "  what they differ in" look machines.html --has "Beside keys the points differ in" --has "BLAS kernels: $(member whole/0001*/run.json blas_core); SkylakeX"
check "  and that it matters" look machines.html --has "not made with the same BLAS kernels"
check "  of one machine no word" sh -c '! grep -q "not made with" whole/report.html'

# ---- less than everything ----

half() { # one that was not begun, one without an end, one algorithm diverged
    cp -r whole half && rm -r half/sweep*.csv half/report.html half/0003* half/0010*/*.csv half/0010*/bsp/summary.json
    sed -i 's/"status": "done"/"status": "running"/' half/0010*/run.json
    sed -i '2d' half/0001*/comparison.csv && sed -i 's/"status": "done"/"status": "failed"/; s/"exit_status": 0/"exit_status": 4/' half/0001*/run.json
    "$simulate" --report half >out 2>err && [ ! -s err ] || { cat err; return 1; }
}
check "of a sweep that is not complete" half
check "  it says what is missing" look half/report.html --has "Incomplete. Points that are missing: 2 of 18" --has "Diverged, and therefore in no mean: 1" \
    --has "0003-bandwidth=10Mbit_s,seed=1,losp.learning_rate=0.2not started" --has "0010-bandwidth=1Gbit_s,seed=1not complete" --has "0001-bandwidth=10Mbit_s,seed=1diverged: bsp"
check "  and draws what there is" look half/report.html --figures 23 --has "bsp, bandwidth=10Mbit/s2 of 3"
check "  it writes nothing else" same "$(ls half/sweep*)" half/sweep.ini
check "  resumed, it is the report of all but what diverged" sh -c '"$1" -q --resume half >out 2>err && grep -q "Diverged, and" half/report.html && ! grep -q Incomplete half/report.html' - "$simulate"
broken_off() {
    "$simulate" sweep.ini -q -o broken --jobs 1 >out 2>err &
    local launcher=$! tries=0
    until [ -s broken/sweep.csv ]; do
        [ $((tries++)) -lt 1500 ] || { echo "no point is over"; return 1; }
        sleep 0.02
    done
    kill -INT $launcher
    wait $launcher
    [ $? -eq 130 ] && look broken/report.html --has "Incomplete. Points that are missing" --has "not started"
}
check "one that is broken off leaves a report of what there is" broken_off
resumed() { "$simulate" -q --resume broken >out 2>err && cmp broken/report.html kept.html && cmp broken/sweep.csv whole/sweep.csv; }
check "  resumed, it is that of the sweep left alone" resumed
check "nothing was trained: times alone" sweep timing --no-train --sweep experiment.seed=1
check "  all values, each a curve" look timing/report.html --figures 3 --has "Nothing was trained" --has 'LOSP (new), losp.learning_rate = 0.01'
check "a budget in time" sweep bounded --no-train --sweep experiment.seed=1 --set experiment.iterations= --set experiment.virtual_time=20ms
no_speedup() { awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "speedup") at = i} NR > 1 && $at != "NaN" {wrong = 1} END {exit wrong || NR < 4}' "$1"; }
check "  is said, and makes no speed-up" look bounded/report.html --has "update at or past the budget: 20 ms."
check "  neither in sweep.csv" no_speedup bounded/sweep.csv
check "  nor in a picture" sh -c '! grep -q "Speed-up over bsp against" bounded/report.html'
check "a budget in bytes" sweep sent --no-train --sweep experiment.seed=1 --set experiment.iterations= --set experiment.bytes=200kB
check "  makes no speed-up" no_speedup sent/sweep.csv
check "output.report = no" sweep none --set output.report=no --no-train --sweep experiment.seed=1 --sweep network.bandwidth=1Gbit/s
check "  is heeded" test ! -e none/report.html
many() { sweep many --no-train --algorithm bsp,losp --sweep network.latency=1us,1ms --sweep train.batch=1..9 --sweep network.bandwidth=1Gbit/s --sweep experiment.seed=1 && look many/report.html --figures 2 --has "27 curves are too many"; }
check "more curves than looks are said and not drawn" many
without() {
    mkdir tools
    for tool in sh awk sed cut cat; do ln -s "$(command -v $tool)" tools/$tool; done
    PATH=$scratch/tools "$simulate" --report whole >out 2>err && grep -q 'no figures: gnuplot is not installed' err && look whole/report.html --figures 0 --has "No figures: gnuplot is not installed"
}
check "without gnuplot the tables are there alone" without

# ---- what is refused ----

refused() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    "$simulate" --report "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || { cat err; return 1; }
}
check "a sweep beside a run" refused 'whole is a sweep: expected it alone, or folders of runs' whole/0001* whole
check "two sweeps" refused 'whole is a sweep: expected it alone' whole timing
check "a file that is there" refused 'kept.html exists' -o kept.html whole
empty() { mkdir empty && cp whole/*.ini empty/ && refused 'expected a sweep with a point that is over, got none' empty; }
check "a sweep that has just begun" empty
cut_off() { rm -rf cut && cp -r whole cut && truncate -s -1 cut/0004*/comparison.csv && "$simulate" --report cut >out 2>err; [ $? -eq 3 ] && grep -q 'comparison.csv:2: expected a whole line' err; }
check "a point with a damaged table: status 3, with its line" cut_off
older() { # a program without the columns exchange and utilisation has written it
    local sheet
    cp -r whole older && rm older/report.html
    for sheet in older/0*/comparison.csv; do
        awk -F, -v OFS=, 'NR == 1 {for (i = 1; i <= NF; i++) drop[i] = $i == "exchange" || $i == "utilisation"}
            {line = $1; for (i = 2; i <= NF; i++) if (!drop[i]) line = line "," $i; print line}' "$sheet" >new && mv new "$sheet"
    done
    "$simulate" --report older >out 2>err && [ ! -s err ] && [ "$(rows older/report.html)" -eq $((4 + 4)) ]
}
check "a sweep of an older program" older
stranger() { sed -i '1s/idle_share/idle/' older/0001*/comparison.csv && "$simulate" --report older >out 2>err; [ $? -eq 3 ] && grep -q 'comparison.csv:1: expected the columns that this version writes' err; }
check "  but not one without a column that every program writes" stranger
check "nothing is left of sheets and links" rmdir tmp
finish
