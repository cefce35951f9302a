#!/bin/sh
# Draws every plot of a run into RUN/plots and shows accuracy against virtual time in characters.
#
#   plots/plot.sh RUN [png|svg|pdf|dumb]
#
# Of a run in which nothing was trained only the split of time is drawn.
# RUN is the folder of a run, or the one above it: then its `latest` is drawn. Status 2: not a run, or a wrong call.
# Installed it is called simulate-plot, a link to this file: the scripts beside the file are used.
set -eu
me=$(basename "$0")

refuse() {
    echo "$me: $1" >&2
    exit 2
}

is_run() {
    for file in "$1"/*/eval.csv; do
        [ -f "$file" ] && return 0
    done
    return 1
}

# draw NAME SCRIPT ARGUMENT...: the format and the file come last.
draw() {
    file=$run/plots/$1.$ending script=$scripts/$2
    shift 2
    gnuplot -c "$script" "$run" "$@" "$format" "$file"
    echo "$file"
}

[ $# -eq 1 ] || [ $# -eq 2 ] || refuse "usage: $me RUN [png|svg|pdf|dumb]"
run=$1 format=${2:-png} scripts=$(dirname "$(readlink -f "$0")")
case $format in
png | svg | pdf) ending=$format ;;
dumb) ending=txt ;;
*) refuse "'$format' is no format: expected png, svg, pdf or dumb" ;;
esac
is_run "$run" || run=$run/latest
is_run "$run" || refuse "$1: not a run: neither <algorithm>/eval.csv nor latest in it"
command -v gnuplot >/dev/null || { echo "$me: gnuplot is not installed" >&2; exit 1; }

mkdir -p "$run/plots"
curves="accuracy loss"
if grep -qs '"trained": false' "$run"/*/summary.json; then curves=; fi
for y in $curves; do
    draw ${y}_time curve.gp virtual_s test_$y
    draw ${y}_iterations curve.gp iterations test_$y
    draw ${y}_bytes curve.gp bytes test_$y
done
for timeline in "$run"/*/timeline.csv; do
    [ "$(sed -n '2{p;q}' "$timeline" 2>/dev/null)" ] || continue
    algorithm=$(basename "$(dirname "$timeline")")
    draw "gantt_$algorithm" gantt.gp "$algorithm" 4
done
if [ -f "$run/time.csv" ]; then
    draw time_split time_split.gp
fi
[ -z "$curves" ] || gnuplot -c "$scripts/curve.gp" "$run" virtual_s test_accuracy dumb
