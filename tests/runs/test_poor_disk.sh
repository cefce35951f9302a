#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Folders on a file system without links, modes, locks, fsync of folders and mmap (tests/preload/poor_disk.c); names that are no UTF-8.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
"${CC:-cc}" -std=gnu11 -O1 -Wall -Wextra -shared -fPIC -o poor.so "$root/tests/preload/poor_disk.c" || { echo "not ok the library"; exit 1; }
export TMPDIR=$scratch/tmp ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
mkdir tmp
poor() { LD_PRELOAD=$scratch/poor.so "$simulate" "$@" >out 2>err || { cat err; return 1; }; }
short=(--algorithm bsp --iterations 40)

check "the library is there" sh -c 'touch file; LD_PRELOAD=$1/poor.so ln file hard 2>err; grep -q "not permitted" err' - "$scratch"
check "a run" poor "$smoke" -q "${short[@]}" --set output.report=yes --set output.path=results
check "  with a word of the link, and of the lock" same "$(grep -c 'cannot link results/smoke/latest\|cannot be locked' err)/$(wc -l <err)" "2/2"
check "  its page" test -s results/smoke/*/report.html
for i in 1 2; do must play r$i "${short[@]}" --seed $i; done
check "a report of two runs" poor --report -o both.html r1 r2
check "  is there, and nothing beside it" same "$(echo both*)" both.html
check "  and says nothing" test ! -s err
check "  the same as elsewhere" sh -c '"$1" --report -o same.html r1 r2 >out && cmp both.html same.html' - "$simulate"
check "  its mode is the umask's" same "$(stat -c %a both.html)" "$(printf %o $((0666 & ~$(umask))))"
taken() { echo mine >taken.html && ! poor --report -o taken.html r1 r2 >log && [ "$(cat taken.html)" = mine ]; }
check "  one that is there stays" taken

check "a sweep" poor "$smoke" -q "${short[@]}" --sweep experiment.seed=1,2 --jobs 2 -o swept
check "  its tables" test -s swept/sweep.csv -a -s swept/sweep_summary.csv
check "  nothing beside it" same "$(echo swept*)" swept
check "  its mode is the umask's" same "$(stat -c %a swept)" "$(printf %o $((0777 & ~$(umask))))"
check "a share of a job array" poor "$smoke" -q "${short[@]}" --sweep experiment.seed=1,2 -o shared --index 1 --of 2
check "  the other one" poor "$smoke" -q "${short[@]}" --sweep experiment.seed=1,2 -o shared --index 2 --of 2
check "  one folder" same "$(echo shared*)/$(echo shared/0*/bsp/summary.json | wc -w)" shared/2

broken_off() {
    LD_PRELOAD=$scratch/poor.so "$simulate" "$smoke" -q --algorithm bsp --iterations 4000 --set output.checkpoint_every=200 -o broken >out 2>err &
    local launcher=$! tries=0
    while [ ! -s broken/bsp/checkpoint ]; do
        [ $((tries++)) -lt 1000 ] && kill -0 $launcher || { cat err; return 1; }
        sleep 0.01
    done
    kill -INT $launcher
    wait $launcher
    [ $? -eq 130 ]
}
check "a run is broken off, with a checkpoint" broken_off
check "  on the disk" grep -q 'checkpoint of .* written to broken/bsp' err
check "  it goes on from there" poor -q --resume broken
check "  without a word but that of the lock" same "$(grep -vc 'cannot be locked' err)" 0
check "  to its end" sh -c '"$1" --verify broken >out' - "$simulate"

# ---- names that are no UTF-8 ----
# readable FILE...: JSON (or one object a line) in UTF-8, with U+FFFD where there were other bytes.
readable() {
    python3 - "$@" <<'P'
import json, sys
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8").read()
    for part in text.splitlines() if name.endswith("lines") else [text]:
        json.loads(part)
    assert "\ufffd" in text or name.endswith("summary.json") or name.endswith("trace.json"), name
P
}
odd=$'r\xff\xc3(\xed\xa0\x80\xf0\x9f\x98\x80'
strange() { "$simulate" "$smoke" --json "${short[@]}" --set "experiment.name=n"$'\xfe' -o "$odd" >lines; }
check "a run in a folder with a name that is no UTF-8" strange
check "  its JSON is JSON" readable "$odd/run.json" "$odd/bsp/summary.json" "$odd/bsp/trace.json" lines
check "  and what is UTF-8 stays" grep -q $'\xf0\x9f\x98\x80' "$odd/run.json"
check "  --verify takes it" sh -c '"$1" --verify "$2" >out' - "$simulate" "$odd"
printf 'seconds,factor\n0,1\n' >$'t\xff.csv'
cp $'t\xff.csv' 'plain, "x".csv'
strange() { "$simulate" "$smoke" -q "${short[@]}" --sweep network.trace=$'t\xff.csv|plain, "x".csv' -o traces >out; }
check "a sweep over such a name" strange
check "  its tables are CSV in UTF-8" python3 -c 'import csv
for name in "sweep.csv", "sweep_summary.csv":
    rows = list(csv.DictReader(open("traces/" + name, encoding="utf-8", newline="")))
    assert [r["network.trace"] for r in rows] == ["t\ufffd.csv", "plain, \"x\".csv"], rows'
finish
