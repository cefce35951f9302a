#!/usr/bin/python3
"""The verdict of a comparison, calculated a second time: from the eval.csv of each final run and the rules of docs/statistics.md,
with quantiles, resamples and signs of its own. Says what differs in verdict.json and verdict.csv.

usage: verdict.py FOLDER ...      exit status 1 if anything differs"""
import csv
import itertools
import json
import math
import sys
from bisect import bisect_left
from pathlib import Path
from statistics import NormalDist

import philox

ERROR, RESAMPLES, BOOTSTRAP, BCA_SEEDS, MOST_SIGNS, MOST_SEEDS, TAIL = 0.05, 10000, 20, 20, 40, 10**6, 5
NAN = math.nan


# ---- files ----


def read_ini(path):
    section, keys = "", {}
    for line in path.read_text().splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line[1:-1]
        elif "=" in line and not line.startswith((";", "#")):
            key, _, value = line.partition("=")
            keys[f"{section}.{key.strip()}"] = value.strip()
    return keys


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def names(keys, key):
    """Variants ("topk1: bsp") by their own names."""
    return [word.split(":")[0].strip() for word in keys.get(key, "").split(",") if word.strip()]


class Run:
    """What one algorithm did with one seed."""

    def __init__(self, folder, algorithm, keys):
        self.done = json.loads((folder / algorithm / "summary.json").read_text())["status"] == "done"
        evaluations = read_csv(folder / algorithm / "eval.csv")
        validates = not evaluations or not math.isnan(float(evaluations[-1]["validation_accuracy"]))
        judged = "validation_accuracy" if validates else "test_accuracy"
        target = keys["experiment.target_accuracy"]
        self.target = float(target) if target and evaluations else NAN
        self.accuracy = float(evaluations[-1]["test_accuracy"]) if evaluations else NAN
        self.time, self.before, at = NAN, NAN, 0.0
        for row in evaluations:
            if float(row[judged]) >= self.target - 5e-10:  # accuracies have nine digits
                self.time, self.before = float(row["virtual_s"]), at
                break
            at = float(row["virtual_s"])
        self.end = next(float(row["virtual_s"]) for row in read_csv(folder / "comparison.csv") if row["algorithm"] == algorithm)
        self.step = 1 / json.loads((folder / "run.json").read_text())["test_samples"]


def final_runs(folder, swept, algorithms):
    """{setting: {seed: {algorithm: Run}}}, settings as tuples of the swept values."""
    runs = {}
    for point in sorted((folder / "final").iterdir()):
        if not point.is_dir():
            continue
        keys = read_ini(point / "resolved.ini")
        setting = tuple(keys[key] for key in swept)
        here = runs.setdefault(setting, {}).setdefault(int(keys["experiment.seed"]), {})
        for algorithm in names(keys, "experiment.algorithms"):
            if algorithm in algorithms and (point / algorithm / "summary.json").exists():
                here[algorithm] = Run(point, algorithm, keys)
    return runs


# ---- distributions ----


def beta_share(x, a, b):
    """Regularised incomplete beta function, by Lentz's continued fraction."""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d, f = 1.0, 1 - (a + b) * x / (a + 1), 1.0
    d = 1 / d
    f = d
    for m in range(1, 10000):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d, c = 1 / (1 + term * d), 1 + term / c
            f *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * f


def t_beyond(t, freedom):
    """P(T > t) for t >= 0."""
    return 0.5 if t == 0 else beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def t_quantile(freedom, level, known={}):
    if (freedom, level) not in known:
        low, high = 0.0, 1.0
        while t_beyond(high, freedom) > (1 - level) / 2:
            high *= 2
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if t_beyond(middle, freedom) > (1 - level) / 2 else (low, middle)
        known[freedom, level] = high
    return known[freedom, level]


# ---- intervals and tests ----


def mean_of(x):
    return math.fsum(x) / len(x)


def std_of(x):
    if len(set(x)) == 1:
        return 0.0
    mean = mean_of(x)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in x) / (len(x) - 1))


def t_interval(x, std, level):
    half = t_quantile(len(x) - 1, level) * std / math.sqrt(len(x))
    return mean_of(x) - half, mean_of(x) + half


def resamples(n, known={}):
    if n not in known:
        known[n] = []
        for r in range(RESAMPLES):
            blocks = (philox.philox((r, 0, block, 0), (1, BOOTSTRAP << 32)) for block in range((n + 7) // 8))
            words = [half for block in blocks for word in block for half in (word & 0xFFFFFFFF, word >> 32)]
            known[n].append([word * n >> 32 for word in words[:n]])
    return known[n]


def bca_interval(x, level):
    n, mean = len(x), mean_of(x)
    if n < BCA_SEEDS or (1 - level) / 2 * RESAMPLES < TAIL:
        return NAN, NAN
    if std_of(x) == 0:
        return mean, mean
    y = [v - mean for v in x]
    means = sorted(math.fsum(y[i] for i in drawn) / n for drawn in resamples(n))
    tie = 1e-12 * (means[-1] - means[0])
    normal = NormalDist()
    bias = normal.inv_cdf(sum(0.5 if abs(v) <= tie else float(v < 0) for v in means) / RESAMPLES)
    speed = math.fsum(v**3 for v in y) / (6 * math.fsum(v * v for v in y) ** 1.5)
    ends = []
    for z in (normal.inv_cdf((1 - level) / 2), -normal.inv_cdf((1 - level) / 2)):
        scale = 1 - speed * (bias + z)
        if scale <= 0:
            return NAN, NAN
        at = normal.cdf(bias + (bias + z) / scale) * (RESAMPLES - 1)
        below = min(int(at), RESAMPLES - 2)
        ends.append(mean + means[below] + (at - below) * (means[below + 1] - means[below]))
    return tuple(0.0 if abs(end) <= 1e-12 * (ends[1] - ends[0]) else end for end in ends)


def sign_flip_p(x, m):
    if len(x) < 1 + math.log2(m / ERROR) or len(x) > MOST_SIGNS:
        return NAN
    least = abs(math.fsum(x)) - 1e-12 * math.fsum(map(abs, x))
    half = len(x) // 2
    halves = [sorted(math.fsum(signed) for signed in itertools.product(*((-v, v) for v in part))) for part in (x[:half], x[half:])]
    if least <= 0:
        return 1.0
    extreme = sum(len(halves[1]) - bisect_left(halves[1], least - a) for a in halves[0])
    return 2 * extreme / 2 ** len(x)


def seeds_needed(std, half_width, level):
    """At least as many as with the normal distribution: its quantile is below those of t."""
    n = max(2, int(min((NormalDist().inv_cdf((1 + level) / 2) * std / half_width) ** 2, MOST_SEEDS)))
    while n < MOST_SEEDS and t_quantile(n - 1, level) * std / math.sqrt(n) > half_width:
        n += 1
    return n


# ---- pairs ----


def undetermined(reason, stand_ins=0):
    return {"reason": reason, "stand_ins": stand_ins}


def pair_accuracies(rivals, references):
    step = rivals[0].step
    x = [a.accuracy - b.accuracy for a, b in zip(rivals, references)]
    return {"x": x, "bound": "none", "stand_ins": 0, "least_std": step / math.sqrt(6), "earliest": NAN, "latest": NAN}


def log(x):
    return math.log(x) if 0 < x < math.inf else -math.inf if x <= 0 else math.inf


def pair_of_times(a, b):
    """(difference, its earliest and latest, bound, variance of the spacing) or None."""

    def spacing(run):
        return (1 - run.before / run.time) ** 2 / 12

    if a.time > 0 and b.time > 0:
        latest = log(a.time / b.before) if b.before > 0 else math.inf
        return log(a.time / b.time), log(a.before / b.time), latest, "none", spacing(a) + spacing(b)
    if math.isnan(a.time) and b.time > 0 and a.end >= b.time:
        return log(a.end / b.time), log(a.end / b.time), math.inf, "at_least", spacing(b)
    if math.isnan(b.time) and a.time > 0 and b.end >= a.time:
        return log(a.time / b.end), -math.inf, log(a.time / b.end), "at_most", spacing(a)
    return None


def pair_times(rivals, references):
    pairs = [pair_of_times(a, b) for a, b in zip(rivals, references)]
    stand_ins = sum(math.isnan(a.time) != math.isnan(b.time) for a, b in zip(rivals, references))
    if any(run.time == 0 for run in rivals + references):
        return undetermined("initial_model_reaches_it", stand_ins)
    if None in pairs:
        return undetermined("target_not_reached", stand_ins)
    bounds = {pair[3] for pair in pairs} - {"none"}
    if len(bounds) > 1:
        return undetermined("ends_on_both_sides", stand_ins)
    x, earliest, latest, _, variance = zip(*pairs)
    return {"x": list(x), "bound": bounds.pop() if bounds else "none", "stand_ins": stand_ins,
            "least_std": math.sqrt(mean_of(variance)), "earliest": math.exp(mean_of(earliest)), "latest": math.exp(mean_of(latest))}  # fmt: skip


def pair_up(measure, rivals, references):
    runs = rivals + references
    if not all(run.done for run in runs):
        return undetermined("diverged")
    if any(math.isnan(run.target if measure == "time" else run.accuracy) for run in runs):
        return undetermined("untrained")
    return (pair_times if measure == "time" else pair_accuracies)(rivals, references)


# ---- a claim ----


def conclude(low, high, pairs):
    """(standing without a margin, reason, sign of the difference)"""
    less = high < 0 and pairs["bound"] != "at_least"
    more = low > 0 and pairs["bound"] != "at_most"
    if less or more:
        apart = math.isnan(pairs["latest"]) or (pairs["latest"] < 1 if less else pairs["earliest"] > 1)
        return ("apart", None, -1 if less else 1) if apart else ("not_told_apart", "spacing_of_evaluations", 0)
    return "not_told_apart", "bound_on_the_other_side" if high < 0 or low > 0 else None, 0


def claim(measure, rival, reference, runs, rules):
    seeds = sorted(runs)
    pairs = pair_up(measure, *([runs[seed][name] for seed in seeds] for name in (rival, reference)))
    m, level = rules["m"], 1 - ERROR / rules["m"]
    said = {"measure": measure, "rival": rival, "reference": reference, "seeds": len(seeds), "level": level, "better": None,
            "resolution": rules["resolution"][measure], "margin": rules["margin"][measure], "within_margin": False,
            "bca_disagrees": False, "stand_ins": pairs["stand_ins"], "bound": pairs.get("bound", "none")}  # fmt: skip
    outer, inner = (math.exp, math.log1p) if measure == "time" else (float, float)
    if "x" not in pairs:
        numbers = dict.fromkeys(("effect", "low", "high", "bca_low", "bca_high", "p", "deviation", "earliest", "latest"), NAN)
        return {**said, **numbers, "standing": "undetermined", "reason": pairs["reason"], "seeds_needed": 0}
    x = pairs["x"]
    std = max(std_of(x), pairs["least_std"])
    low, high = t_interval(x, std, level)
    wide = measure == "time" and log(pairs["latest"]) - log(pairs["earliest"]) > 2 * inner(said["resolution"])
    hopeless = "ends_stand_in" if pairs["bound"] != "none" else "spacing_of_evaluations" if wide else None
    bca = bca_interval(x, level)
    standing, reason, sign = conclude(low, high, pairs)
    if not math.isnan(said["margin"]) and pairs["bound"] == "none":
        ends, margin = t_interval(x, std, 2 * level - 1), inner(said["margin"])
        said["within_margin"] = -margin < ends[0] and ends[1] < margin
        between = math.isnan(pairs["latest"]) or (log(pairs["earliest"]) > -margin and log(pairs["latest"]) < margin)
        if said["within_margin"] and not between:
            said["within_margin"] = False
            reason = "spacing_of_evaluations" if standing == "not_told_apart" and reason is None else reason
    if sign:
        said["better"] = rival if (sign < 0) == (measure == "time") else reference
    elif said["within_margin"]:
        standing = "equal_within_margin"
    elif standing == "not_told_apart" and not reason:
        reason = hopeless
    bounded = {"none": (True, True), "at_most": (False, True), "at_least": (True, False)}[pairs["bound"]]
    excludes = lambda ends: (bounded[0] and ends[0] > 0) or (bounded[1] and ends[1] < 0)  # noqa: E731
    if not math.isnan(bca[0]):
        said["bca_disagrees"] = excludes(bca) != excludes((low, high))
    (low, bca_low), (high, bca_high) = ((of if there else (NAN, NAN)) for there, of in zip(bounded, zip((low, high), bca)))
    return {**said, "standing": standing, "reason": reason, "effect": outer(mean_of(x)), "low": outer(low), "high": outer(high),
            "bca_low": outer(bca_low), "bca_high": outer(bca_high), "p": sign_flip_p(x, m), "deviation": std_of(x),
            "earliest": pairs["earliest"], "latest": pairs["latest"],
            "seeds_needed": 0 if hopeless else seeds_needed(std, inner(said["resolution"]), level)}  # fmt: skip


def rules_of(keys, algorithms):
    reference = keys["compare.reference"] or algorithms[0]
    measures = names(keys, "compare.measures") or (["time"] if keys["experiment.target_accuracy"] else []) + ["accuracy"]
    measures = [measure for measure in ("time", "accuracy") if measure in measures]
    rivals = [a for a in algorithms if a != reference]
    pairs = [(rival, reference) for rival in rivals]
    if keys["compare.pairs"] == "all":
        pairs += [(b, a) for a, b in itertools.combinations(rivals, 2)]
    number = lambda word: float(word) if word else NAN  # noqa: E731
    return {"pairs": pairs, "measures": measures, "m": len(pairs) * len(measures),
            "resolution": {m: number(keys[f"compare.{m}_resolution"]) for m in measures},
            "margin": {m: number(keys[f"compare.{m}_margin"]) for m in measures}}  # fmt: skip


# ---- against the files ----


def same(is_, should):
    """is_: of JSON, which has no infinity and no NaN, or a word of CSV, which has them."""
    if not isinstance(should, float):
        return is_ == should
    if is_ is None:
        return not math.isfinite(should)
    is_ = float(is_)
    return is_ == should or (math.isnan(is_) and math.isnan(should)) or abs(is_ - should) <= 1e-7 * (1e-3 + abs(should))


def differences(folder):
    verdict = json.loads((folder / "verdict.json").read_text())
    keys = read_ini(folder / "resolved.ini")
    algorithms = names(keys, "experiment.algorithms")
    rules = rules_of(keys, algorithms)
    swept = list(verdict["claims"][0]["at"]) if verdict["claims"] else []
    runs = final_runs(folder, swept, algorithms)
    count = int(keys["compare.seeds"])
    seeds = list(range(int(keys["experiment.seed"]), int(keys["experiment.seed"]) + count))
    for setting, of in runs.items():
        if sorted(of) != seeds:
            yield f"{setting}: runs of the seeds {sorted(of)}, not {seeds}"
    if verdict["claims_of_a_setting"] != rules["m"] or len(verdict["claims"]) != rules["m"] * len(runs):
        yield f"{len(verdict['claims'])} claims in families of {verdict['claims_of_a_setting']}, not of {rules['m']} at {len(runs)} settings"
    rows = read_csv(folder / "verdict.csv")
    if len(rows) != len(verdict["claims"]):
        yield f"{len(rows)} rows of verdict.csv"
    expected = list(itertools.product(rules["pairs"], rules["measures"]))
    for i, (is_, row) in enumerate(zip(verdict["claims"], rows)):
        (rival, reference), measure = expected[i % rules["m"]]
        should = claim(measure, rival, reference, runs[tuple(is_["at"].values())], rules)
        where = f"{is_['at']} {is_['rival']}, {is_['reference']}, {is_['measure']}"
        for key, value in should.items():
            if not same(is_[key], value):
                yield f"{where}: {key} is {is_[key]} and should be {value}"
            if isinstance(value, float) and not same(row[key], value):
                yield f"{where}: {key} is {row[key]} in verdict.csv and should be {value}"
        if (row["standing"], row["better"]) != (should["standing"], should["better"] or ""):
            yield f"{where}: verdict.csv says {row['standing']} {row['better']}"


def main():
    bad = 0
    for argument in sys.argv[1:]:
        folder = Path(argument)
        found = list(differences(folder))
        bad += len(found)
        for line in found:
            print(f"{folder}: {line}")
        claims = json.loads((folder / "verdict.json").read_text())["claims"]
        print(f"{folder}: {len(claims)} claims, {sum(c['standing'] == 'apart' for c in claims)} apart, {len(found)} differences")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
