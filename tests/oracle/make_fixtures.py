#!/usr/bin/python3
"""Makes the fixtures that tests/equivalence/test_oracle_*.c compare with: what PyTorch (Debian's python3-torch) computes; of codecs replay/codecs.py.

usage: make_fixtures.py SEED FOLDER [NAME ...]
NAME: codecs, layers, optimizers, cnn, alexnet, resnet14, resnet18, resnet14-drift, resnet18-drift
The committed ones are of seed 1: make_fixtures.py 1 tests/oracle/fixtures
Inputs are not in the files: both sides draw them. draws.py describes draws and format."""
import os
import sys

import torch

sys.dont_write_bytecode = True  # no __pycache__ here
import codec_cases  # noqa: E402
import layers  # noqa: E402
import networks  # noqa: E402
import optimizers  # noqa: E402


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    seed, folder, names = int(sys.argv[1]), sys.argv[2], sys.argv[3:] or ["codecs", "layers", "optimizers", *networks.RUNS]
    torch.set_num_threads(1)
    os.makedirs(folder, exist_ok=True)
    for name in names:
        path = os.path.join(folder, name + ".fix")
        if name == "codecs":
            codec_cases.write(seed, path)
        elif name == "layers":
            layers.write(seed, path)
        elif name == "optimizers":
            optimizers.write(seed, path)
        else:
            networks.write(seed, path, name)
        print(f"{path}: {os.path.getsize(path)} bytes", flush=True)


main()
