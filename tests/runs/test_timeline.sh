#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# The timeline of whole runs: its intervals against each other, against summary.json and workers.csv; its limits; a run that dies.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# facts FOLDER: checks trace.json and timeline.csv of an algorithm's folder that show everything.
facts() {
    python3 - "$1" <<'END'
import collections, csv, json, sys

folder = sys.argv[1]
events = json.load(open(folder + "/trace.json"), parse_float=str)["traceEvents"]
rows = list(csv.DictReader(open(folder + "/timeline.csv")))
pushes = list(csv.DictReader(open(folder + "/workers.csv")))
summary = json.load(open(folder + "/summary.json"))
end, workers = summary["virtual_ns"], summary["workers"]
to_all = summary["algorithm"] in ("k_sync", "k_batch_sync")  # replies that answer no push


def ns(text):  # exact
    whole, part = text.split(".")
    assert len(part) == 3
    return 1000 * int(whole) + int(part)


names = {(e["name"], e["tid"]): e["args"]["name"] for e in events if e["ph"] == "M" and "name" in e["args"]}
thread = {tid: name for (kind, tid), name in names.items() if kind == "thread_name"}
assert len(thread) == 2 + 4 * workers
pids, tids = {e["pid"] for e in events}, {e["tid"] for e in events}
assert 0 not in pids | tids and not pids & tids
assert all(len({e["pid"] for e in events if e["tid"] == tid}) == 1 for tid in tids)

# the same slices in both files
lane = collections.defaultdict(list)
for e in events:
    if e["ph"] == "X":
        lane[e["tid"]].append((ns(e["ts"]), ns(e["ts"]) + ns(e["dur"]), e["name"].split()[0]))
slices = sorted((e["pid"] // 10 - 2, e["name"].split()[0], ns(e["ts"]), ns(e["ts"]) + ns(e["dur"])) for e in events
                if e["ph"] == "X" and e["pid"] > 10)
assert slices == sorted((int(r["worker"]), r["what"], int(r["begin_ns"]), int(r["end_ns"])) for r in rows
                        if r["what"] not in ("service", "round"))
for tid, spans in lane.items():
    spans.sort()
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:])), thread[tid]
    assert all(0 <= a[0] <= a[1] <= end for a in spans)

# compute and waiting cover a worker's whole time without a gap; sums are the summary's
total = collections.Counter()
for w in range(workers):
    own = sorted((int(r["begin_ns"]), int(r["end_ns"]), r["what"]) for r in rows
                 if int(r["worker"]) == w and r["what"] in ("compute", "waiting"))
    assert own[0][0] == 0 and own[-1][1] == end
    assert all(a[1] == b[0] for a, b in zip(own, own[1:]))
    for begin, finish, what in own:
        total[what] += finish - begin
    busy = sorted((int(r["begin_ns"]), int(r["end_ns"])) for r in rows
                  if int(r["worker"]) == w and r["what"] in ("push", "reply"))
    reach = 0
    for begin, finish in busy:
        begin = max(begin, reach)
        total["communication"] += max(0, finish - begin)
        total["overlapped"] += sum(max(0, min(finish, b) - max(begin, a)) for a, b, what in own if what == "compute")
        reach = max(reach, finish)
for what in ("compute", "waiting", "communication", "overlapped"):
    assert total[what] == summary[what + "_ns"], what
for what, key in (("push", "bytes_up"), ("reply", "bytes_down")):
    assert sum(int(r["bytes"]) for r in rows if r["what"] == what) == summary[key]

# messages are those of workers.csv; rounds follow each other; one service a push
def times(what):
    return sorted((int(r["worker"]), int(r["begin_ns"]), int(r["end_ns"])) for r in rows if r["what"] == what)
arrived = [p for p in pushes if p["arrive_ns"] != "-1"]  # the end cuts the others, and replies as well
assert times("push") == sorted((int(p["worker"]), int(p["depart_ns"]), int(p["arrive_ns"]) if p in arrived else end) for p in pushes)
answers = {(int(p["worker"]), int(p["reply_ns"])) for p in pushes if p["reply_ns"] != "-1"}
others = {t[::2] for t in times("reply")} - answers
assert answers <= {t[::2] for t in times("reply")} and len(times("reply")) == summary["replies"]
assert to_all or all(finish == end for _, finish in others)
rounds = [r for r in rows if r["what"] == "round"]
assert [int(r["version"]) for r in rounds] == list(range(1, summary["rounds"] + 1))
assert all(a["end_ns"] == b["begin_ns"] for a, b in zip(rounds, rounds[1:]))
assert len(times("service")) == len(arrived)

# arrows from a push to its service; counters
def slice_at(e):
    return any(begin == ns(e["ts"]) for begin, _, _ in lane[e["tid"]])
flow = collections.defaultdict(list)
for e in events:
    if e["ph"] in "sf":
        assert slice_at(e)
        flow[e["id"]].append(e["ph"])
assert len(flow) == len(arrived) and all(f == ["s", "f"] for f in flow.values())
load = [(ns(e["ts"]), e["args"]) for e in events if e["ph"] == "C" and e["name"] == "messages under way"]
assert all(a[0] < b[0] for a, b in zip(load, load[1:]))
for at, args in load:
    for what, key in (("push", "up"), ("reply", "down")):
        assert args[key] == sum(begin <= at < finish for _, begin, finish in times(what)), (at, what)
stale = sorted((e["pid"] // 10 - 2, e["args"]["updates"]) for e in events if e["name"] == "staleness")
assert stale == sorted((int(p["worker"]), int(p["staleness"])) for p in pushes if p["round"] != "0")
END
}

# ---- everything ----

rough=(--set compute.jitter=0.4 --set compute.factor="1, 1, 1.5, 2.5" --set network.bandwidth=100Mbit/s
    --set network.server_bandwidth=200Mbit/s --set server.cost_per_byte=20ns --set experiment.iterations=240)
algorithms=$("$simulate" --list algorithms | awk '{print $1}')
must play whole "${rough[@]}" --set output.trace=all --algorithm "$(echo $algorithms | tr ' ' ,)"
for algorithm in $algorithms; do
    check "all of $algorithm" facts whole/$algorithm
done
must play drained "${rough[@]}" --set output.trace=all --algorithm losp --set algorithm.losp.drain=yes --set network.sharing=fifo
check "all of losp with drain, fifo" facts drained/losp
must play again "${rough[@]}" --set output.trace=all --set cluster.processes=2
same_bytes() { for a in bsp osp dqlosp ssp k_sync k_batch_async; do cmp "whole/$a/$1" "again/$a/$1" || return 1; done; }
check "the same bytes in trace.json again, with other processes" same_bytes trace.json
check "  and in timeline.csv" same_bytes timeline.csv

# ---- less ----

must play five "${rough[@]}" --set output.trace="first 5 rounds"
rounds_are() { same "$(grep -c ',round,' "five/$1/timeline.csv")" 5; }
begins() { # of the whole run's rows, in their order, those that begin by update 5; and no sixth round
    python3 - "$1" <<'END'
import csv, sys
def rows(run): return list(csv.reader(open(f"{run}/{sys.argv[1]}/timeline.csv")))[1:]
whole = rows("whole")
end = next(int(r[3]) for r in whole if r[1] == "round" and r[4] == "5")
wanted = [r for r in whole if int(r[2]) <= end and not (r[1] == "round" and int(r[4]) > 5)]
assert wanted == rows("five") and len(wanted) < len(whole)
END
}
for algorithm in bsp local_sgd osp asp k_batch_sync; do
    check "first 5 rounds of $algorithm: their number" rounds_are $algorithm
    check "  and what begins in them, to its end" begins $algorithm
    check "  is valid JSON" sh -c 'python3 -m json.tool "$1" >/dev/null' - five/$algorithm/trace.json
done
check "the timeline changes nothing else" cmp whole/losp/workers.csv five/losp/workers.csv
must play nothing --algorithm bsp --set output.trace=none
check "none: no files" sh -c '[ -e nothing/bsp/workers.csv ] && [ ! -e nothing/bsp/trace.json ] && [ ! -e nothing/bsp/timeline.csv ]'
must play usual --algorithm bsp
check "100 rounds by default" same "$(grep -c ',round,' usual/bsp/timeline.csv)" 100
refused() { # TEXT: one line, status 2, nothing made
    "$simulate" "$smoke" -q -o refused --set output.trace="$1" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF "output.trace: expected" err && [ ! -e refused ]
}
for text in some "first 0 rounds" "first 5" "5 rounds" ""; do
    check "refused: '$text'" refused "$text"
done

# ---- exchanges without a server: who sends to whom ----

messages() { # FOLDER: rows, slices and arrows of the same messages; their bytes are those of workers.csv
    python3 - "$1" <<'END'
import collections, csv, json, sys
rows = [r for r in csv.DictReader(open(sys.argv[1] + "/timeline.csv")) if r["what"] == "message"]
pushes = list(csv.DictReader(open(sys.argv[1] + "/workers.csv")))
events = json.load(open(sys.argv[1] + "/trace.json"), parse_float=str)["traceEvents"]
assert rows
sent, got = collections.Counter(), collections.Counter()
for r in rows:
    sent[r["worker"]] += int(r["bytes"])
    got[r["receiver"]] += int(r["bytes"])
for worker in {p["worker"] for p in pushes}:
    for carried, column in (sent, "bytes_up"), (got, "bytes_down"):
        assert carried[worker] == sum(int(p[column]) for p in pushes if p["worker"] == worker), (worker, column)
node = lambda n: f"worker {n}" if int(n) < len({p["worker"] for p in pushes}) else f"shard {int(n) - len({p['worker'] for p in pushes})}"
slices = collections.Counter((e["name"], e["ts"]) for e in events if e["ph"] == "X" and e["cat"] == "network")
us = lambda ns: f"{int(ns) // 1000}.{int(ns) % 1000:03d}"
for r in rows:
    for way, other in ("to", r["to"]), ("from", r["from"]):
        assert slices[f"{r['phase']} {r['step']} {way} {node(other)}", us(r["begin_ns"])] > 0, r
assert sum(e["ph"] == "s" and e["id"] >= 2**32 for e in events) == len(rows)
tracks = collections.defaultdict(list)
for e in events:
    if e["ph"] == "X":
        tracks[e["tid"]].append((int(e["ts"].replace(".", "")), int(e["ts"].replace(".", "")) + int(e["dur"].replace(".", ""))))
for track in tracks.values():
    track.sort()
    assert all(a[1] <= b[0] for a, b in zip(track, track[1:]))
END
}
for exchange in ring tree sharded; do
    check "$exchange" play $exchange --algorithm bsp,osp,streaming_diloco --iterations 60 --set output.trace=all --set network.exchange=$exchange --set server.colocated=$([ $exchange = sharded ] && echo yes || echo no)
    for algorithm in bsp osp streaming_diloco; do
        check "  $algorithm: each message is in both files, and in workers.csv" messages $exchange/$algorithm
    done
done
check "a Gantt picture of it" sh -c 'gnuplot -d -c "$1/plots/gantt.gp" ring bsp 2 svg gantt.svg && grep -q "message received" gantt.svg' - "$root"

# ---- a run that dies ----

"$simulate" "$smoke" -q -o killed --algorithm osp --set output.trace=all --iterations 100000000 >/dev/null 2>&1 &
victim=$!
until grep -q '"round 20"' killed/osp/trace.json 2>/dev/null || ! kill -0 $victim 2>/dev/null; do sleep 0.1; done
kill -KILL $victim
wait $victim 2>/dev/null
check "killed: trace.json is whole JSON of at least 20 rounds" python3 -c '
import json
events = json.load(open("killed/osp/trace.json"))["traceEvents"]
assert sum(e["name"].startswith("round ") for e in events) >= 20'
finish
