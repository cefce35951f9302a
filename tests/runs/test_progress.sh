#!/usr/bin/env bash
# What a run shows while it runs: a bar on a terminal, a line an evaluation elsewhere, JSON for scripts, nothing.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
export LANG=C.UTF-8 TERM=xterm
unset LC_ALL LC_CTYPE NO_COLOR
two=(--algorithm "bsp,losp" --iterations 700 --set output.eval_every=100)
apart() { # NAME ARGUMENT...: standard output and error in files
    "$simulate" "$smoke" "${@:2}" -o "$1" 2>"$1.err" >"$1.out"
}
on_terminal() { # WIDTHS NAME ARGUMENT...
    local widths=$1 name=$2
    shift 2
    "$root/tests/cli/terminal.py" "$widths" "$simulate" "$smoke" "${two[@]}" "$@" -o "$name" >"$name.screen"
}
has() { grep -qE "$1" "$2"; }
hasnt() { ! has "$@"; }
times() { [ "$(grep -cE "$2" "$3")" -eq "$1" ]; }

check "a run on a terminal" on_terminal 120 wide
check "  one line an algorithm, which ends full" times 2 '^(bsp|losp) +█{8,} +100 %  epoch +5.[0-9]+  acc +[0-9.]+ %  +[0-9.]+ m?s virtual +[0-9.]+ MiB' wide.screen
check "  nothing of evaluations" hasnt 'loss +[0-9]' <(head -n 4 wide.screen)
check "  coloured" has '^\(coloured\)$' wide.screen
# shellcheck disable=SC2016
NO_COLOR=1 check "with NO_COLOR" on_terminal 120 plain
check "  not coloured" hasnt '^\(coloured\)$' plain.screen
NO_COLOR=1 check "with --color always" on_terminal 120 always --color always
check "  coloured all the same" has '^\(coloured\)$' always.screen
wrong_word() { "$simulate" "$smoke" --color purple -o purple 2>err; [ $? -eq 2 ] && grep -q "expected auto, always or never, got 'purple'" err && [ ! -e purple ]; }
check "with --color and a wrong word" wrong_word
check "with --color never" on_terminal 120 never --color=never
check "  not coloured" hasnt '^\(coloured\)$' never.screen
LC_ALL=C check "without UTF-8" on_terminal 120 ascii
check "  the bar is of number signs" times 2 '^(bsp|losp) +#{8,}  100 %' ascii.screen
check "a narrow terminal" on_terminal 40 narrow
check "  has one line an algorithm, too" times 2 '^(bsp|losp) +100 %  acc +[0-9.]+ %$' narrow.screen
check "a terminal that changes its width" on_terminal 110,50,90,60,100,45 resized --iterations 5000
check "  is left without remains" times 2 '^(bsp|losp) ' <(sed '/^tiny on/,$d' resized.screen)
TERM=dumb check "on TERM=dumb" on_terminal 120 dumb
check "  a line an evaluation" times 16 'accuracy +[0-9.]+ %  loss' dumb.screen

interrupted() { # a message comes to stand in a line of its own
    "$root/tests/cli/terminal.py" 100 bash -c '"$0" "$@" & sleep 1; kill -INT $!; wait $!' "$simulate" "$smoke" --algorithm bsp --iterations 10000000 -o interrupted >interrupted.screen
    [ $? -eq 130 ] && has '^simulate: warning: bsp: ended by Interrupt: ' interrupted.screen && has '^simulate: warning: bsp: checkpoint of ' interrupted.screen &&
        has '^bsp +█*·+ ' interrupted.screen
}
check "messages stand in lines of their own" interrupted

# ---- a sweep ----
cat >raw.py <<'END'
import os, pty, sys
def read(fd):
    return os.read(fd, 65536)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
END
sweep=("$simulate" "$smoke" --algorithm bsp --iterations 4000 --sweep "experiment.seed=1,2" --jobs 1)
check "a sweep on a terminal" python3 raw.py "${sweep[@]}" -o swept >swept.raw </dev/null
check "  shows the points that are over, the work, and the point that runs" has '[01] of 2  .*[0-9]+ %.*000[12] bsp +[0-9]+ %' <(tr '\r' '\n' <swept.raw)
check "  and how far that one is" has '000[12] bsp +[1-9][0-9]? %' <(tr '\r' '\n' <swept.raw)
check "  a line for each point stays" times 1 '^2 of 2  0002-seed=2  done' <(tr '\r' '\n' <swept.raw | sed 's/^\x1b\[K//')
check "on a terminal without colour" "$root/tests/cli/terminal.py" 100 "${sweep[@]}" --color never --no-train -o swept.timed >swept.screen
check "  no bar is left" hasnt '█|····' swept.screen

check "in a pipe" apart piped "${two[@]}"
check "  a line an evaluation" times 16 '^(bsp|losp) +epoch +[0-9.]+  accuracy +[0-9.]+ %  loss' piped.err
check "  without control characters" hasnt $'\033|\r' piped.err
check "quiet" apart quiet "${two[@]}" -q
check "  says nothing on standard error" [ ! -s quiet.err ]

check "--json" apart json "${two[@]}" --json
cat >events.py <<'END'
import csv, json, sys
folder = sys.argv[1]
events = [json.loads(line) for line in open(folder + ".out")]
kinds = [e["event"] for e in events]
assert kinds[0] == "start" and kinds[-1] == "end", kinds
assert events[0]["folder"] == events[-1]["folder"] == folder and events[-1]["status"] == "done" and events[-1]["exit_status"] == 0
names = events[0]["algorithms"]
assert names == ["bsp", "losp"], names
for name in names:
    rows = list(csv.DictReader(open(f"{folder}/{name}/eval.csv")))
    said = [e for e in events if e["event"] == "evaluation" and e["algorithm"] == name]
    assert len(rows) == len(said) == 8, (len(rows), len(said))
    for row, event in zip(rows, said):
        for key in set(row) & set(event):
            value = float("nan") if event[key] is None else event[key]
            assert abs(float(row[key]) - value) <= 1e-8 * abs(value) or row[key] == "NaN" and value != value, (key, row[key], value)
    summary = json.load(open(f"{folder}/{name}/summary.json"))
    (event,) = [e for e in events if e["event"] == "summary" and e["algorithm"] == name]
    event = {key: event[key] for key in event if key != "event"}
    assert event == summary, name
END
check "  one object a line, with what the files say" python3 events.py json
check "  and no progress" hasnt 'accuracy|epoch' json.err
check "--json of a sweep" apart sweep --algorithm bsp,losp --iterations 80 --sweep experiment.seed=1,2 --sweep algorithm.losp.learning_rate=0.05,1e30 --set data.validation=0.2 --json
cat >points.py <<'END'
import csv, json, math, sys
folder = sys.argv[1]
events = [json.loads(line) for line in open(folder + ".out")]
start, end = events[0], events[-1]
assert start == {"event": "start", "folder": folder, "points": 6, "over": 0, "algorithms": ["bsp", "losp"]}, start
assert end == {"event": "end", "folder": folder, "status": "done", "exit_status": 0, "retimed": 0}, end
points = [e for e in events if e["event"] == "point"]
assert [e["over"] for e in points] == [1, 2, 3, 4, 5, 6] and points[-1]["share"] == 1 and points[0]["share"] < 1, points
status = {row["point"]: row["status"] for row in csv.DictReader(open(folder + "/sweep.csv"))}
assert {str(e["point"]): e["status"] for e in points} == status and "diverged" in status.values(), points
rows, results = list(csv.DictReader(open(folder + "/sweep_summary.csv"))), [e for e in events if e["event"] == "result"]
assert len(rows) == len(results) == 3
for row, event in zip(rows, results):
    assert row["algorithm"] == event["algorithm"] and int(row["best"]) == event["best"] and int(row["seeds"]) == event["seeds"]
    for key in ("test_accuracy_mean", "bytes_down_mean", "virtual_s_std"):
        value = math.nan if event[key] is None else event[key]
        assert math.isclose(float(row[key]), value, rel_tol=1e-8) or row[key] == "NaN" and value != value, (key, row[key], value)
assert [e["with"] for e in results] == [{}, {"algorithm.losp.learning_rate": "0.05"}, {"algorithm.losp.learning_rate": "1e30"}], results
END
check "  one object a point and a result, with what the files say" python3 points.py sweep
check "  and no progress on standard error" hasnt ' of 6 ' sweep.err
full() { "$simulate" "$smoke" -q --algorithm bsp --iterations 40 --set output.report=no --json -o full >/dev/full 2>full.err; [ $? -eq 1 ] && grep -q 'standard output: No space left' full.err; }
check "--json on a full disk" full
check "--json without training" apart untrained --algorithm bsp --no-train --json
check "  has no accuracy" has '"event": "evaluation".*"test_accuracy": null' untrained.out
finish
