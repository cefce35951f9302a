#!/usr/bin/python3
"""BatchNorm's statistics of a run's final models, and their accuracy, by a forward pass of its own: numpy, float64.

usage: batchnorm.py [--data FOLDER] RUN ...      RUN: a run's folder, of tiny_bn, resnet14 or resnet18
With output.batchnorm = precise the statistics are measured again on the same samples (Wu and Johnson 2021,
arXiv:2105.07576, section 3: E[mean] and E[var + mean^2] - E[mean]^2 over training-mode batches), compared with those of
parameters.bin, and taken for the test; with running those of parameters.bin are taken. The accuracy must be within one
point of the run's, and the loss within 1e-4.
Data: mnist, fashion_mnist, cifar10. Prints one line an algorithm; status 1 if one differs."""
import argparse
import configparser
import csv
import gzip
import json
import os
import sys
from pathlib import Path

import numpy as np

FOLDERS = {"mnist": ["mnist", "MNIST/raw", "."], "fashion_mnist": ["fashion-mnist", "FashionMNIST/raw", "."],
           "cifar10": ["cifar-10-batches-bin", "cifar-10/cifar-10-batches-bin", "."]}  # fmt: skip
NORMAL = {"mnist": (0.1307, 0.3081), "fashion_mnist": (0.1307, 0.3081), "cifar10": (0.5, 0.5)}
DRAW_STATISTICS = 16  # of sim/base/rng.h
EPSILON = 1e-5  # PyTorch's BatchNorm2d
TOLERANCE = 1e-5  # of a statistic, relative to E[x^2] or its root: what float32 loses over a deep network
POINT, LOSS = 0.01, 1e-4

# ---- data ----


def read(data, name, file):
    for path in (path for folder in FOLDERS[name] for path in Path(data, folder).glob(file + "*")):
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as f:
            return np.frombuffer(f.read(), np.uint8)
    sys.exit(f"{name}: no {file} in {data} (--data or $SIMULATE_DATA)")


class Images:
    """Pixels (n, h, w, channels) and labels; batches come normalised."""

    def __init__(self, data, name, train, n):
        if name == "cifar10":
            files = [f"data_batch_{i}.bin" for i in range(1, 6)] if train else ["test_batch.bin"]
            records = np.concatenate([read(data, name, file) for file in files]).reshape(-1, 3073)
            self.pixels, self.labels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), records[:, 0]
        else:
            part = "train" if train else "t10k"
            self.pixels = read(data, name, f"{part}-images-idx3-ubyte")[16:].reshape(-1, 28, 28, 1)
            self.labels = read(data, name, f"{part}-labels-idx1-ubyte")[8:]
        self.n = int(n) if n else len(self.labels)
        self.pixels, self.labels = self.pixels[: self.n], self.labels[: self.n].astype(np.int64)
        self.mean, self.deviation = NORMAL[name]

    def take(self, samples):
        return (self.pixels[samples] / 255.0 - self.mean) / self.deviation


def permutation(n, seed, purpose, version):
    """draw_permutation of sim/base/rng.c: Fisher and Yates with numpy's Philox, which increments its counter before it draws."""
    blocks = [np.random.Philox(counter=((i << 128) + version - 1) % (1 << 256), key=seed | purpose << 96).random_raw(4)
              for i in range((n + 7) // 8)]  # fmt: skip
    w = np.concatenate(blocks).astype("<u8").view("<u4")[:n].astype(np.uint64)
    i = np.arange(n, dtype=np.uint64)
    order = list(range(n))
    for a, b in enumerate((i + (w * (np.uint64(n) - i) >> np.uint64(32))).tolist()):
        order[a], order[b] = order[b], order[a]
    return np.array(order)


# ---- networks: activations (n, h, w, channels), weights as PyTorch's ----


class Network:
    def __init__(self, folder):
        names = json.load(open(folder / "parameters.json"))
        values = np.fromfile(folder / "parameters.bin", "<f4").astype(np.float64)
        self.model, self.value = names["model"], {}
        for t in names["tensors"] + names["buffers"]:
            n, at = int(np.prod(t["shape"])), t["offset"] // 4
            self.value[t["name"]] = values[at : at + n].reshape(t["shape"])
        self.sums = None  # while it measures: by BatchNorm's name, [samples E[mean], samples E[var + mean^2]]

    def conv(self, x, name, stride, pad):
        w = self.value[name + ".weight"]
        o, _, k, _ = w.shape
        x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))[:, ::stride, ::stride]
        n, h, wide = windows.shape[:3]
        return (windows.reshape(n * h * wide, -1) @ w.reshape(o, -1).T).reshape(n, h, wide, o)

    def norm(self, x, name):
        if self.sums is None:
            mean, var = self.value[name + ".running_mean"], self.value[name + ".running_var"]
        else:
            mean, var = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
            total = self.sums.setdefault(name, [0, 0])
            total[0], total[1] = total[0] + len(x) * mean, total[1] + len(x) * (var + mean**2)
        return (x - mean) / np.sqrt(var + EPSILON) * self.value[name + ".weight"] + self.value[name + ".bias"]

    def block(self, x, name, stride, side, kernel):
        y = np.maximum(self.norm(self.conv(x, name + ".conv1", stride, 1), name + ".bn1"), 0)
        y = self.norm(self.conv(y, name + ".conv2", 1, 1), name + ".bn2")
        if f"{name}.{side}.0.weight" in self.value:
            x = self.norm(self.conv(x, f"{name}.{side}.0", stride, kernel // 2), f"{name}.{side}.1")
        return np.maximum(x + y, 0)

    def resnet(self, x, first, stages, side, kernel, last):
        x = np.maximum(self.norm(self.conv(x, first[0], 1, 1), first[1]), 0)
        for i in range(stages):
            for j in range(2):
                x = self.block(x, f"layer{i + 1}.{j}", 2 if i and not j else 1, side, kernel)
        return self.linear(x.mean(axis=(1, 2)), last)

    def linear(self, x, name):
        return x @ self.value[name + ".weight"].T + self.value[name + ".bias"]

    def forward(self, x):
        if self.model == "tiny_bn":
            x = self.norm(self.conv(x, "conv1", 4, 2), "bn1")
            x = self.norm(self.conv(x, "conv2", 2, 1), "bn2")
            return self.linear(x.transpose(0, 3, 1, 2).reshape(len(x), -1), "fc")
        if self.model == "resnet14":
            return self.resnet(x, ("conv", "bn"), 3, "downsample", 3, "fc")
        if self.model == "resnet18":
            return self.resnet(x, ("conv1", "bn1"), 4, "shortcut", 1, "linear")
        sys.exit(f"batchnorm.py does not know the model {self.model}")

    def measure(self, images, samples, batch):
        """Puts precise statistics in place of those of the file; returns how far apart the two are, at most."""
        self.sums = {}
        for first in range(0, len(samples), batch):
            self.forward(images.take(samples[first : first + batch]))
        sums, self.sums, apart = self.sums, None, 0
        for name, (mean, square) in sums.items():
            mean, square = mean / len(samples), square / len(samples)
            for kind, exact, scale in (("mean", mean, np.sqrt(square)), ("var", square - mean**2, square)):
                of_file = self.value[f"{name}.running_{kind}"]
                apart = max(apart, np.max(np.abs(of_file - exact) / (scale + 1e-30)))
                self.value[f"{name}.running_{kind}"] = exact
        return apart

    def test(self, images):
        right, loss = 0, 0.0
        for first in range(0, images.n, 100):
            samples = np.arange(first, min(first + 100, images.n))
            logits = self.forward(images.take(samples))
            right += np.sum(logits.argmax(axis=1) == images.labels[samples])
            top = logits.max(axis=1)
            log_sum = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
            loss += np.sum(log_sum - logits[np.arange(len(samples)), images.labels[samples]])
        return right / images.n, loss / images.n


# ---- runs ----


def check(folder, recipe, train, test):
    said = json.load(open(folder / "summary.json"))
    net, apart, output = Network(folder), 0, recipe["output"]
    if output["batchnorm"] == "precise":
        version = int(list(csv.DictReader(open(folder / "eval.csv")))[-1]["round"])
        count = int(output["batchnorm_samples"] or min(2000, train.n))
        order = permutation(train.n, int(recipe["experiment"]["seed"]), DRAW_STATISTICS, version)
        apart = net.measure(train, order[:count], int(recipe["train"]["batch"]))
    accuracy, loss = net.test(test)
    good = apart < TOLERANCE and abs(accuracy - said["test_accuracy"]) <= POINT and abs(loss - said["test_loss"]) < LOSS
    print(f"{said['model']} {folder.name} {output['batchnorm']}: accuracy {accuracy:.4f}, there {said['test_accuracy']:.4f}; "
          f"loss {loss:.6f}, there {said['test_loss']:.6f}; statistics {apart:.1e} apart"
          f"{'' if good else ': DIFFERENT'}")  # fmt: skip
    return good


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--data", default=os.environ.get("SIMULATE_DATA", "data"))
    options.add_argument("run", nargs="+", type=Path)
    given = options.parse_args()
    good = True
    for run in given.run:
        recipe = configparser.ConfigParser(interpolation=None)
        recipe.read_file(open(run / "resolved.ini"))
        of_data = recipe["data"]
        train = Images(given.data, of_data["set"], True, of_data["train_samples"])
        test = Images(given.data, of_data["set"], False, of_data["test_samples"])
        for name in recipe["experiment"]["algorithms"].split(","):
            good &= check(run / name.strip(), recipe, train, test)
    sys.exit(not good)


if __name__ == "__main__":
    main()
