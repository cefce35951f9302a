#!/usr/bin/env bash
# output.at: accuracies at virtual times and amounts of bytes, in every file that has them.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

at="20ms, 50ms, 1MiB, 10s, 1TiB"
marked() { play "$1" --algorithm bsp,losp --iterations 200 --set output.eval_every=12 "${@:2}"; }
must marked run --set output.at="$at"
check "resolved.ini reads back" grep -qx "at = $at" run/resolved.ini

# A second calculation, from eval.csv: the last row by then; no number where the run ended before.
cat >again.py <<'END'
import csv, json, sys
UNITS = {"20ms": ("s", 0.02), "50ms": ("s", 0.05), "1MiB": ("B", 2**20), "10s": ("s", 10), "1TiB": ("B", 2**40)}
for row in csv.DictReader(open(f"{sys.argv[1]}/comparison.csv")):
    evals = list(csv.DictReader(open(f"{sys.argv[1]}/{row['algorithm']}/eval.csv")))
    summary = json.load(open(f"{sys.argv[1]}/{row['algorithm']}/summary.json"))
    numbers = 0
    for name, (unit, limit) in UNITS.items():
        def amount(r):
            return float(r["virtual_s"]) if unit == "s" else int(r["bytes_up"]) + int(r["bytes_down"])
        end = summary["virtual_ns"] / 1e9 if unit == "s" else summary["bytes_up"] + summary["bytes_down"]
        want = [r["test_accuracy"] for r in evals if amount(r) <= limit][-1] if end >= limit else "NaN"
        numbers += want != "NaN"
        got, member = row["accuracy_at_" + name], summary["accuracy_at_" + name]
        assert got == want, (name, got, want)
        assert member is None if want == "NaN" else f"{member:.9g}" == want, (name, member, want)
    assert numbers == 3, numbers
END
check "comparison.csv and summary.json say what eval.csv says" python3 again.py run
check "the evaluations between differ, so that the moment matters" \
    sh -c '[ "$(cut -d, -f5 run/losp/eval.csv | sort -u | wc -l)" -gt 4 ]'
check "the table has them" grep -q '  at 20 ms  at 50 ms  at 1 MiB  at 10 s  at 1 TiB' run.out
check "  and says why two are missing" sh -c 'grep -qx "at 10 s: bsp, losp ended before" run.out && grep -qx "at 1 TiB: bsp, losp ended before" run.out'
check "they are verified" "$simulate" --verify run
damaged() { # A member that is wrong by more than its last digit is found.
    rm -rf damaged && cp -r run damaged && sed -i "s/\"accuracy_at_$1\": [^,]*/\"accuracy_at_$1\": $2/" damaged/losp/summary.json
    "$simulate" --verify damaged 2>found >/dev/null; [ $? -eq 1 ] && grep -q "losp/summary.json:[0-9]*: accuracy_at_$1: expected" found
}
check "  a wrong one is found" damaged 50ms 0.9
check "  one beyond the end too" damaged 10s 0.3

continued() { # The summary of bsp is read back; losp runs again.
    cp -r run again && rm -r again/losp again/comparison.csv again/time.csv && "$simulate" --resume again -q >/dev/null 2>&1 &&
        cmp again/comparison.csv run/comparison.csv && same_member again/losp/summary.json run/losp/summary.json accuracy_at_50ms
}
check "they survive --resume" continued

mixed() { # Each run has its own milestones: the report has all of them, and none of one curve for two.
    marked other --seed 2 --set output.at="50ms, 70ms" && "$simulate" --report -o page.html run other >/dev/null 2>&1 &&
        grep -q '<th scope="col">at 20&nbsp;ms<.*<th scope="col">at 50&nbsp;ms<.*<th scope="col">at 70&nbsp;ms<' page.html &&
        ! grep -q 'output.at =' page.html
}
check "a report of several runs has the milestones of all" mixed

untrained() { marked timed --no-train --set output.at=50ms && grep -q 'output.at has no effect: nothing is trained' timed.err &&
    same "$(column timed accuracy_at_50ms | sort -u)" NaN && "$simulate" --verify timed >/dev/null; }
check "without training: said" untrained
streamed() { "$simulate" "$smoke" -q --json --algorithm bsp --iterations 40 --set output.at=5ms -o streamed | grep '"event": "summary"' | grep -q '"accuracy_at_5ms": 0\.'; }
check "--json has them" streamed
refused() { "$simulate" "$smoke" --set output.at="$1" --check >/dev/null 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "output.at: expected up to 8 .* such as 60s, 10GiB, got '$2'" err; }
check "a number without a unit is refused" refused "60s, 5" 5
check "the same twice is refused" refused "60s, 1GiB, 60000ms" 60000ms
swept() { "$simulate" "$smoke" --sweep output.at=1s,2s --check >/dev/null 2>err; [ $? -eq 2 ] && grep -q 'output.at' err; }
check "a sweep over it is refused" swept

sweep() {
    "$simulate" "$smoke" -q --algorithm bsp,losp --iterations 100 --set output.at="20ms, 1TiB" --set output.report=no \
        --sweep experiment.seed=1,2 --sweep network.latency=1ms,2ms -o sweep >sweep.out 2>&1
}
must sweep
check "the table of the sweep has them" grep -q '  at 20 ms  at 1 TiB' sweep.out
check "  and says why one is missing" grep -qx 'at 1 TiB: 8 runs ended before' sweep.out
narrow() { # "±" is one character and two bytes
    COLUMNS=60 "$simulate" --resume sweep -q >narrow.out 2>&1 && sed -n '/^at  /,/^left/p' narrow.out | sed 's/±/+/g' >table &&
        [ -s table ] && ! grep -E '^.{61}' <(grep -v '^left' table) && grep -qx 'left out at 60 columns: idle, loss, seeds, time (see sweep_summary.csv)' table
}
check "  in 60 columns" narrow
check "sweep.csv has the columns" sh -c 'head -n 1 sweep/sweep.csv | grep -q ",accuracy_at_20ms,accuracy_at_1TiB,validation_at_20ms,validation_at_1TiB,status,best$"'
check "sweep_summary.csv has mean and deviation" sh -c 'head -n 1 sweep/sweep_summary.csv | grep -q ",accuracy_at_20ms_mean,accuracy_at_20ms_std,accuracy_at_1TiB_mean,accuracy_at_1TiB_std,validation_at_20ms_mean,"'
reported() { "$simulate" --report sweep >/dev/null 2>&1 && grep -q '<th scope="col">at 20&nbsp;ms<' sweep/report.html; }
check "the report of the sweep shows them" reported

# Before hours of training: which runs end before a milestone.
out_of_reach() {
    "$simulate" "$smoke" --check --algorithm bsp,losp --set output.at=1s,1ms "$@" >/dev/null 2>err &&
        grep -qE '^simulate: warning: output.at: 1s: [0-9]+ of [0-9]+ runs end before, and have no accuracy there; the first is losp, at ' err &&
        ! grep -q 'output.at: 1ms' err
}
check "--check tells of a milestone out of reach" out_of_reach
check "  --check of a sweep, too" out_of_reach --sweep experiment.seed=1,2

# The values are chosen at the first milestone; where others are better at another one, a line says so.
chosen() {
    "$simulate" "$smoke" -q --algorithm losp --iterations 400 --set output.eval_every=40 --set "output.at=$1" --set sweep.tune=at --set data.validation=0.2 \
        --sweep algorithm.losp.learning_rate=0.002,0.05,0.4 --set output.report=no -o "chosen$2" >chosen.out 2>&1 || return 1
    awk -F, -v said="$(sed -n 's/^at .*: losp is better with learning_rate = \([0-9.]*\): \([0-9.]*\) % instead of \([0-9.]*\) % (validation)$/\1 \2 \3/p' chosen.out)" '
        NR == 1 { for (i = 1; i <= NF; i++) { at[$i] = i; if ($i ~ /^validation_at_/) column[++n] = i } next }
        $at["best"] == 1 { chosen = $column[2] }
        best == "" || $column[2] > best { best = $column[2]; rate = $at["algorithm.losp.learning_rate"] }
        END { expected = best - chosen > 1e-9 ? sprintf("%s %.2f %.2f", rate, 100 * best, 100 * chosen) : ""
              print "expected: " expected ", said: " said; exit expected != said }' "chosen$2/sweep.csv" >>chosen.all
}
both_ways() { chosen 2ms,20ms A && chosen 20ms,2ms B; }
check "another value that is better at another milestone is named" both_ways
check "  in one of the two orders there is one" grep -q 'said: 0' chosen.all
finish
