#!/usr/bin/python3
"""Computes quality.csv and classes.csv of a finished run again, in float64: the run is replayed from its history (replay/play.py),
and at the moment of each evaluation the models of the PS and of all workers are looked at. docs/quality.md has the definitions.

usage: quality.py RUN FIRST [ALGORITHM...]
RUN: a run's folder, of the data set mnist (with data.path) and the model logreg, or tiny_bn without what is of test data; with
output.trace = all, output.workers_every = 1, no validation data, and no algorithm that cancels iterations or rounds. FIRST: as for
algorithms.py.
Prints a line an algorithm; status 1 if one differs."""
import argparse
import csv
import pathlib
import sys

import numpy as np

sys.dont_write_bytecode = True
from replay import data, history, play  # noqa: E402
from replay.rules import RULES  # noqa: E402
from replay.run import Run  # noqa: E402

TOLERANCE = 1e-5  # of a length, relative: the run has float32
ROUNDED = 2e-9  # of an accuracy: nine digits


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class TestImages(data.Images):
    def __init__(self, name, folder, count):
        folder = pathlib.Path(folder)
        pixels = data.read_idx(folder / "t10k-images-idx3-ubyte", 3, count)
        self.labels = data.read_idx(folder / "t10k-labels-idx1-ubyte", 1, count).astype(np.int64)
        mean, deviation = (float(np.float32(v)) for v in data.NORMAL[name])
        self.x, self.classes = ((pixels / 255.0 - mean) / deviation)[..., np.newaxis], 10


class Observed(play.Replay):
    """A replay that stops at each evaluation. Iterations of the run's end, which are in no push, are in the workers' models."""

    def __init__(self, run, rule, moments, look):
        super().__init__(run, rule)
        self.moments, self.look = moments, look  # moments: {round: ns}
        self.next = [next(events, None) for events in self.ahead]

    def play_one(self, w):
        event, self.next[w.id] = self.next[w.id], next(self.ahead[w.id], None)
        {"step": self.step, "push": self.push, "accept": self.accept}[event.what](w, event)

    def play_until(self, wanted):
        while wanted.statistics is None:
            self.play_one(self.workers[wanted.worker])

    def observe(self, version):
        if version not in self.moments:
            return
        for w in self.workers:
            while self.next[w.id] and self.next[w.id].at < self.moments[version]:
                self.play_one(w)
        self.look(version, self.server.W, [w.x for w in self.workers])

    def update(self, version, pushes):
        super().update(version, pushes)
        self.observe(version)

    def play(self):
        self.observe(0)
        return super().play()


def ranks(logits, labels):
    """How many classes come before the label, the first of equal ones first."""
    own = logits[np.arange(len(labels)), labels][:, np.newaxis]
    before = (logits == own) & (np.arange(logits.shape[1]) < labels[:, np.newaxis])
    return ((logits > own) | before).sum(axis=1)


def spread(accuracies):
    ordered = np.sort(accuracies)
    tenth = -(-len(ordered) // 10)
    return ordered.mean(), ordered[:tenth].mean(), ordered[-tenth:].mean(), ordered.var()


class Check:
    def __init__(self, run):
        of_data = run.settings["data"]
        self.run, self.test = run, TestImages(of_data["set"], of_data["path"], int(of_data["test_samples"]))
        self.quality = {int(row["round"]): row for row in rows_of(run.folder / "quality.csv")}
        self.classes = {}
        asked = run.settings["output"]["quality"].split(", ")
        for row in rows_of(run.folder / "classes.csv") if "per_class" in asked else []:
            self.classes.setdefault(int(row["round"]), []).append(row)
        self.moments = {r: round(float(row["virtual_s"]) * 1e9) for r, row in self.quality.items()}
        self.worst, self.wrong = 0.0, []

    def length(self, version, name, expected):
        got = float(self.quality[version][name])
        off = abs(got - expected) / max(expected, 1e-6)
        self.worst = max(self.worst, off)
        if not off <= TOLERANCE:
            self.wrong.append(f"round {version}: {name}: expected {expected:.9g}, got {got:.9g}")

    def share(self, version, name, got, expected):
        if not abs(float(got) - expected) <= ROUNDED:
            self.wrong.append(f"round {version}: {name}: expected {expected:.9g}, got {got}")

    def of_test(self, version, W):
        weights, bias = self.run.network.tensors(W)
        logits = self.test.x.reshape(len(self.test.x), -1) @ weights.reshape(-1, len(bias)) + bias
        rank, labels = ranks(logits, self.test.labels), self.test.labels
        self.share(version, "top5", self.quality[version]["test_top5_accuracy"], np.mean(rank < 5))
        there = np.bincount(labels, minlength=10)
        right = np.bincount(labels[rank == 0], minlength=10)
        for row, n, r in zip(self.classes[version], there, right):
            self.share(version, f"samples of {row['label']}", row["test_samples"], n)
            if n:
                self.share(version, f"class {row['label']}", row["test_accuracy"], r / n)
        known = there > 0
        counts = np.array([np.bincount(self.run.images.labels[s], minlength=10) for s in self.run.shares])[:, known]
        counts = counts[counts.sum(axis=1) > 0]
        accuracies = counts @ (right[known] / there[known]) / counts.sum(axis=1)
        for name, expected in zip(("mean", "worst", "best", "variance"), spread(accuracies)):
            self.share(version, name, self.quality[version][f"test_clients_{name}"], expected)

    def of_training(self, version, W):
        run = self.run
        samples = run.settings["output"]["gradient_samples"]
        n = int(samples or len(run.images.labels))
        chosen = np.arange(n) if not samples or n == len(run.images.labels) else chosen_samples(run, n)
        parts = np.array_split(chosen, range(run.batch, n, run.batch))
        total = sum(len(p) / n * run.network.gradient(W, run.images.x[p], run.images.labels[p])[1] for p in parts)
        self.length(version, "gradient_norm", np.linalg.norm(total))

    def look(self, version, W, models):
        distances = np.array([np.linalg.norm(x - W) for x in models])
        self.share(version, "distance_workers", self.quality[version]["distance_workers"], len(models))
        for name, expected in (("mean", distances.mean()), ("rms", np.sqrt((distances**2).mean())), ("max", distances.max())):
            self.length(version, f"distance_{name}", expected)
        if self.classes:
            self.of_test(version, W)
        self.of_training(version, W)


def chosen_samples(run, n):
    from replay import philox

    DRAW_GRADIENT = 18  # of sim/base/rng.h
    return philox.permutation(len(run.images.labels), run.seed, DRAW_GRADIENT, 0)[:n]


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("run", type=pathlib.Path)
    options.add_argument("first", type=pathlib.Path)
    options.add_argument("algorithms", nargs="*")
    given = options.parse_args()
    history.without_cancelled = lambda events: history.count_lost(events, set()) or events
    good = True
    for algorithm in given.algorithms or sorted(p.parent.name for p in given.run.glob("*/quality.csv")):
        run = Run(given.run, algorithm, given.first)
        check = Check(run)
        seen = []
        replay = Observed(run, RULES[algorithm](run), check.moments, lambda *a: (seen.append(a[0]), check.look(*a)))
        replay.play()
        if sorted(seen) != sorted(check.quality):
            check.wrong.append(f"evaluations: expected {sorted(seen)}, got {sorted(check.quality)}")
        print(f"{algorithm}: {len(seen)} evaluations, {check.worst:.1e} off{'' if not check.wrong else ': DIFFERENT'}", *check.wrong[:5], sep="\n  ")
        good &= not check.wrong
    sys.exit(not good)


if __name__ == "__main__":
    main()
