#!/usr/bin/env python3
"""Compares the numbers of ./simulate with algorithms.py on random settings.

usage: check_algorithms.py SIMULATE SEED [--runs N] [--defects] [ALGORITHM...]
Settings are drawn from SEED (algorithm_draws.py); a run that is off, with a coded value that is next to a tie, is drawn again,
and named. --defects: the runs are then compared with the oracle's own faults in it, each of which some run must show.
Prints a table: algorithm, runs, the largest deviations of parameters and of BatchNorm's statistics (without a quantiser at most
1e-5, with one 1e-3), and the setting of the worst."""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import algorithm_draws  # noqa: E402
import small_data  # noqa: E402
from algorithm_draws import VALIDATION  # noqa: E402
from algorithms import RULES, compare  # noqa: E402
from replay import defects  # noqa: E402

AGAIN = 8  # so often at most is one run drawn ...
SEEDS = 2 * AGAIN  # ... with seeds of their own


def as_ini(sets):
    sections = {}
    for name, value in sets.items():
        section, key = name.rsplit(".", 1)
        sections.setdefault(section, []).append(f"{key} = {value}")
    return "\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items()) + "\n"


class Bench:
    """Runs ./simulate in a folder of its own."""

    def __init__(self, program, folder, seed):
        self.program, self.folder, self.seed = program, folder, seed
        self.first = {}  # (model, seed): folder with the first parameters
        self.runs = []  # those that were good: (setting, algorithm, folder, first)
        self.again = []  # those at a tie
        small_data.write(folder / "data", seed)

    def with_budget(self, draw, name, sets):
        """In place of some iterations, or beside them, what a run of that length takes. No budget where replies are sent that no
        update releases."""
        sets = dict(sets)
        key = draw.choice(("virtual_time", "bytes", "both"))
        folder = self.simulate(name, {**sets, "experiment.train": "no"}) / sets["experiment.algorithms"]
        summary = json.loads((folder / "summary.json").read_text())
        part = draw.choice((0.5, 0.8, 0.95))
        if key != "bytes":
            sets["experiment.virtual_time"] = f"{int(part * summary['virtual_ns'])}ns"
        if key != "virtual_time":
            sets["experiment.bytes"] = f"{int(draw.choice((0.6, part)) * (summary['bytes_up'] + summary['bytes_down']))}B"
        if draw.choice((True, False)):
            del sets["experiment.iterations"]
        return {**sets, "output.eval_every": 1}

    def simulate(self, name, sets):
        ini = self.folder / f"{name}.ini"
        ini.write_text(as_ini({"output.eval_every": 10**9, "data.set": "mnist", "data.path": self.folder / "data", "data.test_samples": small_data.TEST,
                               "output.trace": "all", "output.report": "no", **sets}))  # fmt: skip
        command = [self.program, "-q", "-o", self.folder / name, ini]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"simulate failed ({done.returncode}): {done.stderr}{ini.read_text()}")
        return self.folder / name

    def first_of(self, model, seed):
        if (model, seed) not in self.first:
            sets = {"experiment.algorithms": "bsp", "experiment.iterations": 1, "experiment.seed": seed, "model.name": model,
                    "cluster.workers": 1, "data.train_samples": 32, "train.learning_rate": 0}  # fmt: skip
            self.first[model, seed] = self.simulate(f"first-{model}-{seed}", sets) / "bsp"
        return self.first[model, seed]

    def run(self, algorithm, number):
        """(setting, result) of the first run that says something. Drawn again is the run's own seed, not the setting."""
        sets = algorithm_draws.draw_setting(algorithm_draws.Draw(f"{self.seed} {algorithm}", number), algorithm, number)
        budget = algorithm != "k_batch_async" and number % 3 == 1
        draw = random.Random(f"{self.seed} {algorithm} {number} budget")
        if budget:
            sets = self.with_budget(draw, f"{algorithm}-{number}-length", sets)
        for attempt in range(AGAIN):
            sets["experiment.seed"] = SEEDS * self.seed + 2 * attempt + number % 2
            folder = self.simulate(f"{algorithm}-{number}-{attempt}", sets)
            first = self.first_of(sets["model.name"], sets["experiment.seed"])
            result = compare(folder, algorithm, first)
            if result.good or not result.at_a_tie:
                break
            self.again.append(f"drawn again: {algorithm} {number}: {result.where}")
        if result.good:
            self.runs.append((sets, algorithm, folder, first))
        return sets, result


def deviations(results):
    """The largest ones, of parameters and of statistics."""
    if not results:
        return "      -       -"
    return f"{max(r.parameters for r in results):.1e} {max(r.statistics for r in results):.1e}"


def check(bench, algorithm, runs):
    """Prints a line; how many runs are off."""
    results = [bench.run(algorithm, number) for number in range(runs)]
    bad = [(sets, r) for sets, r in results if not r.good]
    plain = [r for _, r in results if not r.quantised]
    quantised = [r for _, r in results if r.quantised]
    worst_sets, worst = max(results, key=lambda result: result[1].part_of_limit)
    print(f"{'not ok' if bad else 'ok'} {algorithm:18s} {runs - len(bad):2d} of {runs:2d}  plain {deviations(plain)}"
          f"  quantised {deviations(quantised)}  worst {deviations([worst])}: {algorithm_draws.described(worst_sets)}",
          flush=True)  # fmt: skip
    for sets, r in bad:
        print(f"{algorithm}: parameters {r.parameters:.2e}, statistics {r.statistics:.2e}, expected at most {r.most:.0e}; {r.where}",
              *r.sizes[:3], as_ini(sets), sep="\n")  # fmt: skip
    return len(bad)


def has(sets, key, *values):
    """A key of whatever section has one of these values."""
    return any(name.rsplit(".", 1)[1] == key and value in values for name, value in sets.items())


def bounded(sets, *keys):
    return any(f"experiment.{key}" in sets for key in keys)


FALLING = "step", "cosine", "linear", "polynomial", "list"  # schedules
KEEPING = "yes", "gradient", "step"  # error feedback
CONCERNS = {  # which settings a fault can show in
    "residual": lambda sets: has(sets, "error_feedback", *KEEPING),
    "rescaled": lambda sets: has(sets, "error_feedback", "yes", "step") and has(sets, "schedule", *FALLING),
    "restored": lambda sets: has(sets, "algorithms", "k_sync", "k_batch_sync") and has(sets, "error_feedback", *KEEPING),
    "statistics": lambda sets: has(sets, "name", "tiny_bn"),
    "weight": lambda sets: has(sets, "weighting", "mean") or has(sets, "algorithms", "fedavg", "fedprox", "fednova"),
    "late": lambda sets: has(sets, "schedule", *FALLING),
    "bounds": lambda sets: bounded(sets, "virtual_time", "bytes"),
    "replies": lambda sets: bounded(sets, "bytes"),
    "place": lambda sets: has(sets, "optimizer", "nesterov", "adamw"),
    "vectors": lambda sets: has(sets, "weight_decay_on", "matrices"),
    "momentum": lambda sets: has(sets, "optimizer", "nesterov", "adamw"),
    "unkept": lambda sets: has(sets, "validation", *VALIDATION),
}


def is_off(folder, algorithm, first):
    """Also where other samples are in the shares."""
    try:
        return not compare(folder, algorithm, first).good
    except AssertionError:
        return True


def is_found(bench, defect):
    """Prints a line. Some run is off when the oracle has this fault."""
    concerned = [run for run in bench.runs if CONCERNS.get(defect, lambda sets: True)(run[0])]
    defects.choose(defect)
    finder = next((algorithm for _, algorithm, folder, first in concerned if is_off(folder, algorithm, first)), None)
    defects.choose(None)
    by = f"by {finder}" if finder else f"by none of {len(concerned)} runs"
    print(f"{'ok' if finder else 'not ok'} found: {defects.KNOWN[defect]}: {by}", flush=True)
    return finder is not None


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("program")
    options.add_argument("seed", type=int)
    options.add_argument("algorithms", nargs="*")
    options.add_argument("--runs", type=int, default=10)
    options.add_argument("--defects", action="store_true")
    given = options.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(pathlib.Path(given.program).resolve(), pathlib.Path(folder), given.seed)
        off = sum(check(bench, algorithm, given.runs) for algorithm in given.algorithms or RULES)
        print(*bench.again, sep="\n", end="\n" if bench.again else "")
        if given.defects:
            off += sum(not is_found(bench, defect) for defect in defects.KNOWN)
    sys.exit(off > 0)


if __name__ == "__main__":
    main()
