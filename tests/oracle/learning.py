#!/usr/bin/python3
"""Trains a network with PyTorch by the recipe of learning/MODEL.ini on the real data, from the first parameters and in
the order of samples that ./simulate has with one worker and the same seed. Only dropout's draws are PyTorch's own.

usage: learning.py MODEL SEED [--data FOLDER] [--samples N]     MODEL: cnn, alexnet, resnet14
Prints one line an epoch: MODEL SEED EPOCH TEST-ACCURACY TEST-LOSS"""
import argparse
import configparser
import gzip
import itertools
import os
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.dont_write_bytecode = True  # no __pycache__ here
import networks  # noqa: E402

DRAW_INIT, DRAW_SHUFFLE = 1, 2  # of sim/base/rng.h
FOLDERS = {"mnist": ["mnist", "MNIST/raw", "."],
           "cifar10": ["cifar-10-batches-bin", "cifar-10/cifar-10-batches-bin", "."]}  # fmt: skip


def words(n, seed, purpose, rank, epoch=0):
    """The first n words that rng.c draws for a key: its blocks lie 2^128 apart in the counter of numpy's Philox, which
    counts up before it draws."""
    key = seed | rank << 64 | purpose << 96
    blocks = [np.random.Philox(counter=((i << 128) + epoch - 1) % (1 << 256), key=key).random_raw(4)
              for i in range((n + 7) // 8)]  # fmt: skip
    return np.concatenate(blocks).astype("<u8").view("<u4")[:n]


def permutation(seed, epoch, n):
    """draw_permutation of rng.c, for worker 0."""
    w = words(n, seed, DRAW_SHUFFLE, 0, epoch).astype(np.uint64)
    i = np.arange(n, dtype=np.uint64)
    order = list(range(n))
    for a, b in enumerate((i + (w * (n - i) >> np.uint64(32))).tolist()):
        order[a], order[b] = order[b], order[a]
    return order


def batches(seed, n, size):
    """Batches of the endlessly concatenated permutations: one may span two epochs (models/data/batches.h)."""
    left = []
    for epoch in itertools.count():
        left += permutation(seed, epoch, n)
        full = len(left) // size * size
        yield from (left[i : i + size] for i in range(0, full, size))
        left = left[full:]


def network(model, seed):
    """networks.py's, with its dropout put in and model_init's first values (BatchNorm's are PyTorch's own)."""
    net = networks.RUNS[model].make()
    if model == "cnn":
        net.pool = nn.Sequential(net.pool, nn.Dropout2d(0.25))
        net.relu3 = nn.Sequential(net.relu3, nn.Dropout(0.5))
    if model == "alexnet":
        for i, part in enumerate(net.features):
            if isinstance(part, nn.Identity):
                net.features[i] = nn.Dropout2d(0.3)
    for rank, (name, parameter) in enumerate(net.named_parameters()):
        module = net.get_submodule(name.rpartition(".")[0])
        if not isinstance(module, nn.BatchNorm2d):
            bound = np.float32(1 / np.sqrt(module.weight[0].numel()))
            drawn = (words(parameter.numel(), seed, DRAW_INIT, rank) >> 8).astype(np.float32) * np.float32(2**-24)
            parameter.data = torch.from_numpy((2 * drawn - 1) * bound).view(parameter.shape)
    return net


def read(data, name, file):
    for path in (path for folder in FOLDERS[name] for path in Path(data, folder).glob(file + "*")):
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as f:
            return np.frombuffer(f.read(), np.uint8)
    sys.exit(f"{name}: no {file} in {data} (--data or $SIMULATE_DATA)")


def load(name, data):
    """(pixels, labels) of the training set and of the test set."""

    def mnist(part):
        images, labels = (read(data, name, f"{part}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
        return images[16:].reshape(-1, 784), labels[8:]

    def cifar(*files):
        records = np.concatenate([read(data, name, file + ".bin") for file in files]).reshape(-1, 3073)
        return records[:, 1:], records[:, 0]

    if name == "mnist":
        splits = mnist("train"), mnist("t10k")
    else:
        splits = cifar(*(f"data_batch_{i}" for i in range(1, 6))), cifar("test_batch")
    return [(torch.tensor(x), torch.tensor(y, dtype=torch.int64)) for x, y in splits]


def evaluate(net, images, labels):
    net.eval()
    right = loss = 0
    with torch.no_grad():
        for i in range(0, len(labels), 500):
            y, out = labels[i : i + 500], net(images(slice(i, i + 500)))
            right += (out.argmax(1) == y).sum().item()
            loss += F.cross_entropy(out, y, reduction="sum").item()
    net.train()
    return right / len(labels), loss / len(labels)


def train(model, seed, data, samples=None):
    """Yields the training loss of every iteration, and after an epoch (accuracy, loss) on the test set; else None."""
    recipe = configparser.ConfigParser()
    recipe.read_file(open(Path(__file__).parent / "learning" / f"{model}.ini"))
    epochs, size = recipe.getint("experiment", "epochs"), recipe.getint("train", "batch")
    rate, momentum = (recipe.getfloat("train", key) for key in ("learning_rate", "momentum"))
    run = networks.RUNS[model]

    def normalised(pixels):
        mean, deviation = run.norm
        return lambda i: ((pixels[i].float() / 255 - mean) / deviation).view(-1, run.channels, run.side, run.side)

    (x, y), (x_test, y_test) = load(recipe["data"]["set"], data)
    x, y = x[:samples], y[:samples]
    images, tests = normalised(x), normalised(x_test)
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    net = network(model, seed).train()
    descent = torch.optim.SGD(net.parameters(), lr=rate, momentum=momentum)
    last, every = epochs * len(y) // size, -(-len(y) // size)  # an epoch ends with the batch that completes it
    for done, chosen in enumerate(itertools.islice(batches(seed, len(y), size), last), 1):
        descent.zero_grad()
        loss = F.cross_entropy(net(images(chosen)), y[chosen])
        loss.backward()
        descent.step()
        yield loss.item(), evaluate(net, tests, y_test) if done % every == 0 or done == last else None


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("model", choices=["cnn", "alexnet", "resnet14"])
    options.add_argument("seed", type=int)
    options.add_argument("--data", default=os.environ.get("SIMULATE_DATA", "data"))
    options.add_argument("--samples", type=int)
    given = options.parse_args()
    tests = (test for _, test in train(given.model, given.seed, given.data, given.samples) if test)
    for epoch, (accuracy, loss) in enumerate(tests, 1):
        print(given.model, given.seed, epoch, f"{accuracy:.4f} {loss:.4f}", flush=True)


if __name__ == "__main__":
    main()
