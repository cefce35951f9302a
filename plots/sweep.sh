#!/bin/sh
# Draws a sweep: for each point of the shared keys the curves of each algorithm at its best, and results against each key that is a number.
#
#   plots/sweep.sh SWEEP PICTURES FORMAT [OPTION]...      called by plot.sh, which gets the options again
#
# `gnuplot_settings` in the environment has what they are for sweep.gp (gnuplot -e); `compared` has the folder of a comparison of which SWEEP are the
# final runs.
# PICTURES gets the pictures that plot.sh draws of several runs; with several points of the shared keys in a folder for each, like
# bandwidth=10Mbit_s. And test_accuracy_KEY, target_s_KEY (without target virtual_s_KEY) and speedup_KEY; with sweep.count_by also wins. Of a
# comparison Pareto fronts (in the folders of the points), forest_time and forest_accuracy, who_wins, profiles.
set -eu
export LC_ALL=C.UTF-8
unset CDPATH GNUTERM
scripts=$(dirname "$(readlink -f "$0")")
# shellcheck source=plots/by_hand.sh
. "$scripts/by_hand.sh"
sweep=$(realpath "$1") pictures=$2 format=$3 ending=$3
case $format in dumb) ending=txt ;; tikz) ending=tex ;; esac
shift 3
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
trap 'exit 1' INT TERM HUP
tab=$(printf '\t')

chosen() { # WHAT [KEY]
    (cd "$sweep" && ls) | LC_ALL=C awk -v sweep="$sweep" -v what="$1" -v key="${2:-}" -f "$scripts/cells.awk" -f "$scripts/chosen.awk" - "$sweep/sweep.csv"
}

# final FROM TO: the first path FROM of each line is TO.
final() {
    FROM=$1 TO=$2 LC_ALL=C awk 'at = index($0, ENVIRON["FROM"]) { $0 = substr($0, 1, at - 1) ENVIRON["TO"] substr($0, at + length(ENVIRON["FROM"])) } 1'
}

# A folder of runs with a list of curves for each setting.
chosen curves >"$temporary/all"
chosen keys | tr ' ' '\n' >"$temporary/axes"
settings=$(cut -f1 "$temporary/all" | sort -u | wc -l)
while IFS= read -r line; do
    setting=${line%%"$tab"*} rest=${line#*"$tab"}
    name=$(printf %s "$setting" | sed 's/, /,/g; s/[^A-Za-z0-9+._=,-]/_/g')
    [ "$settings" -gt 1 ] || name=the_sweep
    mkdir -p "$temporary/runs/$name"
    printf '%s\n' "$rest" >>"$temporary/runs/$name/curves"
    printf '%s' "$setting" >"$temporary/runs/$name/setting"
    cp "$temporary/axes" "$temporary/runs/$name/axes"
    [ -z "${compared:-}" ] || : >"$temporary/runs/$name/compared"
    for run in ${rest##*"$tab"}; do
        for point in "$sweep/${run#0}"-*; do ln -sf "$point" "$temporary/runs/$name/$run"; done
    done
done <"$temporary/all"

for runs in "$temporary"/runs/*; do
    [ -f "$runs/curves" ] || continue
    into=$pictures
    if [ "$settings" -gt 1 ]; then
        into=$pictures/${runs##*/}
        echo "$(cat "$runs/setting"):"
    fi
    mkdir -p "$into"
    ln -s "$(realpath "$into")" "$runs/plots"
    status=0
    "$scripts/plot.sh" "$@" "$runs" "$format" >"$temporary/said" 2>"$temporary/why" || status=$?
    final "$runs/plots/" "$into/" <"$temporary/said"
    final "$runs/plots/" "$into/" <"$temporary/why" >&2
    [ $status -eq 0 ] || exit $status
done

# draw NAME NOTHING SCRIPT ARGUMENT...: the picture NAME, unless it is drawn by hand. A script that ends with a message that matches
# NOTHING has found nothing to show, and draws nothing; with NOTHING empty it always has something.
draw() {
    file=$pictures/$1.$ending nothing=$2 script=$3
    shift 3
    mkdir -p "$pictures"
    ! by_hand "${file%.*}.gp" || return 0
    if gnuplot -d -e "$gnuplot_settings" -c "$scripts/$script" "$@" "$format" "$file" 2>"$temporary/why"; then
        cat "$temporary/why" >&2
        echo "$file"
        case $gnuplot_settings in *'keep = 1;'*) echo "${file%.*}.gp" ;; esac
    elif [ -z "$nothing" ] || ! grep -q -- "$nothing" "$temporary/why"; then
        cat "$temporary/why" >&2
        exit 1
    fi
}

# Results against each key, and what sweep.count_by counts, with the experiment's name.
gnuplot_settings="experiment = '$(sed -n "s/'/''/g;s/^name = //p;/^algorithms =/q" "$sweep/resolved.ini")'; ${gnuplot_settings:-}"
trained='' result=virtual_s
if grep -qs '"trained": true' "$sweep"/[0-9]*/*/summary.json; then trained=yes; fi
if grep -qsx 'target_accuracy = .*' "$sweep"/[0-9]*/resolved.ini && [ "$trained" ]; then result=target_s; fi
for key in $(chosen keys); do
    last=${key##*.}
    case $key in algorithm.*) last=${key#algorithm.} ;; esac
    chosen sheet "$key" >"$temporary/sheet.csv"
    for column in $result ${trained:+test_accuracy} speedup; do
        case $key,$column in algorithm.*,speedup) continue ;; esac
        draw "${column}_$last" 'no run here' sweep.gp "$temporary/sheet.csv" "$key" "$column"
    done
done

if [ -f "$sweep/sweep_wins.csv" ]; then
    cat >"$temporary/first.awk" <<'END'
{ cut($0) }
NR == 1 { for (i in cell) at[cell[i]] = i }
NR == 2 { print cell[at["label"]] != "" ? cell[at["label"]] : cell[at["algorithm"]]; exit }
END
    baseline=$(LC_ALL=C awk -f "$scripts/cells.awk" -f "$temporary/first.awk" "$sweep/sweep.csv")
    draw wins '' wins.gp "$sweep/sweep_wins.csv" "$baseline"
fi

# picture NAME SCRIPT DATA [ARGUMENT]: of a comparison, from a file in its folder.
picture() {
    name=$1 script=$2 from=$compared/$3
    shift 3
    [ ! -f "$from" ] || draw "$name" ' here$' "$script" "$from" "$@"
}

if [ -n "${compared:-}" ]; then
    if grep -qs '"synthetic": true' "$sweep"/[0-9]*/*/summary.json; then
        gnuplot_settings=$(printf '%s' "$gnuplot_settings" | sed "s/^\(experiment = '\([^']\|''\)*\)'/\1   –   SYNTHETIC DATA'/")
    fi
    for measure in time accuracy; do picture forest_$measure forest.gp verdict.csv $measure; done
    picture who_wins who_wins.gp who_wins.csv
    picture profiles profile.gp profiles.csv
fi
