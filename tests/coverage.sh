#!/usr/bin/env bash
# What the tests reach, by gcov's counts in BUILD: lines and branches of everything, and branches of the files that must have none left out.
# usage: tests/coverage.sh BUILD   status 1 where less is reached than is promised
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
# An assertion's other branch is the impossible; GCOVR_EXCL_BR_LINE stands where other systems would go the other way.
reached() { gcovr --root . --object-directory "$build" --exclude 'tests/' --exclude-branches-by-pattern '.*(\bassert\(|GCOVR_EXCL_BR_LINE).*' "$@" 2>/dev/null; }
percent() { awk '$1 == "TOTAL" {print $2 ? 100 * $3 / $2 : 100}'; } # unrounded
bad=0
# promise WHAT LEAST PERCENT
promise() {
    printf '%-44s %6.2f %%  (at least %d)\n' "$1" "$3" "$2"
    awk -v got="$3" -v least="$2" 'BEGIN {exit got < least}' || bad=1
}
promise "lines" 90 "$(reached | percent)"
promise "branches" 80 "$(reached --branches | percent)"
for part in sim/config sim/time sim/transport algorithms/codecs; do
    got=$(reached --branches --filter "$part/" | percent)
    promise "branches of $part" 100 "$got"
    [ "$got" = 100 ] || reached --branches --filter "$part/" | grep -E '[0-9]%|:' | awk '$4 != "100%"'
done
exit $bad
