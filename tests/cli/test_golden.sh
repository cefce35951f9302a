#!/usr/bin/env bash
# tests/golden/check.sh finds a byte that another program writes otherwise, and lets words and the clock differ.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# like NAME COMMAND: a program that runs ours and then COMMAND, in the folder of a case
like() {
    printf '#!/usr/bin/env bash\n%q "$@"\nstatus=$?\n%s\nexit $status\n' "$(realpath "$simulate")" "$2" >"$1"
    chmod +x "$1"
}
compare() { # STATUS PROGRAM: two cases, of PROGRAM and of ours
    SIMULATE=$simulate "$root/tests/golden/check.sh" "$2" clients lists >out 2>err
    [ $? -eq "$1" ] && [ ! -s err ] || { cat out err; return 1; }
}
says() { diff - out; } # from standard input
files=0
counted() { files=$(sed -nE 's/^([0-9]+) of \1 files equal$/\1/p' out) && [ "${files:-0}" -gt 50 ]; }

like equal 'sed -i "s/wall_seconds\": /&1/" faults/*/summary.json 2>/dev/null'
check "a program with another clock is equal" compare 0 ./equal
check "  in many files" counted
check "  and there is nothing else to say" says <<<"$files of $files files equal"

# shellcheck disable=SC2016
like wrong 'if [ -e faults ] && [ ! -e faults.jsonl ]; then
    sed -i "2s/,NaN$/,1/" faults/fedavg/eval.csv
    sed -i "s/\"pushes\"/\"pushed\"/" faults/fedavg/summary.json
    rm faults/partition.csv
fi'
check "a byte of a table, a member by another name, and a file that is missing are found" compare 1 ./wrong
check "  and named" says <<<"differs: clients/faults/fedavg/eval.csv
differs: clients/faults/fedavg/summary.json
only now: clients/faults/partition.csv
$((files - 3)) of $files files equal"

like words '[ "$1" != --help ] || echo "Another line of help."'
check "words may differ" compare 0 ./words
check "  and are named" says <<<"prose differs: lists/help.help
$files of $files files equal"
finish
