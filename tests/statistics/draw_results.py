#!/usr/bin/python3
"""Puts drawn evaluations in place of those of the final runs of a comparison, so that a verdict can be made of many results
without training: how much algorithms differ, how much seeds vary, which runs reach the target, where they end.

usage: draw_results.py FOLDER SEED      then: simulate --resume FOLDER"""
import csv
import random
import sys
from pathlib import Path

EVALUATIONS = 12


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def seconds(ns):
    return f"{ns // 10**9}.{ns % 10**9:09d}"


class Draws:
    """What all runs of a comparison have in common."""

    def __init__(self, seed):
        self.of = random.Random(seed)
        self.alike = self.of.choice([0, 0.002, 0.02, 0.2])  # how far algorithms are apart, and ...
        self.noise = self.of.choice([0, 0.001, 0.01, 0.1])  # ... the seeds of each
        self.missing = self.of.choice([0, 0, 0.1, 0.5])  # runs that do not reach the target
        self.one_sided = self.of.random() < 0.5  # those of some algorithms alone
        self.ends = self.of.choice([0, 0.3])  # how unequal they end
        self.spacing = self.of.choice([10**6, 10**8, 10**9])  # ns between evaluations
        self.validates = self.of.random() < 0.3
        self.first = self.of.random() < 0.1  # the target is reached at the first evaluation
        self.one_late = self.of.random() < 0.3  # rivals are early with all seeds but one, with which they never arrive
        self.levels = {}

    def level(self, algorithm, setting):
        return self.levels.setdefault((algorithm, setting), self.of.gauss(0, self.alike))

    def reach(self, algorithm, level, first_seed):
        """Which evaluation reaches the target: EVALUATIONS and more: none does."""
        of = self.of
        speed = 2.718 ** (level * 10 + of.gauss(0, self.noise * 10))
        if self.one_late:
            return EVALUATIONS - 1 if algorithm == "bsp" else EVALUATIONS if first_seed else 2
        if of.random() < self.missing and not (self.one_sided and algorithm == "bsp"):
            return EVALUATIONS
        if self.first and of.random() < 0.5:
            return 0
        return max(1, round(6 * speed)) if speed < 100 else EVALUATIONS

    def run(self, algorithm, setting, target, first_seed):
        """[(ns, judged accuracy)] and the test accuracy of the last one."""
        of, level = self.of, self.level(algorithm, setting)
        reach = self.reach(algorithm, level, first_seed)
        step = self.spacing if self.one_late else round(self.spacing * (1 + of.random() * 0.01))
        last = EVALUATIONS if self.one_late else max(2, round(EVALUATIONS * (1 + of.uniform(-self.ends, 0))))
        judged = [(i * step, (target if i >= reach else 0) + of.randrange(0, 20) / 100) for i in range(last)]
        judged = [(ns, accuracy if ns >= reach * step else min(accuracy, target - 0.01)) for ns, accuracy in judged]
        return judged, min(1, max(0, round((0.7 + level + of.gauss(0, self.noise)) * 100) / 100))


def draw(draws, point, setting):
    head, rows = read(point / "comparison.csv")
    at = {name: i for i, name in enumerate(head)}
    for row in rows:
        algorithm, target = row[at["algorithm"]], float(row[at["target_accuracy"]])
        judged, accuracy = draws.run(algorithm, setting, target, point.name.endswith("seed=1"))
        eval_head, _ = read(point / algorithm / "eval.csv")
        evaluations = []
        for i, (ns, value) in enumerate(judged):
            test = value if not draws.validates else draws.of.randrange(100) / 100
            if i == len(judged) - 1:
                test = accuracy if draws.validates or (accuracy >= target) == (value >= target) else value
            cells = {"round": i, "iterations": i, "epoch": i, "virtual_s": seconds(ns), "test_accuracy": f"{test:.9g}", "test_loss": 1,
                     "train_loss": 1, "bytes_up": i, "bytes_down": i, "validation_accuracy": f"{value:.9g}" if draws.validates else "NaN",
                     "validation_loss": 1 if draws.validates else "NaN"}  # fmt: skip
            evaluations.append([cells.get(name, "NaN") for name in eval_head])
        write(point / algorithm / "eval.csv", eval_head, evaluations)
        reached = next((i for i, (_, value) in enumerate(judged) if value >= target - 1e-12), None)
        row[at["test_accuracy"]] = evaluations[-1][eval_head.index("test_accuracy")]
        row[at["virtual_s"]] = seconds(judged[-1][0] + 1000)
        row[at["target_s"]] = "NaN" if reached is None else seconds(judged[reached][0])
        row[at["before_target_s"]] = "NaN" if reached is None else seconds(judged[reached - 1][0]) if reached else seconds(0)
        row[at["judged_on"]] = "validation" if draws.validates else "test"
        row[at["validation_accuracy"]] = f"{judged[-1][1]:.9g}" if draws.validates else "NaN"
    write(point / "comparison.csv", head, rows)


def main():
    folder, draws = Path(sys.argv[1]), Draws(int(sys.argv[2]))
    for point in sorted((folder / "final").iterdir()):
        if (point / "comparison.csv").exists():
            setting = point.name.partition("-")[2].rpartition("seed=")[0]
            draw(draws, point, setting)


main()
