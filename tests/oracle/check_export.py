#!/usr/bin/python3
"""Loads the models that `simulate --export npz RUN` wrote into PyTorch (networks.py, load_state_dict, strict) and tests
them on the images of the run's test set: as many right answers as the run's last evaluation, the same loss.

usage: check_export.py [--data FOLDER] RUN ...     RUN: a run's folder, of cnn, alexnet, resnet14 or resnet18
Data: mnist, fashion_mnist, cifar10; with others models are loaded and not tested. Prints one line an algorithm; status 1 if
one differs."""
import argparse
import configparser
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch

sys.dont_write_bytecode = True  # no __pycache__ here
import learning  # noqa: E402
import networks  # noqa: E402

TOLERANCE = 1e-5  # of the loss, relative: sums of float32 in another order
learning.FOLDERS["fashion_mnist"] = ["fashion-mnist", "FashionMNIST/raw", "."]


def test_set(recipe, data):
    """Normalised images and labels of the run's test samples, by its resolved.ini."""
    name, n = recipe["data"]["set"], recipe["data"]["test_samples"]
    if name not in learning.FOLDERS:
        return None, None
    if name.endswith("mnist"):
        pixels = learning.read(data, name, "t10k-images-idx3-ubyte")[16:].reshape(-1, 1, 28, 28)
        labels = learning.read(data, name, "t10k-labels-idx1-ubyte")[8:]
    else:
        records = learning.read(data, name, "test_batch.bin").reshape(-1, 3073)
        pixels, labels = records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]
    mean, deviation = (0.1307, 0.3081) if name.endswith("mnist") else (0.5, 0.5)
    n = int(n) if n else len(labels)
    images = (torch.tensor(pixels[:n]).float() / 255 - mean) / deviation
    return images, torch.tensor(labels[:n], dtype=torch.int64)


def load(folder, model):
    net = networks.RUNS[model].make()
    with np.load(folder / "export" / "parameters.npz") as z:
        net.load_state_dict({name: torch.from_numpy(z[name]) for name in z.files}, strict=True)
    return net


def check(folder, images, labels):
    said = json.load(open(folder / "summary.json"))
    net = load(folder, said["model"])
    if images is None:
        print(f"{said['model']} {folder.name}: loaded")
        return True
    accuracy, loss = learning.evaluate(net, lambda i: images[i], labels)
    off = abs(loss / said["test_loss"] - 1)
    good = abs(accuracy - said["test_accuracy"]) < 0.5 / len(labels) and off < TOLERANCE
    print(f"{said['model']} {folder.name}: accuracy {accuracy:.4f}, here {said['test_accuracy']:.4f}; loss {loss:.7f}, "
          f"{off:.1e} off{'' if good else ': DIFFERENT'}")  # fmt: skip
    return good


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--data", default=os.environ.get("SIMULATE_DATA", "data"))
    options.add_argument("run", nargs="+", type=Path)
    given = options.parse_args()
    torch.set_num_threads(1)
    good = True
    for run in given.run:
        recipe = configparser.ConfigParser(inline_comment_prefixes=";")
        recipe.read_file(open(run / "resolved.ini"))
        images, labels = test_set(recipe, given.data)
        for name in recipe["experiment"]["algorithms"].split(","):
            good &= check(run / name.strip(), images, labels)
    sys.exit(not good)


if __name__ == "__main__":
    main()
