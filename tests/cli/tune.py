#!/usr/bin/env python3
"""The tuning of a comparison, calculated once more: the trials of tune.ini from the rows of [tune], what is chosen from
tune/sweep.csv, tune.csv and the rows of final.ini. usage: tune.py FOLDER accuracy|loss|target"""
import configparser
import csv
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../oracle"))
import tune_draws  # noqa: E402

folder, rule = sys.argv[1:]
COLUMN = {"accuracy": "validation_accuracy", "loss": "validation_loss", "target": "target_s"}[rule]
SIGN = 1 if rule == "accuracy" else -1
OWN = re.compile(r"algorithm\.(.*)\.([^.]*)$")


def ini(name):
    parser = configparser.RawConfigParser(delimiters=("=",), inline_comment_prefixes=(" ;",))
    parser.read(os.path.join(folder, name))
    return parser


def table(name):
    with open(os.path.join(folder, name), newline="") as f:
        return list(csv.DictReader(f))


def equal(got, wanted, what):
    if got != wanted:
        print(what + ":", "expected", wanted, "got", got)
        sys.exit(1)


def values(text):
    return [float(v) for v in text.split(",")]


def trials_of(key, text, n):
    """The values of a key in all trials of a random search."""
    word, _, inside = text.rstrip(")").partition("(")
    if word.strip() == "log":
        low, high = values(inside)
        return [tune_draws.log(key, low, high, t) for t in range(n)]
    return [tune_draws.choice(key, values(inside or text), t) for t in range(n)]


# ---- the trials ----

compare, swept, final = ini("compare.ini"), ini("tune.ini")["sweep"], ini("final.ini")["sweep"]
algorithms = [a.strip() for a in compare["experiment"]["algorithms"].split(",")]
rows = {key: text for key, text in compare["tune"].items() if "." in key}
n = int(compare["tune"]["trials"])
for algorithm in algorithms:
    for row, text in rows.items():
        key = "algorithm.%s.%s" % (algorithm, OWN.match(row)[2])
        if OWN.match(row)[1] in ("*", algorithm) and (row == key or key not in rows):
            equal(values(swept[key]), trials_of(OWN.match(row)[2], text, n), "tune.ini: " + key)

# ---- the choice ----

own = [key for key in swept if OWN.match(key)]
shared = [key for key in compare["sweep"] if "." in key]
results = table("tune/sweep.csv")
settings = list(dict.fromkeys(tuple(row[key] for key in shared) for row in results))
chosen, checked = {}, 0
for i, setting in enumerate(settings):
    for algorithm in algorithms:
        keys = [key for key in own if OWN.match(key)[1] == algorithm]
        runs = [r for r in results if r["algorithm"] == algorithm and tuple(r[k] for k in shared) == setting]
        scores = {}
        for trial in range(n):
            mine = [r for r in runs if all(float(r[k]) == values(swept[k])[trial] for k in keys)]
            done = [float(r[COLUMN]) for r in mine if r["status"] == "done"]
            if len(done) == len(mine) and all(x == x for x in done):
                scores[trial] = SIGN * sum(done) / len(done)
        best = max(scores, key=lambda t: (round(scores[t], 9), -t))
        for key in keys:
            chosen.setdefault(key, []).append(values(swept[key])[best])
            line = [r for r in table("tune.csv") if r["key"] == key][i]
            every = values(swept[key])
            pattern = rows.get(key, rows.get("algorithm.*." + OWN.match(key)[2]))
            ends = every if "log" in pattern else values(re.sub(r"^choice\(|\)$", "", pattern))
            x, inside = every[best], [t for t in scores if every[t] != every[best] and scores[t] == scores[best]]
            edge = "none" if inside else "largest" if x == max(ends) else "smallest" if x == min(ends) else "none"
            equal((line["algorithm"], float(line["chosen"]), int(line["trial"]), int(line["trials"]), line["edge"]),
                  (algorithm, x, best + 1, n, edge), "tune.csv: " + key)
            equal(round(float(line["score"]), 8), round(SIGN * scores[best], 8), "tune.csv: score of " + key)
            checked += 1
for key, x in chosen.items():
    equal(values(final[key]), x, "final.ini: " + key)
equal(len(table("tune.csv")), checked, "rows of tune.csv")
print(checked, "values")
