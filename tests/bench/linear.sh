#!/usr/bin/env bash
# What the commands that read a run take, divided by the time of reading its files: --verify, --export and --report of a run of ROWS pushes, and
# of one of as many evaluations; --verify, --export, --resume and --report of a finished sweep of POINTS points, and --report of its runs merged.
# Both are CPU time, user and system, the least of 3. "Reading" is a plain program: getline, and strtod on every field (reading.c), of the
# tables, JSON and resolved.ini that the command opens. gnuplot, and the awk that it calls, are left out: a gnuplot that fails stands in
# the PATH. Nothing is trained; the accuracies of the second run are made up.
# linear.write.rows_per_s: rows of workers.csv per second of CPU of the run that writes them.
# usage: tests/bench/linear.sh [ROWS [POINTS]]   1000000 and 1000 by default
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
rows=${1:-1000000} points=${2:-1000}
TIMEFORMAT='%U %S'

cat >"$scratch/run.ini" <<'END'
[experiment]
algorithms = asp
[data]
set = synthetic
train_samples = 640
test_samples = 60
[model]
name = tiny
[train]
batch = 8
learning_rate = 0.02
[cluster]
workers = 8
[compute]
model = fixed
seconds = 1ms
jitter = 0.1
[output]
report = no
END

# cpu COMMAND...: its seconds.
cpu() {
    local used
    used=$({ time "$@" >/dev/null 2>"$scratch/said"; } 2>&1) || { cat "$scratch/said" >&2 && return 1; }
    calculate "${used/ /+}"
}

least() { printf '%s\n' "$@" | sort -g | head -1; }

# ratio NAME FOLDER FILES COMMAND...: FILES is a pattern of the names that count.
ratio() {
    local name=$1 folder=$2 files=$3 reading=() taken=() i
    shift 3
    find "$folder" -regextype posix-extended -regex ".*/($files)" >"$scratch/files"
    for i in 1 2 3; do
        rm -rf "$scratch/made"
        reading[i]=$("$bench/reading" <"$scratch/files")
        taken[i]=$(cpu "$@")
    done
    echo "linear.$name.ratio $(calculate "$(least "${taken[@]}") / $(least "${reading[@]}")") x"
    echo "linear.$name.seconds $(least "${taken[@]}") s"
}

mkdir "$scratch/bin"
printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/gnuplot"
chmod +x "$scratch/bin/gnuplot"
PATH=$scratch/bin:$PATH

# run FOLDER EVERY: of `rows` pushes, an evaluation after every EVERY.
run() { ./simulate "$scratch/run.ini" -q --no-train --iterations "$rows" --set "output.eval_every=$2" -o "$scratch/$1"; }

writing=$(cpu run pushes 100)
echo "linear.write.rows_per_s $(calculate "$rows / $writing") rows/s"
run evaluations 1 >/dev/null
awk -F, -v OFS=, 'NR > 1 {$5 = 0.9 - 0.8 * exp(-NR / 2e5) + 0.02 * sin(13 * NR); $6 = 2 - $5; $7 = 2.1 - $5} 1' \
    "$scratch/evaluations/asp/eval.csv" >"$scratch/eval.csv"
./simulate "$scratch/run.ini" -q --no-train --iterations 80 --sweep "experiment.seed=1..$(((points + 9) / 10))" \
    --sweep network.latency=100us,200us,300us,400us,500us,600us,700us,800us,900us,1ms --set output.eval_every=20 -o "$scratch/sweep" >/dev/null

tables='(eval|workers|totals)\.csv|(summary|run)\.json|resolved\.ini'
for kind in pushes evaluations; do
    ratio "verify.$kind" "$scratch/$kind" "$tables" ./simulate --verify "$scratch/$kind"
    ratio "export.$kind" "$scratch/$kind" 'eval\.csv|summary\.json|resolved\.ini' ./simulate --export csv -o "$scratch/made" "$scratch/$kind"
done
cp "$scratch/eval.csv" "$scratch/evaluations/asp/eval.csv"
sed -i '2s/,NaN/,0.9/;2s/,NaN/,0.9/;2s/,NaN/,0.1/' "$scratch/evaluations/comparison.csv"
for kind in pushes evaluations; do
    ratio "report.$kind" "$scratch/$kind" '(eval|workers|totals|comparison)\.csv|run\.json|resolved\.ini' ./simulate --report -o "$scratch/made" "$scratch/$kind"
done
ratio verify.sweep "$scratch/sweep" "$tables" ./simulate --verify "$scratch/sweep"
ratio export.sweep "$scratch/sweep" 'eval\.csv|summary\.json|resolved\.ini' ./simulate --export csv -o "$scratch/made" "$scratch/sweep"
ratio resume.sweep "$scratch/sweep" 'comparison\.csv|run\.json' ./simulate -q --resume "$scratch/sweep"
ratio report.sweep "$scratch/sweep" 'comparison\.csv|run\.json' ./simulate --report -o "$scratch/made" "$scratch/sweep"
ratio report.merged "$scratch/sweep" '(workers|totals|comparison)\.csv|run\.json|resolved\.ini' ./simulate --report -o "$scratch/made" "$scratch"/sweep/0*
