#!/usr/bin/env python3
"""Successive halving, calculated once more from a sweep in which every point ran to its end: which trials go on in which
rung. usage: halving.py WHOLE HALVED ALGORITHM KEY ETA accuracy|loss [apart]

The prefix of a trial ends with the first update at or past a part of its bounds; its score is its last evaluation (the mean
over the seeds, on validation data). Compared with the halved sweep: rungs.csv, states of the points, the rows of eval.csv,
and the choice. apart: no two curves cross, so that the chosen trial must be the best one of the whole sweep."""
import configparser
import csv
import glob
import json
import math
import os
import sys

whole, halved, algorithm, key, eta, rule = sys.argv[1:7]
eta, apart = int(eta), sys.argv[7:] == ["apart"]


def rows(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def settings(folder):
    parser = configparser.RawConfigParser(delimiters=("=",), inline_comment_prefixes=None, strict=False)
    parser.read(os.path.join(folder, "resolved.ini"))
    return parser


def seconds(text):
    for unit, factor in (("ms", 1e-3), ("us", 1e-6), ("s", 1.0)):
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
    return float(text)


def last_evaluation(folder, part):
    """The number of the last evaluation of a prefix. Where time or bytes are bounds, each update must be evaluated."""
    ini, evals = settings(folder)["experiment"], rows(os.path.join(folder, algorithm, "eval.csv"))
    iterations, time = ini.get("iterations", ""), ini.get("virtual_time", "")
    if not time:
        by_round = {}
        for row in rows(os.path.join(folder, algorithm, "workers.csv")):
            by_round[int(row["round"])] = by_round.get(int(row["round"]), 0) + int(row["k"])
        done, end = 0, None
        for update in sorted(u for u in by_round if u > 0):
            done += by_round[update]
            if done / float(iterations) >= part:
                end = update
                break
        if end is None:  # it has ended before: at its target, or it has diverged
            return len(evals) - os.path.exists(os.path.join(folder, algorithm, "summary.json"))
        return max(i for i, row in enumerate(evals) if int(row["round"]) <= end)
    for i, row in enumerate(evals):
        if float(row["virtual_s"]) / seconds(time) >= part:
            return i
    return len(evals) - 1


def score(row):
    accuracy, loss = float(row["validation_accuracy"]), float(row["validation_loss"])
    if not math.isfinite(loss):
        return -math.inf
    return accuracy if rule == "accuracy" else -loss


trials = {}  # value -> folders' names, one for each seed
for folder in sorted(glob.glob(os.path.join(whole, "[0-9]*"))):
    name = os.path.basename(folder)
    if os.path.isdir(os.path.join(folder, algorithm)):
        trials.setdefault(settings(folder)["algorithm." + algorithm][key], []).append(name)
values, n = list(trials), len(trials)
R = int(math.floor(math.log(n) / math.log(eta) + 1e-9)) + 1
alive, expected, left = list(values), [], {}
for rung in range(R - 1):
    part = 1 / eta ** (R - 1 - rung)
    scores = {}
    for value in alive:
        total = 0.0
        for name in trials[value]:
            path = os.path.join(whole, name)
            evals = rows(os.path.join(path, algorithm, "eval.csv"))
            at = last_evaluation(path, part)
            total += score(evals[at]) if at < len(evals) else -math.inf
        scores[value] = round(total / len(trials[value]), 9)
    if apart:
        ends = {v: sum(score(rows(os.path.join(whole, p, algorithm, "eval.csv"))[-1]) for p in trials[v]) for v in alive}
        assert sorted(alive, key=scores.get) == sorted(alive, key=ends.get), "the curves cross"
    order = sorted(alive, key=lambda v: (-scores[v], values.index(v)))
    kept = [v for v in order[: n // eta ** (rung + 1)] if scores[v] > -math.inf]
    for value in alive:
        expected.append((value, rung + 1, scores[value], value in kept))
        if value not in kept:
            left[value] = rung
    alive = [v for v in alive if v in kept]

problems = []
found = [r for r in rows(os.path.join(halved, "rungs.csv")) if r["algorithm"] == algorithm]
column = "algorithm." + algorithm + "." + key
for value, rung, its, kept in expected:
    match = [r for r in found if float(r[column]) == float(value) and int(r["rung"]) == rung]
    if len(match) != 1:
        problems.append(f"{value} in rung {rung}: {len(match)} rows of rungs.csv")
        continue
    is_ = float(match[0]["accuracy"]) if rule == "accuracy" else -float(match[0]["loss"])
    if not (math.isclose(is_, its, rel_tol=1e-7, abs_tol=1e-8) or (math.isnan(is_) and its == -math.inf)):
        problems.append(f"{value} in rung {rung}: score {is_}, expected {its}")
    if int(match[0]["kept"]) != kept:
        problems.append(f"{value} in rung {rung}: kept {match[0]['kept']}, expected {kept}")
if len(found) != len(expected) + len(alive):
    problems.append(f"rungs.csv has {len(found)} rows, expected {len(expected) + len(alive)}")

for value in values:
    for name in trials[value]:
        one, other = (os.path.join(f, name, algorithm, "eval.csv") for f in (whole, halved))
        is_, full = open(other, newline="").read(), open(one, newline="").read()
        with open(os.path.join(halved, name, "run.json")) as f:
            status = json.load(f)["status"]
        if value not in left:
            if is_ != full or status != "done":
                problems.append(f"{name}: {status}, and eval.csv is not that of a run left alone")
            continue
        at = last_evaluation(os.path.join(whole, name), 1 / eta ** (R - 1 - left[value]))
        diverged = at + 2 > full.count("\n") or score(rows(one)[at]) == -math.inf
        good = is_ == "".join(full.splitlines(True)[: at + 2])
        if diverged:  # the last rows of a run that diverges depend on how far its workers are
            good = full.startswith(is_) or is_.startswith(full)
        if not good:
            problems.append(f"{name}: eval.csv is not the prefix with evaluation {at}")
        if status != ("failed" if diverged else "left behind"):
            problems.append(f"{name}: {status}")

best = [r for r in rows(os.path.join(halved, "sweep_summary.csv")) if r["algorithm"] == algorithm and r["best"] == "1"]
if apart:
    of_all = [r for r in rows(os.path.join(whole, "sweep_summary.csv")) if r["algorithm"] == algorithm and r["best"] == "1"]
    if [r[column] for r in best] != [r[column] for r in of_all] or len(best) != 1:
        problems.append(f"chosen {[r[column] for r in best]}, the whole sweep chooses {[r[column] for r in of_all]}")
elif len(best) != 1 or float(best[0][column]) not in [float(v) for v in alive]:
    problems.append("the chosen value did not come to the end")
for problem in problems:
    print(problem)
sys.exit(bool(problems))
