#!/usr/bin/env bash
# The verdict of a comparison against a second calculation (tests/oracle/verdict.py), which must also find what is put in.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/statistics/verdicts.sh
. "$root/tests/statistics/verdicts.sh"

must compared trained --set compare.seeds=3 --set compare.pairs=all --set compare.time_margin=0.5 --set compare.accuracy_margin=0.05
check "the verdict of runs that have trained" second trained
check "  and of drawn results" agrees trained 1 8
check "  of which some are claims, some are not, and some are open" seen trained.claims apart not_told_apart undetermined

# found WORD EDIT: the second calculation names the member that is another one after the edit.
found() {
    cp trained/verdict.json whole.json
    sed -i -E "$2" trained/verdict.json
    ! cmp -s whole.json trained/verdict.json && ! second trained >said && grep -q ": $1 is " said
    local status=$?
    mv whole.json trained/verdict.json
    return "$status"
}
must drawn trained 1
check "it finds a standing that does not follow" found standing 's/"standing": "[a-z_]*"/"standing": "equal"/'
check "  a bound of an interval" found high 's/"high": -?[0-9.e-]+/"high": 0.123/'
check "  a number of seeds" found seeds_needed 's/"seeds_needed": [0-9]+/"seeds_needed": 1/'
check "  a level" found level 's/"level": [0-9.]+,/"level": 0.95,/2; s/"level": 0.99[0-9]*/"level": 0.95/'
check "  a reference" found better 's/"better": .*,/"better": "asp2",/'
wrong_result() {
    local file
    file=$(find trained/final -path '*/bsp/eval.csv' | sort | head -n 1)
    cp "$file" whole.csv
    awk -F, -v OFS=, 'NR > 1 {$5 = 0.01} {print}' whole.csv >"$file"
    ! second trained >/dev/null
    local status=$?
    cp whole.csv "$file"
    return "$status"
}
check "  and another result of a run" wrong_result
finish
