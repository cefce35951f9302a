#!/usr/bin/env bash
# What changed between two programs in the files of small runs (hashes.sh): the present one, $SIMULATE or ./simulate, and BASE, a commit
# (built.sh) or a program. usage: tests/golden/check.sh [BASE [CASE...]]   (default: HEAD, all)
# "N of N files equal" last, status 1 if one is not; words that differ are named and do not count.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
base=${1:-HEAD}
now=$(realpath "${SIMULATE:-$root/simulate}")
[ $# -eq 0 ] || shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

program=$base
[ -f "$base" ] || program=$("$root/tests/golden/built.sh" "$base") || exit 2
status=0
"$root/tests/golden/hashes.sh" "$program" "${@}" >"$scratch/before" || status=1
"$root/tests/golden/hashes.sh" "$now" "${@}" >"$scratch/after" || status=1
awk -v base="$base" '
    NR == FNR {before[$2] = $1; next}
    {after[$2] = $1}
    !($2 in before) {print "only now: " $2}
    $2 in before && before[$2] != $1 {print ($2 ~ /^prose\// ? "prose differs: " substr($2, 7) : "differs: " $2)}
    $2 !~ /^prose\// {all++; equal += before[$2] == $1}
    END {
        for (path in before)
            if (!(path in after)) {print "only in " base ": " path; all += path !~ /^prose\//}
        printf "%d of %d files equal\n", equal, all
        exit equal != all || !all
    }' "$scratch/before" "$scratch/after" && [ $status -eq 0 ]
