#!/usr/bin/python3
"""The winners of a comparison over two swept keys, calculated a second time: in each cell all pairs of algorithms are one family, and the winner is
apart from every rival. Says what differs in who_wins.csv, and what differs in profiles.csv from the mean times to the target.

usage: who_wins.py FOLDER ...      exit status 1 if anything differs"""
import itertools
import json
import math
import sys
from pathlib import Path

import verdict


def beaten(runs, algorithms, measure):
    """{algorithm: (rivals that it beats, rivals that beat it)} of a cell."""
    pairs = list(itertools.combinations(algorithms, 2))
    rules = {"m": len(pairs), "resolution": {measure: 0.05}, "margin": {measure: math.nan}}
    better = [verdict.claim(measure, b, a, runs, rules)["better"] for a, b in pairs]
    return {name: (better.count(name), sum(name in pair and winner not in (None, name) for pair, winner in zip(pairs, better)))
            for name in algorithms}  # fmt: skip


def mean(values):
    return math.nan if any(math.isnan(v) for v in values) else sum(values) / len(values)


def differences(folder):
    keys = verdict.read_ini(folder / "resolved.ini")
    algorithms = verdict.names(keys, "experiment.algorithms")
    swept = list(json.loads((folder / "verdict.json").read_text())["claims"][0]["at"])
    runs = verdict.final_runs(folder, swept, algorithms)
    measure = verdict.rules_of(keys, algorithms)["measures"][0]
    rows = verdict.read_csv(folder / "who_wins.csv")
    if len(rows) != len(runs) * len(algorithms):
        yield f"{len(rows)} rows of who_wins.csv for {len(runs)} cells of {len(algorithms)} algorithms"
    winners = 0
    for row in rows:
        here = runs[row["x"], row["y"]]
        beats, beaten_by = beaten(here, algorithms, measure)[row["algorithm"]]
        wins = beats == len(algorithms) - 1
        winners += wins
        time = mean([of[row["algorithm"]].time for of in here.values()])
        if (int(row["beats"]), int(row["beaten_by"]), int(row["wins"])) != (beats, beaten_by, wins):
            yield f"{row}: should be {beats}, {beaten_by}, {wins}"
        if measure == "time" and not verdict.same(row["target_s"], time):
            yield f"{row}: the mean should be {time}"
    print(f"{folder}: {len(runs)} cells, {winners} with a winner")
    yield from profiles(folder, runs, algorithms, measure)


def profiles(folder, runs, algorithms, measure):
    path = folder / "profiles.csv"
    times = {s: {a: mean([of[a].time for of in here.values()]) for a in algorithms} for s, here in runs.items()}
    times = {s: t for s, t in times.items() if not all(math.isnan(x) for x in t.values())}
    if not path.exists():
        if measure == "time" and len(times) > 1:
            yield "no profiles.csv"
        return
    rows = verdict.read_csv(path)
    expected = [(a, x, x / min(y for y in t.values() if not math.isnan(y))) for t in times.values() for a, x in t.items()]
    got = [(row["algorithm"], float(row["target_s"]), float(row["ratio"])) for row in rows]
    if len(got) != len(expected):
        yield f"{len(got)} rows of profiles.csv, not {len(expected)}"
    for g, e in zip(got, expected):
        if g[0] != e[0] or not verdict.same(str(g[1]), e[1]) or not verdict.same(str(g[2]), e[2]):
            yield f"profiles.csv has {g}, should be {e}"


def main():
    bad = 0
    for argument in sys.argv[1:]:
        for line in differences(Path(argument)):
            print(line)
            bad += 1
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
