#!/bin/sh
# Lists the curves in a folder, for the scripts of this folder.
#
#   plots/list_curves.sh FOLDER [all|complete [KEY [marked]]]
#
# FOLDER    the folder of a run, or a folder with the folders of several runs (names without blanks)
# complete  only the algorithms of comparison.csv, which ran to their end
# KEY       a key that makes no curves: runs that differ only in this key are on one curve
# marked    the separators of a name, ", " and " = ", are the control characters 4 and 5: a name can be folded there
#
# A file `curves` in FOLDER says itself which curves there are; the curves of a sweep's best values are made so.
#
# Prints three words per curve, in quotes: the name (text.awk says how), the algorithm, and the folders of its runs
# within FOLDER. These runs differ in their seeds alone. If runs differ in other keys, the keys are part of the name.
set -eu
unset CDPATH
scripts=$(cd "$(dirname "$0")" && pwd)
cd "$1"
which=${2:-all} but=${3:-} marked=${4:-}

is_run() {
    for file in "$1"/*/eval.csv; do
        [ -f "$file" ] && return 0
    done
    return 1
}

# run_row RUN: it, and the algorithms that have an evaluation. The shell starts no process here: there may be hundreds of runs.
run_row() {
    printf %s "$1"
    for file in "$1"/*/eval.csv; do
        file=${file#"$1"/}
        printf '\t%s' "${file%/eval.csv}"
    done
    echo
}

# A list of the curves, made for these runs, wins: a line NAME TAB ALGORITHM TAB RUN RUN ... for each curve.
if [ -f curves ] && [ "$which" != problems ]; then
    LC_ALL=C awk -F '\t' -v marked="$marked" -f "$scripts/text.awk" -f "$scripts/curves.awk" curves
    exit
fi
if is_run .; then
    run_row .
else
    for run in *; do
        [ "$run" = latest ] || ! is_run "$run" || run_row "$run"
    done
fi | LC_ALL=C awk -F '\t' -v but="$but" -v which="$which" -v marked="$marked" -f "$scripts/text.awk" -f "$scripts/list_curves.awk"
