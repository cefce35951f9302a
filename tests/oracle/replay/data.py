"""The training set, what is kept from it for validation, the share of each worker or client, and the order of its samples.

Images are read from the IDX files that the program reads (yann.lecun.com/exdb/mnist). Shares and orders are conventions of
the program, from its headers: models/data/partition.h and partitions/, models/data/batches.h; draws: sim/base/rng.h."""
import fractions
import pathlib

import numpy as np

from . import defects, philox


NORMAL = {"mnist": (0.1307, 0.3081)}  # mean and deviation that pixels / 255 are normalised with


def read_idx(path, dims, count):
    """The first `count` items; the header may promise more than the file has."""
    with open(path, "rb") as file:
        magic = file.read(4)
        assert magic == bytes([0, 0, 8, dims]), f"{path}: no IDX file of bytes with {dims} dimensions"
        sizes = [int.from_bytes(file.read(4), "big") for _ in range(dims)]
        size = int(np.prod(sizes[1:], dtype=np.int64)) * count
        return np.frombuffer(file.read(size), np.uint8).reshape([count, *sizes[1:]])


class Images:
    """x: (samples, height, width, channels), normalised; labels: (samples). Of validation likewise."""

    def __init__(self, settings):
        name, count, folder = settings["set"], int(settings["train_samples"]), pathlib.Path(settings["path"])
        pixels = read_idx(folder / "train-images-idx3-ubyte", 3, count)
        self.labels = read_idx(folder / "train-labels-idx1-ubyte", 1, count).astype(np.int64)
        mean, deviation = (float(np.float32(v)) for v in NORMAL[name])
        self.x = ((pixels / 255.0 - mean) / deviation)[..., np.newaxis]
        self.classes = 10
        kept = for_validation(self.labels, self.classes, settings["validation"], int(settings["split_seed"]))
        self.validation_x, self.validation_labels = self.x[kept], self.labels[kept]
        if not defects.is_in("unkept"):
            self.x, self.labels = self.x[~kept], self.labels[~kept]


# ---- validation ----

VALIDATION = 17  # purpose of draws, sim/base/rng.h


def for_validation(labels, classes, asked, seed):
    """Which samples are kept from training: of each label its share of all that are asked for, in whole numbers by the largest
    remainders, of equal ones the lowest label; drawn from the samples of the label by the seed (models/data/validation.c)."""
    asked = fractions.Fraction(asked)
    total = int(asked * len(labels)) if asked < 1 else int(asked)
    samples = by_label(labels, classes)
    due = [fractions.Fraction(total * len(of), len(labels)) for of in samples]
    count = [int(share) for share in due]
    for label in sorted(range(classes), key=lambda c: (count[c] - due[c], c))[: total - sum(count)]:
        count[label] += 1
    kept = np.zeros(len(labels), bool)
    for label, of in enumerate(samples):
        order = philox.permutation(len(of), seed, VALIDATION, label)
        kept[of[order[: count[label]]]] = True
    return kept


# ---- shares ----


def by_label(labels, classes):
    return [np.flatnonzero(labels == c) for c in range(classes)]


def cut_evenly(order, shares):
    """Sizes that differ by at most one."""
    n = len(order)
    return [order[n * i // shares : n * (i + 1) // shares] for i in range(shares)]


def owned(owner, shares):
    """Samples in ascending order in each share. One that would be empty takes the last sample of the largest."""
    size = np.bincount(owner, minlength=shares)
    for i in np.flatnonzero(size == 0):
        rich = int(np.argmax(size))
        owner[np.flatnonzero(owner == rich)[-1]] = i
        size[rich] -= 1
        size[i] += 1
    return [np.flatnonzero(owner == i) for i in range(shares)]


def open_uniform(word):
    return (word + 0.5) * 2.0**-32


def log_gamma_draw(seed, label, share, a):
    """The logarithm of a draw from Gamma(a): Marsaglia and Tsang, ACM TOMS 26(3), 2000; below 1 by the boost
    Gamma(a) = Gamma(a + 1) U^(1/a) of their section 6. Keys: partitions/dirichlet.c (rank label + 1, iteration share; round
    1: normal draws, 2: acceptance, 3: boost)."""
    key = (seed, philox.SHARD, label + 1)
    if a < 1:
        boost = open_uniform(float(philox.words(1, *key, round=3, iteration=share)[0]))
        return log_gamma_draw(seed, label, share, a + 1) + np.log(boost) / a
    d = a - 1 / 3
    c = 1 / np.sqrt(9 * d)
    normal = philox.words(2 * 64, *key, round=1, iteration=share).astype(float)
    accept = philox.words(64, *key, round=2, iteration=share).astype(float)
    for i in range(64):
        x = np.sqrt(-2 * np.log(open_uniform(normal[2 * i]))) * np.cos(2 * np.pi * normal[2 * i + 1] * 2.0**-32)
        v = (1 + c * x) ** 3
        if v > 0 and np.log(open_uniform(accept[i])) < 0.5 * x * x + d - d * v + d * np.log(v):
            return np.log(d * v)
    raise AssertionError("64 draws refused")


def apportion(p, n):
    """n in whole numbers in the proportions p, by largest remainders; of equal ones the first."""
    due = p * n * (1 - 1e-12)
    count = np.floor(due).astype(int)
    for i in np.argsort(-(due - count), kind="stable")[: n - count.sum()]:
        count[i] += 1
    return count


def dirichlet(seed, labels, classes, shares, beta):
    """Hsu, Qi, Brown 2019, arXiv:1909.06335, label by label."""
    owner = np.zeros(len(labels), int)
    for label, samples in enumerate(by_label(labels, classes)):
        if len(samples) == 0:
            continue
        log_p = np.array([log_gamma_draw(seed, label, i, beta) for i in range(shares)])
        p = np.exp(log_p - log_p.max())
        count = apportion(p / p.sum(), len(samples))
        order = philox.permutation(len(samples), seed, philox.SHARD, label + 1)
        owner[samples[order]] = np.repeat(np.arange(shares), count)
    return owned(owner, shares)


def shards(seed, labels, classes, shares, each):
    """McMahan et al., AISTATS 2017, arXiv:1602.05629: shards of the set ordered by label, `each` of them a share."""
    order = np.concatenate(by_label(labels, classes))
    pieces = cut_evenly(order, shares * each)
    owner = np.zeros(len(labels), int)
    for i, piece in enumerate(philox.permutation(shares * each, seed, philox.SHARD)):
        owner[pieces[piece]] = i // each
    return owned(owner, shares)


def whole_labels(labels, classes, shares):
    """Label l to share l mod N; with more shares than labels, those l, l + L, l + 2 L, ... take turns."""
    owner = np.zeros(len(labels), int)
    for label, samples in enumerate(by_label(labels, classes)):
        takers = np.arange(label % shares, shares, classes) if shares > classes else np.array([label % shares])
        owner[samples] = takers[np.arange(len(samples)) % len(takers)]
    return owned(owner, shares)


def deal(settings, images, seed, shares):
    """The sample numbers of every share."""
    how = settings["partition"]
    n = len(images.labels)
    if how == "full":
        return [np.arange(n)] * shares
    if how == "iid":
        return cut_evenly(np.array(philox.permutation(n, seed, philox.SHARD)), shares)
    if how == "dirichlet":
        return dirichlet(seed, images.labels, images.classes, shares, float(settings["beta"]))
    if how == "shards":
        return shards(seed, images.labels, images.classes, shares, int(settings["shards_per_worker"]))
    return whole_labels(images.labels, images.classes, shares)


# ---- batches ----


class Batches:
    """Batch k is samples k b .. k b + b - 1 of the endlessly concatenated epoch permutations of a share."""

    def __init__(self, share, seed, owner, size, first_epoch=0):
        """owner: of the share, a worker or a client."""
        self.share, self.seed, self.owner, self.size, self.first_epoch = share, seed, owner, size, first_epoch
        self.epochs = {}

    def order(self, epoch):
        if epoch not in self.epochs:
            key = dict(seed=self.seed, purpose=philox.SHUFFLE, rank=self.owner, round=self.first_epoch + epoch)
            self.epochs[epoch] = philox.permutation(len(self.share), **key)
        return self.epochs[epoch]

    def number(self, k):
        n = len(self.share)
        positions = range(k * self.size, (k + 1) * self.size)
        return self.share[[self.order(at // n)[at % n] for at in positions]]


# ---- clients ----

CLIENTS = 14  # purpose of draws, sim/base/rng.h
EPOCHS = 1 << 24  # numbers of a round's epochs (sim/runtime/worker/step.c)


def clients_of(seed, workers, clients, version):
    """The client of each worker on the model of this version: Floyd's sampling without replacement, Bentley and Floyd, Commun.
    ACM 30(9), 1987."""
    chosen = []
    for i, word in enumerate(philox.words(workers, seed, CLIENTS, round=version).tolist()):
        last = clients - workers + i
        drawn = word * (last + 1) >> 32
        chosen.append(last if drawn in chosen else drawn)
    return chosen


class Life:
    """The client of a worker: the worker sees the batches of this client. Without more clients than workers it is the one of the
    worker's number, all the time; otherwise each model that the worker gets brings another client, from a new epoch on."""

    def __init__(self, run, worker):
        self.run, self.worker = run, worker
        self.sampled = run.clients > run.workers
        self.client, self.version, self.begun = worker, -1, 0
        self.batches = Batches(run.shares[worker], run.seed, worker, run.batch)

    def meet(self, version, iteration):
        """The worker's next iteration is on this version. True: with another client than before."""
        if not self.sampled or version == self.version:
            return False
        run, self.version, self.begun = self.run, version, iteration
        self.client = clients_of(run.seed, run.workers, run.clients, version)[self.worker]
        self.batches = Batches(run.shares[self.client], run.seed, self.client, run.batch, version * EPOCHS)
        return True

    def of_iteration(self, iteration):
        """Its batches, which are numbered through all iterations."""
        each = self.run.accumulate
        return [self.batches.number((iteration - self.begun) * each + i) for i in range(each)]

    @property
    def samples(self):
        return len(self.run.shares[self.client])
