#!/usr/bin/env bash
# Searches all interleavings of the models beside this file with spin: no deadlock, no assertion fails; and each defect that is inserted
# on purpose is found. usage: tests/spin/check.sh   one line a search; status 1 when one comes out wrong
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
bad=0

# search MODEL DEFECT OPTION...: sets "errors" and "states"
search() {
    cp "$here"/*.pml .
    if ! spin -DDEFECT="$2" "${@:3}" -a "$1.pml" >out 2>&1 || ! "${CC:-gcc}" -O2 -DSAFETY -DCOLLAPSE -o pan pan.c >>out 2>&1 ||
        ! ./pan -m1000000 >out 2>&1 || grep -qE 'max search depth too small|out of memory' out; then
        cat out
        exit 1
    fi
    errors=$(sed -nE 's/.*errors: ([0-9]+).*/\1/p' out)
    states=$(sed -nE 's/ *([0-9.e+]+) states, stored.*/\1/p' out)
}
say() { printf '%-8s %-32s %9s states: %s\n' "$@"; }
sound() { # MODEL OPTION...
    search "$1" 0 "${@:2}"
    if [ "$errors" = 0 ]; then say "$1" "${*:2}" "$states" right; else say "$1" "${*:2}" "$states" WRONG; cat out; bad=1; fi
}
found() { # MODEL DEFECT...
    local defect
    for defect in "${@:2}"; do
        search "$1" "$defect"
        if [ "$errors" -gt 0 ]; then say "$1" "defect $defect" "$states" found; else say "$1" "defect $defect" "$states" "NOT FOUND"; bad=1; fi
    done
}
sound ring
sound ring -DNAPS
found ring 1 2 3 4 5 6 7
sound barrier
sound barrier -DNAPS
found barrier 1 2 3 4 5 6 7
sound pause
sound pause -DWORKERS=1 -DASKS=1
sound pause -DWORKERS=1 -DASKS=1 -DNAPS
found pause 5 6 7
exit $bad
