#!/usr/bin/env bash
# Verdicts of many drawn results against a second calculation, with few seeds and with those that the bootstrap needs.
# usage: check.sh TIMES
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/statistics/verdicts.sh
. "$root/tests/statistics/verdicts.sh"
times=$1

must compared few --set compare.seeds=5 --set compare.pairs=all --set compare.time_margin=0.5 --set compare.accuracy_margin=0.05 \
    --sweep network.bandwidth=1Mbit/s,1Gbit/s
must compared two --set compare.seeds=2 --set compare.reference=local_sgd
must compared many --set compare.seeds=24 --algorithm bsp,asp --set compare.time_margin=0.1
check "$times drawn results of five seeds" agrees few 1 "$times"
check "$times of two seeds" agrees two 1 "$times"
check "$times of 24 seeds" agrees many 1 "$times"
cat ./*.claims | sort | uniq -c | sort -rn
cat ./*.claims >all.claims
check "every standing was seen" seen all.claims apart not_told_apart undetermined equal_within_margin
check "  and every reason that results can have" \
    seen all.claims target_not_reached ends_on_both_sides bound_on_the_other_side spacing_of_evaluations
finish
