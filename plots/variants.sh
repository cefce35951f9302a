#!/bin/sh
# Which curves there are in a folder, for the scripts of this folder.
#
#   plots/variants.sh FOLDER [all|complete [KEY]]
#
# FOLDER    that of a run, or one with the folders of several runs in it (names without blanks)
# complete  only the algorithms of comparison.csv, which ran to their end
# KEY       a key whose value makes no difference: runs that differ in it are on one curve
#
# Prints three words a curve, in quotes: what it is called, the algorithm, and the folders of its runs within FOLDER, which differ in their
# seeds alone. Where runs differ in other keys, these are part of the name.
set -eu
scripts=$(cd "$(dirname "$0")" && pwd)
cd "$1"
which=${2:-all} but=${3:-}

is_run() {
    for file in "$1"/*/eval.csv; do
        [ -f "$file" ] && return 0
    done
    return 1
}

# run_rows RUN: the algorithms in the order of comparison.csv, then any others that have an evaluation.
run_rows() {
    {
        [ ! -f "$1/comparison.csv" ] || sed 1d "$1/comparison.csv" | cut -d, -f1
        [ "$which" = all ] || return 0
        for file in "$1"/*/eval.csv; do
            file=${file#"$1"/}
            echo "${file%/eval.csv}"
        done
    } | awk '!seen[$0]++' | while read -r name; do
        [ "$(sed -n '2{p;q}' "$1/$name/eval.csv" 2>/dev/null)" ] || continue
        printf '%s\t%s\n' "$1" "$name"
    done
}

if is_run .; then
    run_rows .
else
    for run in *; do
        [ "$run" = latest ] || ! is_run "$run" || run_rows "$run"
    done
fi | awk -F '\t' -v but="$but" -f "$scripts/variants.awk"
