#!/bin/sh
# Draws every picture of a run into RUN/plots and shows accuracy against virtual time in characters. For several runs, for
# example with other seeds or bandwidths, each picture shows all of them. plots/plot.sh --help lists the options.
#
#   plots/plot.sh [OPTION]... RUN... [png|svg|pdf|tikz|dumb]
#   plots/plot.sh [OPTION]... SWEEP [png|svg|pdf|tikz|dumb]
#   plots/plot.sh [OPTION]... COMPARISON [png|svg|pdf|tikz|dumb]
#
# Of a sweep (its folder has a sweep.csv), each algorithm is drawn with its best values: see sweep.sh. A comparison (verdict.csv) is drawn
# as the sweep of its final runs, with the pictures of its verdict.
# Runs of several problems (a network on a data set) are drawn apart, each problem in a folder of its own.
# For a run without training only times are drawn.
# RUN is the folder of a run, or the folder above, which has a link `latest`. The folder of -o must be new or empty.
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

help() {
    cat <<END
usage: $me [OPTION]... RUN... [png|svg|pdf|tikz|dumb]
Draws the pictures of a run, of several runs together, of a sweep, or of a comparison.

  --format FORMAT  png (without it), svg, pdf, tikz (for LaTeX) or dumb (characters); also as the last word
  --width LENGTH   printed width, such as 84mm, 8.4cm, 3.3in, 240pt or 400px
  --height LENGTH  printed height. pdf and tikz have 84mm x 60mm without these two, and more height where
                   a picture needs it; png and svg have the size of a screen
  --font POINTS    size of the letters in print (8 where the picture has a printed size)
  --title TEXT     instead of the experiment's name
  --no-title       no title, for a figure with a caption
  --labels FILE    names of curves: a line "NAME = TEXT" for each, where NAME is an algorithm, a key, or a
                   curve as the legend names it; a curve's value of a key stays
  --keep           beside each picture a script that draws it again (gnuplot PICTURE.gp) and its data, to be
                   changed by hand
  -o FOLDER        the pictures go there; needed for several runs
  --help           this text

A picture that has a script changed by hand beside it stays as it is.
END
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
    is_run "$found" || ! is_sweep "$1" || refuse "$1 is a sweep, which is drawn alone: $me -o FOLDER $1"
    is_run "$found" || refuse "$1: not a run: neither <algorithm>/eval.csv nor latest in it"
}

# A folder of a sweep, or with `latest` one; in `found`.
is_sweep() {
    for found in "$1" "$1/latest"; do
        [ ! -f "$found/sweep.csv" ] || return 0
    done
    return 1
}

# A folder of a comparison, or with `latest` one; in `found`.
is_comparison() {
    for found in "$1" "$1/latest"; do
        [ ! -f "$found/verdict.csv" ] || return 0
    done
    return 1
}

# length OPTION TEXT: in mm. Its unit goes to `unit`.
length() {
    unit=$(expr "$2" : '[0-9.]* *\([a-z]*\)$') || unit=
    case $unit in mm | cm | in | pt | px) ;; *) unit= ;; esac
    mm=''
    [ -z "$unit" ] || mm=$(echo "$2" | awk -v unit="$unit" '
        BEGIN { split("mm 1 cm 10 in 25.4 pt 0.352778 px 0.264583", part, " "); for (i = 1; i < 10; i += 2) of[part[i]] = part[i + 1] }
        { number = $0; sub(/ *[a-z]+$/, "", number) }
        number ~ /^([0-9]+\.?[0-9]*|\.[0-9]+)$/ && number * of[unit] > 0 && number * of[unit] <= 1100 { print number * of[unit] }')
    [ -n "$mm" ] ||
        refuse "$1: expected a length up to 1100mm with its unit (mm, cm, in, pt or px), such as 84mm, got '$2'"
}

# Text as gnuplot takes it, on one line, in quotes.
in_quotes() {
    printf "'%s'" "$(printf '%s\n' "$1" | tr '\n' ' ' | sed 's/ $//' | LC_ALL=C awk -v as_lines=1 -f "$scripts/text.awk" | tr '\001\002\003' "'\"\\\\" | sed "s/'/''/g")"
}

# What labels.awk says of the curves; `$1` may be check=1.
names() {
    sh "$scripts/list_curves.sh" "$run" all '' marked | (
        cd "$run"
        LABELS=$labels LC_ALL=C awk -v "${1:-check=}" -f "$scripts/text.awk" -f "$scripts/cells.awk" -f "$scripts/labels.awk"
    )
}

# draw NAME SCRIPT ARGUMENT...: the format and the file come last. -d: as gnuplot is, whatever ~/.gnuplot says.
draw() {
    file=$pictures/$1.$ending script=$scripts/$2 own=$pictures/$1.gp
    shift 2
    ! by_hand "$own" || return 0
    gnuplot -d -e "$settings$size" -c "$script" "$run" "$@" "$format" "$file" || return
    echo "$file"
    [ -z "$keep" ] || echo "$own"
}

has_rows() {
    [ "$(sed -n '2{p;q}' "$1" 2>/dev/null)" ]
}

# values KEY: how many values the runs of `run` have of network.KEY.
values() {
    sed -n "/^\[network\]/,/^\[/s/^$1 = //p" "$run"/*/resolved.ini 2>/dev/null | sort -u | wc -l
}

scripts=$(dirname "$(readlink -f "$0")")
# shellcheck source=plots/by_hand.sh
. "$scripts/by_hand.sh"
usage="usage: $me [OPTION]... RUN... [png|svg|pdf|tikz|dumb]; $me --help says more"
out='' format='' width='' height='' font='' title='' titled='' labels='' keep='' dots=300
n=$#
while [ $n -gt 0 ]; do
    word=$1
    shift
    n=$((n - 1))
    case $word in
    --*=*)
        value=${word#*=} word=${word%%=*}
        case $word in --no-title | --keep | --help) refuse "$word takes no value" ;; esac
        ;;
    --format | --width | --height | --font | --title | --labels | -o)
        [ $n -gt 0 ] || refuse "$word: expected a value; $usage"
        value=$1
        shift
        n=$((n - 1))
        ;;
    esac
    case $word in
    --format)
        case $value in png | svg | pdf | tikz | dumb) format=$value ;; *) refuse "--format: expected png, svg, pdf, tikz or dumb, got '$value'" ;; esac
        ;;
    --width)
        length --width "$value"
        width=$mm width_given=$value
        [ "$unit" != px ] || dots=96
        ;;
    --height)
        length --height "$value"
        height=$mm height_given=$value
        [ "$unit" != px ] || dots=96
        ;;
    --font)
        font=$(echo "$value" | awk '{ sub(/ *pt$/, "") } /^([0-9]+\.?[0-9]*|\.[0-9]+)$/ && $0 + 0 >= 4 && $0 + 0 <= 40')
        [ -n "$font" ] || refuse "--font: expected a size from 4 to 40 points, such as 8, got '$value'"
        ;;
    --title) title=$value titled=yes ;;
    --no-title) titled=no ;;
    --labels)
        { [ -f "$value" ] && [ -r "$value" ]; } || refuse "--labels: '$value' is no file that can be read"
        labels=$(realpath "$value") labels_name=$value
        ;;
    --keep) keep=yes ;;
    -o) out=$value ;;
    -h | --help)
        help
        exit
        ;;
    -?*) refuse "expected --format, --width, --height, --font, --title, --no-title, --labels, --keep, -o or --help, got '$word'" ;;
    *) set -- "$@" "$word" ;;
    esac
done
[ -z "$title" ] || [ "$titled" = yes ] || refuse "--title and --no-title: expected one of them"

[ $# -ge 1 ] || refuse "$usage"
for last in "$@"; do :; done
given=$#
case $last in
png | svg | pdf | tikz | dumb)
    if [ $# -ge 2 ]; then
        [ -z "$format" ] || [ "$format" = "$last" ] || refuse "--format $format and '$last': expected one format"
        format=$last given=$(($# - 1))
    fi
    ;;
esac
format=${format:-png} ending=$format
case $format in dumb) ending=txt ;; tikz) ending=tex ;; esac
# room OPTION MM LETTERS: that many letters have room there.
room() {
    [ -z "$2" ] || least=$(echo "$2 ${font:-8} $3" | awk '$1 < 0.3528 * $2 * $3 { printf "%d", 0.3528 * $2 * $3 + 1 }')
    [ -z "$2" ] || [ -z "$least" ] || refuse "$1: letters of ${font:-8} points need at least ${least}mm (--font), got ${2}mm"
}
room --width "$width" 15
room --height "$height" 12
[ "$format" != dumb ] || [ -z "$width$height$font" ] || refuse "--width, --height and --font: a picture in characters (dumb) has neither"
[ -n "$out" ] || [ "$given" -eq 1 ] || [ $# -ne 2 ] || is_run "$2" ||
    refuse "'$2' is no format and no run: expected png, svg, pdf, tikz, dumb or the folder of a run"
[ -n "$out" ] || [ "$given" -eq 1 ] || refuse "of several runs: expected -o FOLDER for the pictures"
[ -z "$out" ] || [ ! -e "$out" ] || rmdir "$out" 2>/dev/null || refuse "$out exists: -o needs the name of a new folder"

command -v gnuplot >/dev/null || { echo "$me: gnuplot is not installed" >&2; exit 1; }
[ "$format" != tikz ] || gnuplot -d -e 'set terminal tikz' 2>/dev/null ||
    { echo "$me: this gnuplot has no terminal tikz: Debian's gnuplot-nox has it; --format pdf needs none" >&2; exit 1; }

case $titled in
yes) settings="heading = $(in_quotes "$title"); " ;;
no) settings="heading = ''; " ;;
*) settings='' ;;
esac
size=${width:+width_mm = $width; }${height:+height_mm = $height; }${font:+font_pt = $font; }${keep:+keep = 1; }
[ -z "$width$height" ] || size="${size}dots = $dots; "
compared='' whole=''
if [ "$given" -eq 1 ] && ! is_run "$1"; then
    if is_comparison "$1"; then
        compared=$found whole=$found/final
    elif is_sweep "$1"; then
        whole=$found
    fi
fi
if [ -n "$whole" ]; then
    set -- ${width:+--width="$width_given"} ${height:+--height="$height_given"} ${font:+--font="$font"} ${labels:+--labels="$labels"} ${keep:+--keep}
    [ -z "$titled" ] || if [ "$titled" = yes ]; then set -- "$@" --title="$title"; else set -- "$@" --no-title; fi
    [ -z "$labels" ] || settings="${settings}labels_of = $(in_quotes "$labels"); "
    pictures=${out:-${compared:-$whole}/plots}
    gnuplot_settings="$settings$size" compared=$compared exec "$scripts/sweep.sh" "$whole" "$pictures" "$format" "$@"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
if [ "$given" -eq 1 ]; then
    find_run "$1"
    run=$found
else
    run=$work/runs
    mkdir "$run"
    n=0
    for each in "$@"; do
        n=$((n + 1))
        [ $n -le "$given" ] || break
        find_run "$each"
        ln -s "$(realpath "$found")" "$run/$(printf %05d $n)"
    done
fi

# Runs of several problems (a network on a data set) are drawn apart: each problem gets a folder.
if [ "$given" -gt 1 ] && sh "$scripts/list_curves.sh" "$run" problems >"$work/problems" && [ "$(wc -l <"$work/problems")" -gt 1 ]; then
    set -- --format="$format" ${width:+--width="$width_given"} ${height:+--height="$height_given"} ${font:+--font="$font"} ${labels:+--labels="$labels"} ${keep:+--keep}
    [ -z "$titled" ] || if [ "$titled" = yes ]; then set -- "$@" --title="$title"; else set -- "$@" --no-title; fi
    mkdir -p "$out"
    while read -r line; do
        folder=${line#*"' '"} runs=${line##*"' '"}
        folder=${folder%%"' '"*} runs=${runs%"'"}
        name=${line%%"' '"*}
        printf '%s\n' "${name#"'"}" | tr '\001\002\003' "'\"\\\\"
        each=''
        for one in $runs; do each="$each $run/$one"; done
        # shellcheck disable=SC2086 # the names of the links have no blanks
        (unset settings && "$0" "$@" -o "$out/$folder" $each)
    done <"$work/problems"
    exit
fi

if [ -n "$labels" ]; then
    names check=1 | tr '\001\002\003' "'\"\\\\" >"$work/said"
    ! grep -q '^error' "$work/said" || refuse "$labels_name:$(sed -n '/^error/{s/^error.//p;q}' "$work/said")"
    sed -n "s/^note.//p" "$work/said" | while IFS= read -r said; do echo "$me: $labels_name:$said" >&2; done
fi
names >"$work/names"
settings="${settings}listing = $(in_quotes "$work/names"); labels_of = $(in_quotes "$labels"); "
if [ -n "$titled" ] && sed 1q "$work/names" | grep -q "'1'$"; then
    echo "$me: the data are synthetic, and these pictures do not say so" >&2
fi

pictures=${out:-$run/plots}
mkdir -p "$pictures"
trained=yes
if grep -qs '"trained": false' "$run"/*/summary.json "$run"/*/*/summary.json; then trained=; fi
validated=''
if [ "$trained" ] && grep -qs '"judged_on": "validation"' "$run"/*/summary.json "$run"/*/*/summary.json; then validated=yes; fi
if [ "$trained" ]; then
    for x in virtual_s:time iterations:iterations bytes:bytes; do
        draw "accuracy_${x#*:}" curve.gp "${x%:*}" test_accuracy
        [ -z "$validated" ] || draw "validation_${x#*:}" curve.gp "${x%:*}" validation_accuracy
        draw "loss_${x#*:}" curve.gp "${x%:*}" test_loss
        draw "train_loss_${x#*:}" curve.gp "${x%:*}" train_loss
    done
fi
if [ -f "$run/compared" ] && [ "$(wc -l <"$run/curves")" -gt 1 ]; then # by sweep.sh
    for axes in time:accuracy bytes:accuracy time:bytes; do draw "pareto_${axes%:*}_${axes#*:}" pareto.gp "${axes%:*}" "${axes#*:}"; done
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
    if [ "$given" -eq 1 ] || [ "$(values $key)" -le 1 ]; then continue; fi
    draw "${result}_$key" sweep.gp "network.$key" $result 2>"$work/why" || grep -q 'no run here' "$work/why" || { cat "$work/why" >&2; exit 1; }
done
if [ "$format" = tikz ]; then
    (cd "$pictures" && gnuplot -d -e 'set terminal tikz createstyle' && rm -f gnuplot-lua-tikz.tex t-gnuplot-lua-tikz.tex)
    echo "LaTeX: \\usepackage{gnuplot-lua-tikz} (from $pictures or TeX's own), then \\input{$pictures/accuracy_time}"
fi
[ -z "$trained" ] || gnuplot -d -e "$settings" -c "$scripts/curve.gp" "$run" virtual_s test_accuracy dumb
