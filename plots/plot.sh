#!/bin/sh
# Draws every plot of a run into RUN/plots and shows accuracy against virtual time in characters. For several runs, for
# example with other seeds or bandwidths, each picture shows all of them.
#
#   plots/plot.sh RUN [png|svg|pdf|dumb]
#   plots/plot.sh -o FOLDER RUN RUN... [png|svg|pdf|dumb]
#   plots/plot.sh [-o FOLDER] SWEEP [png|svg|pdf|dumb]
#
# Of a sweep (its folder has a sweep.csv), each algorithm is drawn with its best values: see sweep.sh.
#
# For a run without training only times are drawn.
# RUN is the folder of a run, or the folder above, which has a link `latest`. FOLDER must be new or empty.
# Status 2: not a run, or a wrong call.
# The installed command simulate-plot is a link to this file, which uses the scripts beside itself.
set -eu
export LC_ALL=C.UTF-8 # without it gnuplot warns of its degree sign
unset CDPATH GNUTERM
me=$(basename "$0")

refuse() {
    echo "$me: $1" >&2
    exit 2
}

is_run() {
    [ ! -f "$1/curves" ] || return 0 # made by sweep.sh
    for file in "$1"/*/eval.csv; do
        [ -f "$file" ] && return 0
    done
    return 1
}

# find_run FOLDER: the run in it, or its latest one, in `found`.
find_run() {
    found=$1
    is_run "$found" || found=$1/latest
    is_run "$found" || refuse "$1: not a run: neither <algorithm>/eval.csv nor latest in it"
}

# A folder of a sweep, or with `latest` one; in `found`.
is_sweep() {
    for found in "$1" "$1/latest"; do
        [ ! -f "$found/sweep.csv" ] || return 0
    done
    return 1
}

# draw NAME SCRIPT ARGUMENT...: the format and the file come last. -d: as gnuplot is, whatever ~/.gnuplot says.
draw() {
    file=$pictures/$1.$ending script=$scripts/$2
    shift 2
    gnuplot -d -c "$script" "$run" "$@" "$format" "$file"
    echo "$file"
}

has_rows() {
    [ "$(sed -n '2{p;q}' "$1" 2>/dev/null)" ]
}

# values KEY: how many values the runs of `run` have of network.KEY.
values() {
    sed -n "/^\[network\]/,/^\[/s/^$1 = //p" "$run"/*/resolved.ini 2>/dev/null | sort -u | wc -l
}

usage="usage: $me [-o FOLDER] RUN... [png|svg|pdf|dumb]"
out=''
if [ "${1:-}" = -o ]; then
    [ $# -ge 3 ] || refuse "$usage"
    out=$2
    shift 2
fi
[ $# -ge 1 ] || refuse "$usage"
for last in "$@"; do :; done
format=png given=$#
case $last in png | svg | pdf | dumb) if [ $# -ge 2 ]; then format=$last given=$(($# - 1)); fi ;; esac
scripts=$(dirname "$(readlink -f "$0")") ending=$format
[ "$format" != dumb ] || ending=txt
[ -n "$out" ] || [ "$given" -eq 1 ] || [ $# -ne 2 ] || is_run "$2" ||
    refuse "'$2' is no format and no run: expected png, svg, pdf, dumb or the folder of a run"
[ -n "$out" ] || [ "$given" -eq 1 ] || refuse "of several runs: expected -o FOLDER for the pictures"
[ -z "$out" ] || [ ! -e "$out" ] || rmdir "$out" 2>/dev/null || refuse "$out exists: -o needs the name of a new folder"

if [ "$given" -eq 1 ] && ! is_run "$1" && is_sweep "$1"; then
    command -v gnuplot >/dev/null || { echo "$me: gnuplot is not installed" >&2; exit 1; }
    exec "$scripts/sweep.sh" "$found" "${out:-$found/plots}" "$format"
fi
if [ "$given" -eq 1 ]; then
    find_run "$1"
    run=$found
else
    run=$(mktemp -d)
    trap 'rm -rf "$run"' EXIT
    trap 'exit 1' INT TERM HUP
    n=0
    for each in "$@"; do
        n=$((n + 1))
        [ $n -le "$given" ] || break
        find_run "$each"
        ln -s "$(realpath "$found")" "$run/$(printf %05d $n)"
    done
fi
command -v gnuplot >/dev/null || { echo "$me: gnuplot is not installed" >&2; exit 1; }

pictures=${out:-$run/plots}
mkdir -p "$pictures"
trained=yes
if grep -qs '"trained": false' "$run"/*/summary.json "$run"/*/*/summary.json; then trained=; fi
if [ "$trained" ]; then
    for x in virtual_s:time iterations:iterations bytes:bytes; do
        draw "accuracy_${x#*:}" curve.gp "${x%:*}" test_accuracy
        draw "loss_${x#*:}" curve.gp "${x%:*}" test_loss
        draw "train_loss_${x#*:}" curve.gp "${x%:*}" train_loss
    done
fi
for totals in "$run"/*/totals.csv "$run"/*/*/totals.csv; do
    if has_rows "$totals" && grep -q overlapped_ns "$totals"; then draw time_split time_split.gp; break; fi
done
for workers in "$run"/*/workers.csv "$run"/*/*/workers.csv; do
    if has_rows "$workers"; then
        draw k distribution.gp k
        draw staleness distribution.gp staleness
        break
    fi
done
for timeline in "$run"/*/timeline.csv; do
    has_rows "$timeline" || continue
    algorithm=$(basename "$(dirname "$timeline")")
    draw "gantt_$algorithm" gantt.gp "$algorithm" 4
done
if [ "$given" -eq 1 ] && grep -qsxE 'partition = (dirichlet|shards|label)' "$run/resolved.ini"; then draw partition partition.gp; fi
result=target_s
[ "$trained" ] && ! grep -qsx 'target_accuracy =' "$run"/*/resolved.ini || result=virtual_s
for key in bandwidth latency; do
    if [ "$given" -gt 1 ] && [ "$(values $key)" -gt 1 ]; then draw "${result}_$key" sweep.gp "network.$key" $result; fi
done
[ -z "$trained" ] || gnuplot -d -c "$scripts/curve.gp" "$run" virtual_s test_accuracy dumb
