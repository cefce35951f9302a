"""A small data set of MNIST's format, which ./simulate and the oracle both read: noise around the mean pixel, brighter in
a part of the image that depends on the class. The headers promise as many images as MNIST has; the files have only as many
as data.train_samples and data.test_samples require."""
import numpy as np

FIRST = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]  # MNIST's first labels, by which ./simulate knows it
SIDE, CLASSES, MEAN = 28, 10, 33  # MEAN: becomes about 0
TRAIN, TEST = 400, 10


def images(draw, count):
    labels = draw.integers(0, CLASSES, count, np.uint8)
    labels[: min(count, len(FIRST))] = FIRST[:count]
    pixels = MEAN + 24 * draw.standard_normal((count, SIDE, SIDE))
    for image, label in zip(pixels, labels):
        row, column = divmod(int(label), 4)
        image[9 * row : 9 * row + 9, 7 * column : 7 * column + 7] += 40
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8), labels


def header(*sizes):
    return bytes([0, 0, 8, len(sizes)]) + b"".join(int(s).to_bytes(4, "big") for s in sizes)


def write(folder, seed):
    draw = np.random.default_rng(seed)
    folder.mkdir()
    for part, promised, count in (("train", 60000, TRAIN), ("t10k", 10000, TEST)):
        pixels, labels = images(draw, count)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header(promised, SIDE, SIDE) + pixels.tobytes())
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(header(promised) + labels.tobytes())
