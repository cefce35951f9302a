#!/usr/bin/env bash
# Memory and descriptors of some thousand rounds stay what they are; make check-endurance has a million.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
even() { "$root/tests/endurance/check.py" "$simulate" 20000 "$1" >out 2>&1 || { cat out; return 1; }; }
for algorithm in losp asp k_batch_sync; do
    check "20000 rounds of $algorithm are even" even $algorithm
done
finish
