#!/usr/bin/env python3
"""sweep.csv and sweep_summary.csv, calculated once more from the sub-folders of a sweep. usage: sweep.py FOLDER accuracy|loss|target|at|none"""
import configparser
import csv
import json
import math
import os
import statistics
import sys

folder, rule = sys.argv[1:]
UNITS = {"Mbit/s": 1e6, "Gbit/s": 1e9, "ms": 1e-3, "us": 1e-6}


def ini(path):
    parser = configparser.RawConfigParser(delimiters=("=",), inline_comment_prefixes=None)
    with open(path) as f:
        parser.read_file(f)
    return parser


def number(text):
    for unit, factor in UNITS.items():
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
    try:
        return float(text)
    except ValueError:
        return text


def close(a, b):
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-9)


def rows_of(name):
    with open(os.path.join(folder, name), newline="") as f:
        return list(csv.DictReader(f))


def need(ok, *what):
    if not ok:
        print(*what)
        sys.exit(1)


grid = [key for key in ini(os.path.join(folder, "resolved.ini"))["sweep"] if "." in key]
order = [name.strip() for name in ini(os.path.join(folder, "resolved.ini"))["experiment"]["algorithms"].split(",")]

# What each folder says: (its values, algorithm) -> its row of comparison.csv, or None
runs = []
for name in sorted(n for n in os.listdir(folder) if n[0].isdigit()):
    path = os.path.join(folder, name)
    resolved = ini(os.path.join(path, "resolved.ini"))
    with open(os.path.join(path, "run.json")) as f:
        state = json.load(f)
    need(state["status"] == "done" or state["exit_status"] == 4, name, "is not over")
    done = {}
    if os.path.exists(os.path.join(path, "comparison.csv")):
        with open(os.path.join(path, "comparison.csv"), newline="") as f:
            done = {row["algorithm"]: row for row in csv.DictReader(f)}
    for algorithm in (a.strip() for a in resolved["experiment"]["algorithms"].split(",")):
        values = {}
        for key in grid:
            section, last = key.rsplit(".", 1)
            other = section.startswith("algorithm.") and section != "algorithm." + algorithm
            values[key] = math.nan if other else number(resolved[section][last])
            if section == "algorithm." + algorithm:
                need(number(resolved[section][last]) != "", name, key)
        runs.append({"point": int(name[:4]), "values": values, "algorithm": algorithm, "row": done.get(algorithm)})

validated = any(r["row"] and r["row"].get("judged_on") == "validation" for r in runs)
milestones = "validation_at_" if validated else "accuracy_at_"
first_milestone = next((c for r in runs for c in (r["row"] or {}) if c.startswith(milestones)), None)
own = {a: [k for k in grid if k.startswith("algorithm.%s." % a)] for a in order}
shared = [k for k in grid if not k.startswith("algorithm.")]
settings = [k for k in shared if k != "experiment.seed"]


def setting(run):
    return tuple(run["values"][k] for k in settings)


def variant(run):
    return tuple(run["values"][k] for k in own[run["algorithm"]])


def seeds_of(at, algorithm, which):
    return [r for r in runs if setting(r) == at and r["algorithm"] == algorithm and variant(r) == which]


def in_order(items):
    return list(dict.fromkeys(items))


def score(group):
    split = "validation" if validated else "test"
    column = {"accuracy": split + "_accuracy", "loss": split + "_loss", "target": "target_s", "at": first_milestone}[rule]
    values = [float(r["row"][column]) if r["row"] else math.nan for r in group]
    if any(map(math.isnan, values)):
        return -math.inf
    mean = sum(values) / len(values)
    return round(mean if rule in ("accuracy", "at") else -mean, 9)


best = {}
for at in in_order(map(setting, runs)):
    for algorithm in order:
        which = in_order(variant(r) for r in runs if setting(r) == at and r["algorithm"] == algorithm)
        if rule == "none":
            best[at, algorithm] = which[0]
        else:
            scores = [score(seeds_of(at, algorithm, v)) for v in which]
            best[at, algorithm] = which[scores.index(max(scores))]
            if len(which) > 1 and max(scores) == -math.inf:
                best[at, algorithm] = None

for run in runs:  # over the first algorithm at its best
    at = setting(run)
    seed = run["values"].get("experiment.seed")
    first = [r for r in seeds_of(at, order[0], best[at, order[0]]) if r["values"].get("experiment.seed") == seed]
    need(len(first) == (best[at, order[0]] is not None), "the first algorithm is there", len(first), "times")
    run["speedup"] = math.nan
    if run["row"] and first and first[0]["row"]:
        column = "virtual_s" if run["row"]["target_accuracy"] == "NaN" else "target_s"
        run["speedup"] = float(first[0]["row"][column]) / float(run["row"][column])

# sweep.csv
written = rows_of("sweep.csv")
need(len(written) == len(runs), "sweep.csv has", len(written), "rows, expected", len(runs))
for got in written:
    match = [r for r in runs if r["point"] == int(got["point"]) and r["algorithm"] == got["algorithm"]]
    need(len(match) == 1, "no such run:", got)
    run = match[0]
    for key in grid:
        value = run["values"][key]
        cell = got[key] if isinstance(value, str) else float(got[key])
        need(close(cell, value), got["point"], key, got[key], value)
    need(got["status"] == ("done" if run["row"] else "diverged"), got["point"], got["status"])
    if rule != "none":
        need(int(got["best"]) == (variant(run) == best[setting(run), run["algorithm"]]), got["point"], "best", got["best"])
    need(close(float(got["speedup"]), run["speedup"]), got["point"], "speedup", got["speedup"], run["speedup"])
    for column in ("test_accuracy", "test_loss", "virtual_s", "target_s", "bytes_up", "trained", "synthetic"):
        need(got[column] == (run["row"][column] if run["row"] else "NaN"), got["point"], column, got[column])

# sweep_summary.csv
summary = rows_of("sweep_summary.csv")
groups = in_order((setting(r), r["algorithm"], variant(r)) for r in runs)
need(len(summary) == len(groups), "sweep_summary.csv has", len(summary), "rows, expected", len(groups))
need("experiment.seed" not in summary[0], "the seed is no column of the summary")
for got in summary:
    at = tuple(number(got[k]) for k in settings)
    which = tuple(number(got[k]) for k in own[got["algorithm"]])
    group = seeds_of(at, got["algorithm"], which)
    done = [r for r in group if r["row"]]
    need(group, "no such group:", got)
    need(int(got["seeds"]) == len(done) and int(got["diverged"]) == len(group) - len(done), "seeds", got)
    need(int(got["reached"]) == sum(r["row"]["target_s"] != "NaN" for r in done), "reached", got)
    if rule != "none":
        need(int(got["best"]) == (which == best[at, got["algorithm"]]), "best", got)
    for column in ("test_accuracy", "best_accuracy", "test_loss", "virtual_s", "target_s", "speedup", "bytes_up", "idle_share"):
        values = [r["speedup"] if column == "speedup" else float(r["row"][column]) for r in done]
        mean = statistics.fmean(values) if values else math.nan
        std = statistics.stdev(values) if len(values) > 1 and not any(map(math.isnan, values)) else math.nan
        need(close(float(got[column + "_mean"]), mean), column, "mean", got, mean)
        need(close(float(got[column + "_std"]), std), column, "std", got, std)
