#!/usr/bin/env python3
"""Writes the profiles of experiments/record/ (docs/experiments.md: profile.file) from the published architectures.

usage: profiles.py resnet50|resnet101|bert
ResNet: He et al. 2016, arXiv:1512.03385, in the variant that PyTorch's torchvision has (the stride of a block is in its 3 x 3
convolution), on images of 224 x 224. BERT-base, uncased: Devlin et al. 2019, arXiv:1810.04805; a sample is a sequence of 128 tokens.
Operations are the multiply-accumulates of matrix products, forward; other work counts as nothing."""
import math
import sys

TOTALS = {"resnet50": 25557032, "resnet101": 44549160, "bert": 109482240}


class Profile:
    def __init__(self):
        self.rows = []

    def tensor(self, name, shape, operations=0):
        self.rows.append((name, math.prod(shape), "x".join(map(str, shape)), operations))

    def write(self, total):
        assert sum(row[1] for row in self.rows) == total
        print("tensor,parameters,shape,operations")
        for row in self.rows:
            print(*row, sep=",")


# ---- ResNet ----


def convolution(p, name, outputs, inputs, kernel, side):
    """side: of the image that comes out."""
    shape = (outputs, inputs, kernel, kernel)
    p.tensor(f"{name}.weight", shape, math.prod(shape) * side * side)


def normalisation(p, name, channels):
    p.tensor(f"{name}.weight", (channels,))
    p.tensor(f"{name}.bias", (channels,))


def block(p, name, inputs, width, side, before):
    """A bottleneck: the image has the side `before` until its 3 x 3 convolution."""
    convolution(p, f"{name}.conv1", width, inputs, 1, before)
    normalisation(p, f"{name}.bn1", width)
    convolution(p, f"{name}.conv2", width, width, 3, side)
    normalisation(p, f"{name}.bn2", width)
    convolution(p, f"{name}.conv3", 4 * width, width, 1, side)
    normalisation(p, f"{name}.bn3", 4 * width)
    if inputs != 4 * width:
        convolution(p, f"{name}.downsample.0", 4 * width, inputs, 1, side)
        normalisation(p, f"{name}.downsample.1", 4 * width)


def resnet(p, blocks):
    convolution(p, "conv1", 64, 3, 7, 112)
    normalisation(p, "bn1", 64)
    channels, side = 64, 56
    for stage, n in enumerate(blocks):
        for i in range(n):
            after = 56 >> stage
            block(p, f"layer{stage + 1}.{i}", channels, 64 << stage, after, side)
            channels, side = 256 << stage, after
    p.tensor("fc.weight", (1000, 2048), 1000 * 2048)
    p.tensor("fc.bias", (1000,))


# ---- BERT ----

HIDDEN, INNER, LAYERS, WORDS, POSITIONS, TOKENS = 768, 3072, 12, 30522, 512, 128


def linear(p, name, outputs, inputs, tokens=TOKENS, more=0):
    p.tensor(f"{name}.weight", (outputs, inputs), outputs * inputs * tokens + more)
    p.tensor(f"{name}.bias", (outputs,))


def bert(p):
    for name, rows in (("word", WORDS), ("position", POSITIONS), ("token_type", 2)):
        p.tensor(f"embeddings.{name}_embeddings.weight", (rows, HIDDEN))  # rows are looked up
    normalisation(p, "embeddings.LayerNorm", HIDDEN)
    attention = 2 * TOKENS * TOKENS * HIDDEN  # scores, and the values that they weigh: between the three and output.dense
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        for name in ("query", "key", "value"):
            linear(p, f"{layer}.attention.self.{name}", HIDDEN, HIDDEN, more=attention if name == "value" else 0)
        linear(p, f"{layer}.attention.output.dense", HIDDEN, HIDDEN)
        normalisation(p, f"{layer}.attention.output.LayerNorm", HIDDEN)
        linear(p, f"{layer}.intermediate.dense", INNER, HIDDEN)
        linear(p, f"{layer}.output.dense", HIDDEN, INNER)
        normalisation(p, f"{layer}.output.LayerNorm", HIDDEN)
    linear(p, "pooler.dense", HIDDEN, HIDDEN, tokens=1)


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in TOTALS:
        sys.exit(__doc__)
    name, p = sys.argv[1], Profile()
    if name == "bert":
        bert(p)
    else:
        resnet(p, (3, 4, 6, 3) if name == "resnet50" else (3, 4, 23, 3))
    p.write(TOTALS[name])


main()
