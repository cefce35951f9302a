#!/usr/bin/env bash
# Targets of the Makefile one after the other: one line each, their output in FOLDER. usage: tests/all.sh FOLDER TARGET...
# "N of N right" last; status 1 if one is not
set -u
folder=$1
shift
mkdir -p "$folder"
right=0
for target in "$@"; do
    begun=$SECONDS said=right
    if "${MAKE:-make}" --no-print-directory "$target" >"$folder/$target.log" 2>&1 </dev/null; then
        right=$((right + 1))
    else
        said="WRONG: $folder/$target.log"
    fi
    printf '%-16s %6d s  %s\n' "$target" $((SECONDS - begun)) "$said"
    tail -n 1 "$folder/$target.log" | cut -c1-150 | sed 's/^/    /'
done
echo "$right of $# right"
[ $right -eq $# ]
