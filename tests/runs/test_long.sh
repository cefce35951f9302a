#!/usr/bin/env bash
# Sums over workers are whole as long as the clock of each worker is: 73 years of up to 1024 workers pass 2^63 ns; what is longer is refused, and
# nothing is clipped in silence.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# exact FOLDER: the sums in summary.json are those of totals.csv, and the shares in comparison.csv are those of the sums.
exact() {
    python3 - "$1" <<'END_OF_PYTHON'
import csv, json, pathlib, sys
run, most = pathlib.Path(sys.argv[1]), 0
compared = {row["algorithm"]: row for row in csv.DictReader(open(run / "comparison.csv"))}
split = {row["algorithm"]: row for row in csv.DictReader(open(run / "time.csv"))}
for path in run.glob("*/summary.json"):
    summary, name = json.load(open(path)), path.parent.name
    rows = list(csv.DictReader(open(path.parent / "totals.csv")))
    whole = summary["virtual_ns"] * summary["workers"]
    for key in ("compute_ns", "communication_ns", "waiting_ns", "overlapped_ns", "down_ns"):
        if key in summary:
            most = max(most, summary[key])
            assert summary[key] == sum(int(row[key]) for row in rows), (name, key, summary[key])
    assert summary["compute_ns"] + summary["waiting_ns"] + summary.get("down_ns", 0) == whole, name
    assert abs(float(compared[name]["idle_share"]) - summary["waiting_ns"] / whole) < 1e-8, name
    for key in ("compute", "waiting", "communication", "overlapped"):
        mean = summary[key + "_ns"] / summary["workers"] / 1e9
        assert abs(float(split[name][key + "_s"]) - mean) <= 1e-8 * mean, (name, key)
assert most >= 2**63, most
END_OF_PYTHON
}
verified() { "$simulate" --verify "$1" >out 2>&1 || { cat out; return 1; }; }

# 12 rounds of 11.6 days: 139 days of 1024 workers are 391 years together.
many=(--no-train --algorithm bsp,asp --workers 1024 --set data.train_samples=2048 --iterations 12288 --set compute.model=fixed)
check "1024 workers for 139 days" play days "${many[@]}" --set compute.seconds=1000000s
check "  every sum is exact" exact days
check "  verified" verified days
check "  no idle time is negative" sh -c '! grep -qE "^(bsp|asp) .* -[0-9]" days.out'
check "  --check says the same" sh -c '"$1" --check "$2" --no-train --algorithm bsp --workers 1024 --set data.train_samples=2048 --iterations 12288 \
    --set compute.model=fixed --set compute.seconds=1000000s | grep -qE "^bsp +12288 +12 +3333 h 20 min +0.00 "' - "$simulate" "$smoke"

# 70 years of 64 workers, computing, waiting, on links, down: 24 rounds of 2.9 years.
old=(--no-train --workers 64 --set data.train_samples=2048 --set compute.model=fixed --set compute.seconds=1000000s)
check "64 workers that compute for 70 years" play compute "${old[@]}" --algorithm bsp --iterations 1408 --set compute.factor=100
check "  every sum is exact" exact compute
check "  verified" verified compute
factors=$(printf '1, %.0s' $(seq 63))100
check "64 workers that wait for the slowest" play waiting "${old[@]}" --algorithm bsp --iterations 1408 --set compute.factor="$factors"
check "  every sum is exact" exact waiting
check "  verified" verified waiting
check "64 workers with messages that take a year" play messages "${old[@]}" --algorithm bsp,osp --iterations 1408 \
    --set network.latency=1000000s --set network.latency_factor=32
check "  every sum is exact" exact messages
check "  verified" verified messages
check "64 workers, 63 of them down for 70 years" play down "${old[@]}" --algorithm asp --iterations 22 --set compute.factor=100 \
    --set faults.crash_at="$(printf '1s, %.0s' $(seq 62))1s" --set faults.crash_worker="$(seq -s, 63)" --set faults.down_time=inf
check "  every sum is exact" exact down
check "  verified" verified down
found() { sed -i -E '/"compute_ns"/ s/[0-9]+/123456789012345678901/' days/bsp/summary.json && ! "$simulate" --verify days >out 2>&1 && grep -q 'compute_ns: expected [0-9]* (the sum over totals.csv), got 123456789012345678901$' out; }
check "--verify finds a wrong sum beyond 2^63" found

# The rest of a run is made from what is there: sums are read as they were written.
resumed() {
    cp -r messages part && rm -r part/osp && rm -f part/comparison.csv part/time.csv &&
        "$simulate" --resume part -q >part.out 2>&1 && cmp part/comparison.csv messages/comparison.csv && cmp part/time.csv messages/time.csv
}
check "--resume reads sums beyond 2^63" resumed

# ---- what no clock holds ----

refused() { # STATUS TEXT ARGUMENT...
    local wanted=$1 text=$2
    shift 2
    "$simulate" "$smoke" -q "$@" >out 2>err
    [ $? -eq "$wanted" ] && grep -qF "$text" err
}
long=(--algorithm bsp --workers 4 --iterations 12000 --set compute.model=fixed --set compute.seconds=1000000s)
check "--explain of 95 years is refused as the run is" refused 2 'longer than the virtual clock holds (73 years)' --explain "${long[@]}"
check "  and so is the run" refused 2 'longer than the virtual clock holds (73 years)' --no-train -o long "${long[@]}"
check "  and --check" refused 2 'longer than the virtual clock holds (73 years)' --check "${long[@]}"
check "--explain of 950 years" refused 2 'longer than the virtual clock holds (73 years)' --explain "${long[@]}" --iterations 120000
check "--explain of 10^18 iterations" refused 2 'longer than the virtual clock holds (73 years)' --explain "${long[@]}" --iterations 1000000000000000000
check "--explain of 63 years is not" sh -c '"$1" --explain "$2" --algorithm bsp --workers 4 --iterations 8000 --set compute.model=fixed \
    --set compute.seconds=1000000s | grep -qE " 2000 +555555 h 33 min "' - "$simulate" "$smoke"
# Rows wait in memory, and so a run without training that is ended must not leave tables that contradict each other.
ended() { # SIGNAL
    rm -rf ended
    timeout -s "$1" 1 "$simulate" "$smoke" --no-train --algorithm bsp --iterations 100000000 --set faults.crash_worker=1 --set faults.crash_at=1s \
        --set faults.down_time=1s -q -o ended >out 2>err
    "$simulate" --verify ended >out 2>&1
    grep -q incomplete out && ! grep -q damaged out && [ "$(wc -l <ended/bsp/faults.csv)" -gt 1 ] && [ "$(wc -l <ended/bsp/workers.csv)" -gt 1000 ] || { cat out; return 1; }
}
for signal in KILL TERM; do
    check "a run without training ended by SIG$signal: what is there is right" ended $signal
done
check "workers beyond 1024 may crash" "$simulate" --check "$smoke" --no-train --algorithm bsp --workers 2000 --set data.train_samples=2000 \
    --set faults.crash_worker=1500 --set faults.crash_at=1s
finish
