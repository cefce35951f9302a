"""How far PyTorch's float32 convolutions are from its float64, root mean square against root mean square, on every shape
of the model zoo: writes tests/oracle/rounding.inc, by which tests/unit/test_rounding.c measures ours.

usage: rounding.py > tests/oracle/rounding.inc (PyTorch 1.13, one thread)"""
import numpy as np
import torch
import torch.nn.functional as F

import draws

# inputs, outputs, kernel, stride, pad, height and width
SHAPES = {
    "cnn": [(1, 32, 3, 1, 0, 28), (32, 64, 3, 1, 0, 26)],
    "alexnet": [(3, 64, 11, 4, 5, 32), (64, 192, 5, 1, 2, 4), (192, 384, 3, 1, 1, 2), (384, 256, 3, 1, 1, 2),
                (256, 256, 3, 1, 1, 2)],
    "resnet14": [(3, 16, 3, 1, 1, 32), (16, 16, 3, 1, 1, 32), (16, 32, 3, 2, 1, 32), (32, 32, 3, 1, 1, 16),
                 (32, 64, 3, 2, 1, 16), (64, 64, 3, 1, 1, 8)],
    "resnet18": [(3, 64, 3, 1, 1, 32), (64, 64, 3, 1, 1, 32), (64, 128, 3, 2, 1, 32), (64, 128, 1, 2, 0, 32),
                 (128, 128, 3, 1, 1, 16), (128, 256, 3, 2, 1, 16), (128, 256, 1, 2, 0, 16), (256, 256, 3, 1, 1, 8),
                 (256, 512, 3, 2, 1, 8), (256, 512, 1, 2, 0, 8), (512, 512, 3, 1, 1, 4)],
}  # fmt: skip
BATCH, SEED = 32, 1


def error(x, w, stride, pad):
    x, w = torch.from_numpy(x), torch.from_numpy(w)
    exact = F.conv2d(x.double(), w.double(), None, stride, pad)
    apart = F.conv2d(x, w, None, stride, pad).double() - exact
    return float((apart.square().mean() / exact.square().mean()).sqrt())


torch.set_num_threads(1)
print("/* Written by tests/oracle/rounding.py: model, C, O, kernel, stride, pad, size, PyTorch's error where pixels are uniform\n"
      " * in [-1, 1), and where a ReLU has been. */")  # fmt: skip
for model, shapes in SHAPES.items():
    for c, o, k, s, p, size in shapes:
        name = f"{model} {c} {o} {k} {size}"
        x, w = draws.values(SEED, name + "/x", (BATCH, c, size, size)), draws.values(SEED, name + "/w", (o, c, k, k))
        errors = (error(pixels, w, s, p) for pixels in (x, np.maximum(x, 0)))
        print(f'{{"{model}", {c}, {o}, {k}, {s}, {p}, {size}, {{' + ", ".join(f"{e:.2e}" for e in errors) + "}},")
