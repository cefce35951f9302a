#!/usr/bin/env bash
# Runs test programs (cmocka) and test scripts one after the other and counts: the last line is "N passed, N failed".
# A unit test says "[  PASSED  ] n test(s)." at its end; a script says "ok NAME" or "not ok NAME" for each check. A program that
# crashes, takes more than LIMIT seconds, or says nothing of the kind, counts as one failure.
set -u
cd "$(dirname "$0")/.." || exit 1
LIMIT=${LIMIT:-600}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0
for test in "$@"; do
    begun=$SECONDS
    timeout -k 5 "$LIMIT" "$test" >"$log" 2>&1 </dev/null
    status=$?
    good=$(grep -cE '^(\[ +OK +\]|ok )' "$log")
    bad=$(grep -E '^(\[  FAILED  \] [a-z_0-9]+$|not ok )' "$log" | sort -u | wc -l) # cmocka names a failure twice
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
    fi
    passed=$((passed + good)) failed=$((failed + bad))
    printf '%-28s %4d passed %3d failed  (%d s)\n' "$(basename "$test")" "$good" "$bad" $((SECONDS - begun))
    grep -E 'not (tested|tried)$' "$log" | sed 's/^/    /'
    if [ "$bad" -ne 0 ]; then
        echo "---- $test ended with status $status:"
        grep '^not ok ' "$log"
        tail -n 60 "$log"
        echo "----"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
