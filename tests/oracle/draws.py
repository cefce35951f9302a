"""Numbers that Python and C (tests/rigs/oracle_fixture.c) draw alike, and the file format of the fixtures.

Draws: a stream has a name and a key; number i of it is splitmix64's i-th output from that key:
    mix(z)            z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9; z = (z ^ z >> 27) * 0x94d049bb133111eb; z ^ z >> 31
    key(seed, name)   mix(fnv1a64(name) + seed * G)              G = 0x9e3779b97f4a7c15, all modulo 2^64
    draw(key, i)      mix(key + (i + 1) * G)
    value             (draw >> 40) / 2^23 - 1: 24 bits in [-1, 1), exact in float32

File (little-endian): 16 bytes "ospsim oracle 1\\n", u64 seed, u64 number of cases; then the cases.
Case: char name[64], char kind[16], 12 x i32 (n, c, h, w, outputs, kernel, stride, pad, bias, training, steps,
number of tensors), f64 rate; then its tensors.
Tensor: char name[64], u64 count, f64 largest absolute value, f64 error of PyTorch's float32 (largest difference divided
by that), f64 sum of the elements times +-1, u32 stored, u32 0, f32 [stored]. Values are PyTorch's in float64.
Stored are all elements, if they are at most 256, otherwise number draw(key("CASE/TENSOR/pick"), j) modulo count for
j = 0 .. 255; the sign of element i is + when draw(key("CASE/TENSOR/sign"), i) is below 2^63."""
import struct

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15
WORD = (1 << 64) - 1
STORED = 256


def mix(z):
    """Of a Python integer."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
    return z ^ z >> 31


def key(seed, name):
    fnv = 0xCBF29CE484222325
    for byte in name.encode():
        fnv = (fnv ^ byte) * 0x100000001B3 & WORD
    return mix((fnv + seed * GOLDEN) & WORD)


def draws(seed, name, count):
    """The first `count` numbers of a stream, uint64."""
    z = np.arange(1, count + 1, dtype=np.uint64)
    z *= np.uint64(GOLDEN)
    z += np.uint64(key(seed, name))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z ^= z >> np.uint64(shift)
        z *= np.uint64(factor)
    return z ^ z >> np.uint64(31)


def values(seed, name, shape):
    """The same as float32 in [-1, 1)."""
    count = int(np.prod(shape))
    bits = (draws(seed, name, count) >> np.uint64(40)).astype(np.float32)
    return (bits * np.float32(2.0**-23) - np.float32(1)).reshape(shape)


class Writer:
    """Collects cases and writes them in one go."""

    FIELDS = ("n", "c", "h", "w", "outputs", "kernel", "stride", "pad", "bias", "training", "steps")

    def __init__(self, seed):
        self.seed = seed
        self.cases = []

    def case(self, name, kind, tensors, rate=0.0, **fields):
        """tensors: (name, float64 array, list of float32 arrays) each."""
        assert len(name) < 64 and len(kind) < 16
        numbers = [int(fields.get(field, 0)) for field in self.FIELDS]
        head = struct.pack("<64s16s12id", name.encode(), kind.encode(), *numbers, len(tensors), rate)
        self.cases.append(head + b"".join(self.tensor(name, *t) for t in tensors))

    def tensor(self, case, name, exact, singles):
        assert len(name) < 64
        flat = np.ascontiguousarray(exact, dtype=np.float64).reshape(-1)
        largest = float(np.abs(flat).max())
        error = max([np.abs(s.reshape(-1) - flat).max() / largest for s in singles], default=0.0)
        stream = f"{case}/{name}/"
        plus = draws(self.seed, stream + "sign", flat.size) < np.uint64(1 << 63)
        total = float(np.where(plus, flat, -flat).sum())
        kept = flat
        if flat.size > STORED:
            kept = flat[(draws(self.seed, stream + "pick", STORED) % np.uint64(flat.size)).astype(np.int64)]
        head = struct.pack("<64sQdddII", name.encode(), flat.size, largest, error, total, kept.size, 0)
        return head + kept.astype("<f4").tobytes()

    def write(self, path):
        with open(path, "wb") as file:
            file.write(b"ospsim oracle 1\n" + struct.pack("<QQ", self.seed, len(self.cases)))
            file.write(b"".join(self.cases))
