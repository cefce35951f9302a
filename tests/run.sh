#!/usr/bin/env bash
# Runs test programs (cmocka) and test scripts, JOBS of them side by side (default: one more than there are cores, as some wait), and counts: the last
# line is "N passed, N failed".
# A unit test says "[  PASSED  ] n test(s)." at its end; a script says "ok NAME" or "not ok NAME" for each check. A program that
# crashes, takes more than LIMIT seconds, or says nothing of the kind, counts as one failure.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=${JOBS:-$(($(nproc) + 1))}
LIMIT=${LIMIT:-600}
logs=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM HUP

# one TEST LOG: its lines on the screen, "PASSED FAILED" in LOG.counts.
one() {
    local test=$1 log=$2 begun=$SECONDS status good bad
    trap - INT QUIT # which a shell ignores in the background
    timeout -k 5 "$LIMIT" "$test" >"$log" 2>&1 </dev/null
    status=$?
    good=$(grep -cE '^(\[ +OK +\]|ok )' "$log")
    bad=$(grep -E '^(\[  FAILED  \] [a-z_0-9]+$|not ok )' "$log" | sort -u | wc -l) # cmocka names a failure twice
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
    fi
    echo "$good $bad" >"$log.counts"
    {
        printf '%-28s %4d passed %3d failed  (%d s)\n' "$(basename "$test")" "$good" "$bad" $((SECONDS - begun))
        grep -E 'not (tested|tried)$' "$log" | sed 's/^/    /'
        if [ "$bad" -ne 0 ]; then
            echo "---- $test ended with status $status:"
            grep '^not ok ' "$log"
            tail -n 60 "$log"
            echo "----"
        fi
    } >"$log.said"
    cat "$log.said"
}

n=0
for test in "$@"; do
    [ $n -lt "$jobs" ] || wait -n
    n=$((n + 1))
    one "$test" "$logs/$n" &
done
wait
cat "$logs"/*.counts | awk -v n=$n '{passed += $1; failed += $2} END {failed += n - NR; print passed + 0 " passed, " failed " failed"; exit failed > 0}'
