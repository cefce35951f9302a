#!/usr/bin/env python3
"""Computes the numbers of a finished run again, in float64 and from the papers, and says how far the run's last parameters are
from there, relative to the distance that they have moved: |W - W_ref| / |W_ref - W_0|; of BatchNorm's statistics likewise. Lists the
messages that have another length than their closed form.

usage: algorithms.py RUN FIRST [--defect NAME] [ALGORITHM...]
RUN: a run's folder, with output.trace = all and output.batchnorm = running, of the data set mnist (with data.path) and a model of
replay/network.py.
FIRST: folder with the parameters.bin of a run with the same seed and model and a learning rate of 0."""
import argparse
import pathlib
import sys

import numpy as np

sys.dont_write_bytecode = True
from replay import defects, play, sizes  # noqa: E402
from replay.rules import RULES  # noqa: E402
from replay.run import Run  # noqa: E402


class Result:
    def __init__(self, run, replay, parameters, statistics):
        self.sizes = list(sizes.Sizes(run, replay.rule).differences())
        self.parameters = distance(run.last, parameters, run.first)
        self.statistics = distance(run.last_statistics, statistics, run.first_statistics)
        nearest = min([*replay.senders(), replay.rule], key=lambda chooser: chooser.tie)
        self.tie, self.where = nearest.tie, nearest.where
        self.quantised = any(sender.codec.amplifies for sender in replay.senders())
        self.most = 1e-3 if self.quantised else 1e-5  # a quantiser amplifies rounding

    @property
    def part_of_limit(self):
        return max(self.parameters, self.statistics) / self.most

    @property
    def good(self):
        return self.part_of_limit <= 1 and not self.sizes

    @property
    def at_a_tie(self):
        """A coded value, or what else the algorithm chooses, may have become its neighbour in the run, which then says nothing."""
        return self.tie < 1e-6 and not self.sizes


def distance(got, expected, first):
    """Infinite where the run has not moved: then nothing can be said."""
    if len(first) == 0:
        return 0.0
    moved = np.linalg.norm(expected - first)
    apart = np.linalg.norm(got - expected)
    return apart / moved if moved > 0 and np.isfinite(apart) else np.inf


def compare(folder, algorithm, first):
    run = Run(folder, algorithm, first)
    replay = play.Replay(run, RULES[algorithm](run))
    return Result(run, replay, *replay.play())


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("run", type=pathlib.Path)
    options.add_argument("first", type=pathlib.Path)
    options.add_argument("algorithms", nargs="*")
    options.add_argument("--defect", choices=defects.KNOWN)
    given = options.parse_intermixed_args()
    defects.choose(given.defect)
    for algorithm in given.algorithms or sorted(p.name for p in given.run.iterdir() if (p / "parameters.bin").exists()):
        result = compare(given.run, algorithm, given.first)
        print(f"{algorithm:18s} parameters {result.parameters:.2e}  statistics {result.statistics:.2e}  {result.where}")
        print(*result.sizes, sep="\n", end="\n" if result.sizes else "")


if __name__ == "__main__":
    main()
