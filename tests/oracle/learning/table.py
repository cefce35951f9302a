#!/usr/bin/python3
"""Writes LEARNING.md from the test accuracies in pytorch.txt and ours.txt beside this file.

usage: table.py > LEARNING.md"""
import configparser
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
TITLES = {"cnn": "CNN on MNIST", "resnet14": "resnet14 on CIFAR-10", "alexnet": "AlexNet on CIFAR-10"}
HEAD = """# Learning, beside PyTorch

<!-- Written by tests/oracle/learning.sh: change learning/table.py, not this file. -->

Test accuracy in % after every epoch of sequential SGD on real data: ours (one worker, BSP) and PyTorch's, three seeds
each, both by `learning/MODEL.ini`. With equal seeds they start from the same parameters, bit for bit, and take the same
samples in the same order: `learning.py` draws both as `./simulate` does. What differs is dropout's draws (cnn, alexnet)
and the rounding of sums, from which BatchNorm at rate 0.1 (resnet14) makes different runs within some ten iterations.

The band is what PyTorch's three seeds span. It is narrow: were ours and PyTorch's independent draws from one normal
distribution, a single value would be inside with probability 0.50 and the mean of three with 0.63.

`make learning` trains this program again and writes this file; `make learning PYTORCH=1` trains PyTorch's too. PyTorch's figures
are kept in `learning/pytorch.txt`, ours in `learning/ours.txt`: model, seed, epoch, accuracy, loss on the test set."""


def read(path):
    """{(model, epoch): {seed: accuracy in %}}"""
    result = defaultdict(dict)
    for line in open(path):
        model, seed, epoch, accuracy, _ = line.split()
        result[model, int(epoch)][int(seed)] = 100 * float(accuracy)
    return result


def mean(values):
    return sum(values) / len(values)


def recipe(model):
    ini = configparser.ConfigParser()
    ini.read_file(open(HERE / f"{model}.ini"))
    return "batch {batch}, rate {learning_rate}, momentum {momentum}".format(**ini["train"])


def table(model, pytorch, ours):
    epochs = sorted(epoch for m, epoch in ours if m == model)
    seeds = sorted(ours[model, epochs[0]])
    columns = ["epoch", *(f"PyTorch {s}" for s in seeds), "band", *(f"ours {s}" for s in seeds), "mean", "inside"]
    print(f"\n## {TITLES[model]}: {recipe(model)}\n\n| {' | '.join(columns)} |\n|{'---:|' * len(columns)}")
    means = singles = 0
    for epoch in epochs:
        theirs, own = ([group[model, epoch][s] for s in seeds] for group in (pytorch, ours))
        low, high = min(theirs), max(theirs)
        inside = low <= mean(own) <= high
        means += inside
        singles += sum(low <= value <= high for value in own)
        shown = [f"{v:.2f}" for v in theirs] + [f"{low:.2f}–{high:.2f}"] + [f"{v:.2f}" for v in own]
        print(f"| {epoch} | {' | '.join(shown)} | {mean(own):.2f} | {'yes' if inside else 'no'} |")
    print(f"\nInside: {means} of {len(epochs)} means, {singles} of {len(epochs) * len(seeds)} single values.")


def main():
    pytorch, ours = read(HERE / "pytorch.txt"), read(HERE / "ours.txt")
    print(HEAD)
    for model in TITLES:
        table(model, pytorch, ours)


main()
