#!/usr/bin/env bash
# Published figures (experiments/record/): within their tolerances, and those of docs/record.md. RECORD=whole (make check-record): all of them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset SIMULATE_DATA

# compare TABLE FOLDER...: the rows of the page go to TABLE.rows.
compare() { python3 -B "$root/tests/record/compare.py" "$@" >"$1.rows"; }
# sweep NAME OPTION...: the ini of that name, into a folder of that name.
sweep() {
    "$simulate" "$root/experiments/record/$1.ini" -q -o "$1" "${@:2}" >"$1.out" 2>"$1.err"
    local status=$?
    cat "$1.err"
    [ "$status" -eq 0 ] && [ ! -s "$1.err" ]
}
# record TABLE NAME...: one table of docs/record.md.
record() {
    local table=$1 name
    shift
    for name; do check "$name runs" sweep "$name"; done
    check "$table: within the tolerances" compare "$table" "$@"
    check "  as docs/record.md has it" on_page "$table.rows"
}
on_page() { [ -s "$1" ] && ! grep -vxFf "$root/docs/record.md" "$1"; }

# by_the_rules: every run of compression.ini takes the time of a second calculation.
by_the_rules() { python3 -B "$root/tests/oracle/record_compression.py" "$root/experiments/record/compression.ini" compression; }

if [ "${RECORD:-}" = whole ]; then
    record streaming {data_parallel,diloco,streaming}_1b {data_parallel,diloco,streaming}_10b {data_parallel,diloco,streaming}_100b
    record compression compression
else
    record streaming {data_parallel,diloco,streaming}_1b
    check "compression runs" sweep compression --sweep cluster.workers=4,24 --sweep profile.file=resnet50.csv --sweep compute.coding_factor=0,0.5
fi
check "compression: times of the rules, to the ns" by_the_rules
for model in resnet50 resnet101 bert; do
    check "  $model as its architecture has it" same "$(python3 -B "$root/tests/record/profiles.py" $model | cksum)" "$(cksum <"$root/experiments/record/$model.csv")"
done
pictured() { grep -q '>How often each algorithm is faster</h2>' compression/report.html && grep -qE '>[0-9]+ of [0-9]+<' compression/report.html; }
check "  the report shows how often it pays" pictured
check "  and --verify accepts them, those of untrue exchanges too" "$simulate" --verify compression
factor_refused() {
    "$simulate" "$root/experiments/record/aws_exchanges.ini" -q -o refused --set compute.coding_factor=2 2>err >out
    same $? 2 && grep -q 'compute.coding_factor: has no effect: no algorithm has a cost of coding; leave it out' err && same "$(wc -l <err)" 1
}
check "compute.coding_factor without any cost is refused" factor_refused

record diloco_measured diloco_measured
record aws_exchanges aws_exchanges

must mv aws_exchanges whole
must sweep aws_exchanges --set network.efficiency=0.6
off() { ! compare aws_exchanges aws_exchanges 2>err && grep -q '^off: all-reduce over 1 ms' err; }
check "what is beyond a tolerance is found and named" off
check "  and is not on the page" sh -c "! grep -qxFf '$root/docs/record.md' aws_exchanges.rows"
finish
