#!/bin/sh
# Draws made-up runs: every picture must be there and be a picture, and wrong calls must end with status 2.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
failures=0

command -v gnuplot >/dev/null || { echo "ok plots # SKIP gnuplot is not installed"; exit 0; }

# check NAME COMMAND...: the command must succeed.
check() {
    name=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/# /' "$scratch/log"
        failures=$((failures + 1))
    fi
}

gives_status() {
    wanted=$1
    shift
    "$@"
    [ $? -eq "$wanted" ]
}

# make_run FOLDER SYNTHETIC: two algorithms, the second with few bytes.
make_run() {
    mkdir -p "$1/bsp" "$1/top_k"
    for algorithm in bsp top_k; do
        awk -v share="$([ $algorithm = bsp ] && echo 1 || echo 0.01)" 'BEGIN {
            print "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down"
            for (i = 0; i <= 20; i++)
                printf "%d,%d,%.9g,%.9f,%.9g,%.9g,%s,%d,%d\n", i, 4 * i, i / 5, i * 3.7, 1 - 0.9 / (i + 1), \
                    2.3 / (i + 1), i ? 2 / (i + 1) : "NaN", 1e8 * i * share, 2e8 * i * share
        }' >"$1/$algorithm/eval.csv"
    done
    awk 'BEGIN {
        print "worker,what,begin_ns,end_ns,version,bytes"
        for (i = 0; i < 6; i++) {
            for (w = 0; w < 20; w++)
                printf "%d,compute,%d,%d,%d,0\n%d,push,%d,%d,%d,9\n%d,service,%d,%d,%d,0\n%d,reply,%d,%d,%d,9\n", w, i * 1e6, \
                    i * 1e6 + 5e5, i, w, i * 1e6 + 5e5, i * 1e6 + 7e5, i, w, i * 1e6 + 7e5, i * 1e6 + 7e5, i, w, \
                    i * 1e6 + 7e5, i * 1e6 + 1e6, i + 1
            printf "-1,round,%d,%d,%d,0\n", i ? i * 1e6 - 3e5 : 0, i * 1e6 + 7e5, i + 1
        }
    }' >"$1/top_k/timeline.csv"
    sed 1q "$1/top_k/timeline.csv" >"$1/bsp/timeline.csv" # nothing has happened yet
    cat >"$1/comparison.csv" <<END
algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,target_accuracy,target_s,speedup,\
bytes_up,bytes_down,bytes_initial,communication_s,idle_share,synthetic
top_k,0.95,0.95,0.1,80,20,74.000000000,0.9,33.300000000,1,20000000,40000000,100,12,0.2,$2
bsp,0.95,0.95,0.1,80,20,74.000000000,0.9,33.300000000,1,2000000000,4000000000,100,12,0.2,$2
END
    cat >"$1/time.csv" <<END
algorithm,compute_s,communication_s,waiting_s,virtual_s
top_k,40,2,34,74.000000000
bsp,40,30,34,74.000000000
END
}

names="accuracy_time accuracy_iterations accuracy_bytes loss_time loss_iterations loss_bytes time_split gantt_top_k"

# all_there RUN ENDING START: each picture is there and starts with these bytes.
all_there() {
    for picture in $names; do
        file=$1/plots/$picture.$2
        grep -qFx "$file" "$scratch/out" || { echo "not printed: $file"; return 1; }
        [ -s "$file" ] || { echo "missing or empty: $file"; return 1; }
        head -c 16 "$file" | od -An -c | tr -d ' \n' | grep -qF "$3" || { echo "not $2: $file"; return 1; }
    done
}

draw() {
    "$root/plots/plot.sh" "$@" >"$scratch/out" 2>"$scratch/err" || { cat "$scratch/err"; return 1; }
    [ ! -s "$scratch/err" ] || { cat "$scratch/err"; return 1; }
}

out_has() {
    grep -q "$1" "$scratch/out"
}

out_lacks() {
    ! grep -q "$1" "$scratch/out"
}

plain=$scratch/results/lenet/20261122T103012Z-s1
spaced="$scratch/it's a run"
make_run "$plain" 0
make_run "$spaced" 1
png='211PNG\r\n032\n'

check png draw "$plain"
check png_pictures all_there "$plain" png "$png"
check terminal_picture out_has 'Virtual time (s)'
check title out_has 'lenet  20261122T103012Z-s1'
check real_data_unmarked out_lacks SYNTHETIC
check curves_in_order awk '/top_k/ { first = NR } / bsp / { exit !(first && first < NR) }' "$scratch/out"

check spaces draw "$spaced"
check spaces_pictures all_there "$spaced" png "$png"
check synthetic_marked out_has 'SYNTHETIC DATA'

check svg draw "$plain" svg
check svg_pictures all_there "$plain" svg '<?xml'
check pdf draw "$plain" pdf
check pdf_pictures all_there "$plain" pdf '%PDF'

ln -s "${plain##*/}" "$scratch/results/lenet/latest"
check latest draw "$scratch/results/lenet"
check latest_pictures all_there "$scratch/results/lenet/latest" png "$png"

# A run at its start: one evaluation, no files of the end.
young=$scratch/young
make_run "$young" 0
rm -r "$young/comparison.csv" "$young/time.csv" "$young/top_k"
sed -i 3q "$young/bsp/eval.csv"
check young draw "$young"
check young_no_split [ ! -e "$young/plots/time_split.png" ]
sed -i 2q "$young/bsp/eval.csv"
check one_evaluation draw "$young"
sed -i '2s/.*/0,0,0,0.000000000,NaN,NaN,NaN,0,0/' "$young/bsp/eval.csv"
check only_nan draw "$young"

mkdir "$scratch/empty"
refused() {
    gives_status 2 "$@" >"$scratch/out" 2>"$scratch/err" && [ "$(wc -l <"$scratch/err")" -eq 1 ] && [ ! -s "$scratch/out" ]
}
check no_run refused "$root/plots/plot.sh" "$scratch/empty"
check nothing_made [ ! -e "$scratch/empty/plots" ]
check no_folder refused "$root/plots/plot.sh" "$scratch/absent"
check no_argument refused "$root/plots/plot.sh"
check no_format refused "$root/plots/plot.sh" "$plain" jpeg
curve=$root/plots/curve.gp split=$root/plots/time_split.gp gantt=$root/plots/gantt.gp
check curve_few gives_status 2 gnuplot -c "$curve" "$plain" virtual_s
check curve_no_out gives_status 2 gnuplot -c "$curve" "$plain" virtual_s test_accuracy png
check curve_x gives_status 2 gnuplot -c "$curve" "$plain" years test_accuracy dumb
check curve_y gives_status 2 gnuplot -c "$curve" "$plain" virtual_s beauty dumb
check curve_format gives_status 2 gnuplot -c "$curve" "$plain" virtual_s test_accuracy jpeg "$scratch/x"
check curve_no_run gives_status 2 gnuplot -c "$curve" "$scratch/empty" virtual_s test_accuracy dumb
check split_few gives_status 2 gnuplot -c "$split" "$plain"
check split_no_run gives_status 2 gnuplot -c "$split" "$scratch/empty" dumb
check gantt_few gives_status 2 gnuplot -c "$gantt" "$plain" top_k 4
check gantt_no_out gives_status 2 gnuplot -c "$gantt" "$plain" top_k 4 png
check gantt_format gives_status 2 gnuplot -c "$gantt" "$plain" top_k 4 jpeg "$scratch/x"
check gantt_no_algorithm gives_status 2 gnuplot -c "$gantt" "$plain" asp 4 dumb
check gantt_nothing_yet gives_status 2 gnuplot -c "$gantt" "$plain" bsp 4 dumb
check gantt_no_rounds gives_status 2 gnuplot -c "$gantt" "$plain" top_k 0 dumb
gantt_shows() { # ROUNDS NUMBER: the last number among the rounds
    gnuplot -c "$gantt" "$plain" top_k "$1" dumb >"$scratch/out" 2>"$scratch/err" && [ ! -s "$scratch/err" ] || return 1
    [ "$(sed -nE '/1[^0-9]+2[^0-9]+3/{s/.*[^0-9]([0-9]+)[^0-9]*$/\1/p;q}' "$scratch/out")" = "$2" ]
}
check gantt_rounds gantt_shows 3 4
check gantt_fewer_rounds_than_asked gantt_shows 50 6
check split_format gives_status 2 gnuplot -c "$split" "$plain" jpeg "$scratch/x"

[ "$failures" -eq 0 ]
