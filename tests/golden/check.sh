#!/usr/bin/env bash
# What changed between two programs in the files of small runs (hashes.sh): the present one, $SIMULATE or ./simulate, and BASE, a commit,
# which is built in a git worktree for the time being, or a program. usage: tests/golden/check.sh [BASE [CASE...]]   (default: HEAD, all)
# "N of N files equal" last, status 1 if one is not; words that differ are named and do not count.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
base=${1:-HEAD}
now=$(realpath "${SIMULATE:-$root/simulate}")
[ $# -eq 0 ] || shift
scratch=$(mktemp -d)
tree=$scratch/tree
leave() {
    [ ! -e "$tree" ] || git -C "$root" worktree remove --force "$tree"
    rm -rf "$scratch"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

# built COMMIT: `program`, of that commit with the flags of the present build; kept in BUILD/golden, as the next call may want it again.
built() {
    local commit build
    build=$(realpath "${BUILD:-$root/build}")
    commit=$(git -C "$root" rev-parse --verify --quiet "$1^{commit}") || { echo "no program and no commit: $1" >&2; exit 2; }
    program=$build/golden/$commit-$(cksum <"$build/flags" | cut -d' ' -f1)/simulate
    [ ! -x "$program" ] || return 0
    if ! { git -C "$root" worktree add --quiet --detach "$tree" "$commit" &&
        "${MAKE:-make}" --no-print-directory -C "$tree" BUILD=build PROGRAM=simulate all; } >"$scratch/log" 2>&1; then
        tail -n 20 "$scratch/log" >&2
        echo "$1 is not built" >&2
        exit 2
    fi
    mkdir -p "$(dirname "$program")" && mv "$tree"/{plots,experiments,simulate} "$(dirname "$program")" # it looks for the others beside it
}

program=$base
[ -f "$base" ] || built "$base"
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
