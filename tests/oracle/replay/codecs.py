"""The codecs of ./simulate --list codecs in float64, from their papers: what a receiver reads of a tensor, and how many bytes
that takes. Nothing is taken from algorithms/codecs/*.c but what no paper says: the keys with their presets, the layout on the
wire and which draw belongs to which value.

A codec is a function  read, gap = codec(settings, v, tensor):
    v       one tensor, float64, a row
    tensor  the number of its rows, its number at the sender, and the key of its draws
    read    what every receiver decodes
    gap     how far the nearest value is from a tie, in steps of the codec: a difference of that size in v (of rounding, say)
            turns the value into its neighbour, or another value is chosen. A value of exactly 0 is no tie.
and  size(settings, n, tensor)  is the length of its message in bytes. make() puts the two together."""
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from . import philox
from .factors import factorise, factors_are_smaller

ALL_SENDERS = -(1 << 31)  # INT32_MIN: the sender of draws that all senders have in common


class Tensor(NamedTuple):
    rows: int  # outputs lie side by side in a row; 1: a vector
    message: int
    key: dict = {}  # of philox.words

    def draw(self, n, of=philox.uniform, **other):
        return of(n, **{**self.key, **other})


def nearest(*gaps):
    """The smallest, of arrays or numbers."""
    return min((float(np.min(g)) for g in gaps if np.size(g)), default=np.inf)


def to_integer(x):
    """How far from one, around the circle."""
    return np.abs(x - np.rint(x))


# ---- floats of 16 bits ----


def rounded(v, fraction, least, most):
    """Rounds to the nearest binary float with `fraction` bits of fraction, ties to even (IEEE 754-2019, section 4.3.1); below the least
    normal one the steps stay. Values beyond the largest become the largest, never infinity."""
    exponent = np.maximum(np.frexp(v)[1] - 1, least)  # of |v| in [1, 2) 2^exponent
    step = np.exp2(exponent - fraction)
    read = np.clip(np.rint(v / step) * step, -most, most)
    inside = (v != 0) & (np.abs(v) < most)
    return read, nearest(0.5 - to_integer(v / step)[inside])


def float16(s, v, t):
    """binary16: 10 bits of fraction, exponents from -14, at most (2 - 2^-10) 2^15."""
    return rounded(v, 10, -14, 65504.0)


def bfloat16(s, v, t):
    """The upper half of binary32: 7 bits of fraction, exponents from -126. Kalamkar et al., arXiv:1905.12322, section 3."""
    return rounded(v, 7, -126, (2 - 2.0**-7) * 2.0**127)


def fp4(s, v, t):
    """E3M0, Douillard et al., arXiv:2501.18512, section 2.4: a sign, 3 bits of exponent, no fraction; here scaled by max |v|: 0 or
    +-2^(c - 7), c = 1 .. 7; of two equally near ones the even c. The gap is counted in half distances of the neighbours."""
    scale = np.abs(v).max()
    if scale == 0:
        return np.zeros_like(v), np.inf
    powers = np.concatenate([[0.0], np.exp2(np.arange(1, 8) - 7.0)])
    middle = (powers[1:] + powers[:-1]) / 2
    q = np.abs(v) / scale
    code = np.searchsorted(middle, q)  # so many are below q
    tie = np.isin(q, middle)
    code = np.where(tie & (code % 2 == 1), code + 1, code)
    near = np.abs(q[:, None] - middle)[(v != 0) & (q < 1)] / (powers[1:] - powers[:-1])
    return scale * np.sign(v) * powers[code], nearest(near)


# ---- uniform codes ----


def maxabs(s, v, t):
    """docs/algorithms.md, 1.5, "Improved quantiser": L = 2^(b-1) - 1, scale = max |v| / L; q = rint(v / scale), or
    floor(v / scale + u); decoded: scale q."""
    levels = (1 << s["bits"] - 1) - 1
    scale = np.abs(v).max() / levels
    if scale == 0:
        return np.zeros_like(v), np.inf
    x = v / scale
    if s["rounding"] == "nearest":
        return scale * np.clip(np.rint(x), -levels, levels), nearest(0.5 - to_integer(x))
    x = x + t.draw(v.size)
    return scale * np.clip(np.floor(x), -levels, levels), nearest(to_integer(x)[v != 0])


def numpy_l2(s, v, t):
    """docs/algorithms.md, 1.5, "The published quantiser": y = v / ||v||, edges e_j = Q (2 j / 2^b - 1) for j = 0 .. 2^b - 1;
    code = numpy.digitize(y, edges), as b bits: 2^b wraps to 0, or with wrap = no stays the last; decoded: ||v|| e_code. A
    tensor of zeros decodes to zeros."""
    count, norm = 1 << s["bits"], np.sqrt(np.sum(v * v))
    if norm == 0:
        return np.zeros_like(v), np.inf
    edges = float(s["range"]) * (2 * np.arange(count) / count - 1)
    code = np.digitize(v / norm, edges)
    code = np.where(code == count, 0 if s["wrap"] else count - 1, code)
    place = (v / norm - edges[0]) / (edges[1] - edges[0])  # edge j is at j
    near = (v != 0) & (place > -0.5) & (place < count - 0.5)
    return norm * edges[code], nearest(to_integer(place)[near])


def qsgd(s, v, t):
    """Alistarh et al., NIPS 2017, arXiv:1610.02132, section 3.1: Q(v_i) = ||v|| sgn(v_i) xi_i, and xi_i = (l + 1) / s with
    probability |v_i| s / ||v|| - l, else l / s; l = floor(|v_i| s / ||v||). Section 4: buckets, and ||.|| may be the largest
    magnitude."""
    read, gap, levels, u = np.zeros_like(v), np.inf, s["levels"], t.draw(v.size)
    for at in range(0, v.size, s["bucket"]):
        part = slice(at, at + s["bucket"])
        norm = np.abs(v[part]).max() if s["norm"] == "max" else np.sqrt(np.sum(v[part] ** 2))
        if norm == 0:
            continue
        x = np.abs(v[part]) * levels / norm
        below = np.minimum(np.floor(x), levels)
        xi = np.minimum(below + (u[part] < x - below), levels) / levels
        read[part] = norm * np.sign(v[part]) * xi
        gap = nearest(gap, to_integer(u[part] - x)[v[part] != 0])
    return read, gap


def terngrad(s, v, t):
    """Wen et al., NIPS 2017, arXiv:1705.07878, section 3: s_t = max |g| ; s_t sgn(g) b, P(b = 1) = |g| / s_t, of the gradient
    clipped to c sigma ("gradient clipping"), sigma the standard deviation of the tensor. The scaler is each sender's own."""
    limit = float(s["clip"]) * np.sqrt(np.mean((v - v.mean()) ** 2))
    clipped = np.clip(v, -limit, limit) if limit > 0 else v
    scale = np.abs(clipped).max()
    if scale == 0:
        return np.zeros_like(v), np.inf
    p, u = np.abs(clipped) / scale, t.draw(v.size)
    return scale * np.sign(v) * (u < p), nearest(np.abs(u - p)[(v != 0) & (p < 1)])


def sign(s, v, t):
    """Bernstein et al., ICML 2018, arXiv:1802.04434, algorithm 1: sgn(v); Karimireddy et al., ICML 2019, arXiv:1901.09847,
    algorithm 1: ||v||_1 / d sgn(v). sgn(0) = 1. The step is from minus to plus."""
    scale = np.abs(v).mean() if s["scale"] == "mean" else 1.0
    gap = nearest(np.abs(v[v != 0])) / (2 * np.abs(v).mean()) if v.any() else np.inf
    return np.where(v < 0, -scale, scale), gap


# ---- some values only ----


def kept(ratio, n):
    """max(1, floor(ratio n)), ratio being what is written in the experiment, exactly."""
    return max(1, int(ratio * n))


def ratio_in(s, t):
    """Lin et al., ICLR 2018, arXiv:1712.01887, section 3.3: sparsity 75 %, 93.75 %, 98.4375 %, 99.6 %, one after the other,
    then the last one."""
    if t.message >= s["warmup"]:
        return s["ratio"]
    return max(s["ratio"], Fraction(1, 4 ** (4 * t.message // s["warmup"] + 1)))


def topk(s, v, t):
    """Stich et al., NeurIPS 2018, arXiv:1809.07599, definition 2.2: the k values of largest magnitude, the others 0. Of equal
    ones those of lowest index. The gap is that between the k-th and the next, relative to it."""
    k = kept(ratio_in(s, t), v.size)
    size = np.abs(v)
    order = np.argsort(-size, kind="stable")
    read = np.zeros_like(v)
    read[order[:k]] = v[order[:k]]
    last, after = size[order[k - 1]], size[order[k]] if k < v.size else 0.0
    return read, (last - after) / last if after > 0 else np.inf


def randomk(s, v, t):
    """The same definition: k values of random places. Knuth's algorithm S (TAOCP 2, 3.4.2) draws them: i is one with the
    probability (still to choose) / (still to come)."""
    n, left = v.size, kept(s["ratio"], v.size)
    word = t.draw(n, philox.words, **({"rank": ALL_SENDERS} if s["mask"] == "shared" else {})).tolist()
    factor = n / left if s["scale"] else 1.0
    read = np.zeros_like(v)
    for i in range(n):
        if word[i] * (n - i) >> 32 < left:
            read[i] = factor * v[i]
            left -= 1
    return read, np.inf


def lowrank(s, v, t):
    """Vogels et al., NeurIPS 2019, arXiv:1905.13727, algorithm 1 with one worker, from a random Q: P = M Q, orthonormalised;
    Q = M' P; P Q'. Vectors, and what is no larger than its factors, as they are."""
    m = v.reshape(t.rows, -1)
    if not factors_are_smaller(m.shape, s["rank"]):
        return v.copy(), np.inf
    columns = m.shape[1]
    q = t.draw(s["rank"] * columns).reshape(s["rank"], columns).T - 0.5
    p, q = factorise(m, q, s["iterations"])
    return (p @ q.T).reshape(-1), np.inf


def identity(s, v, t):
    return v.copy(), np.inf


# ---- bytes ----


def code_bytes(n, bits):
    return -(-n * bits // 8)


def lowrank_bytes(s, n, t):
    shape = t.rows, n // t.rows
    return 4 * (s["rank"] * sum(shape) if factors_are_smaller(shape, s["rank"]) else n)


def qsgd_bytes(s, n, t):
    return 4 * -(-n // s["bucket"]) + code_bytes(n, max(2, (2 * s["levels"]).bit_length()))  # ceil(log2(2 s + 1))


def flag(text):
    return {"yes": True, "no": False}[text]


class Kind(NamedTuple):
    code: object
    size: object  # (settings, n, tensor)
    settings: dict = {}  # key: how to read it
    quantises: bool = False  # or chooses by size: the least difference may become a step


CODECS = {
    "identity": Kind(identity, lambda s, n, t: 4 * n),
    "float16": Kind(float16, lambda s, n, t: 2 * n, quantises=True),
    "bfloat16": Kind(bfloat16, lambda s, n, t: 2 * n, quantises=True),
    "fp4": Kind(fp4, lambda s, n, t: 4 + code_bytes(n, 4), quantises=True),
    "maxabs": Kind(maxabs, lambda s, n, t: 4 + code_bytes(n, s["bits"]), {"bits": int, "rounding": str}, True),
    "numpy_l2": Kind(numpy_l2, lambda s, n, t: 4 + code_bytes(n, s["bits"]), {"bits": int, "range": Fraction, "wrap": flag}, True),
    "qsgd": Kind(qsgd, qsgd_bytes, {"levels": int, "bucket": int, "norm": str}, True),
    "terngrad": Kind(terngrad, lambda s, n, t: 4 + code_bytes(n, 2), {"clip": Fraction}, True),
    "sign": Kind(sign, lambda s, n, t: 4 * (s["scale"] == "mean") + code_bytes(n, 1), {"scale": str}, True),
    "topk": Kind(topk, lambda s, n, t: 4 + 8 * kept(ratio_in(s, t), n), {"ratio": Fraction, "warmup": int}, True),
    "randomk": Kind(randomk, lambda s, n, t: 4 * kept(s["ratio"], n), {"ratio": Fraction, "mask": str, "scale": flag}),
    "lowrank": Kind(lowrank, lowrank_bytes, {"rank": int, "iterations": int}),
}  # fmt: skip


class Codec:
    """With its settings: the section [codec.NAME] of resolved.ini, texts."""

    def __init__(self, name, keys):
        self.name, self.kind = name, CODECS[name]
        self.settings = {key: read(keys[key]) for key, read in self.kind.settings.items()}
        self.amplifies = self.kind.quantises  # rounding, where a value is near a tie
        self.tie, self.where = np.inf, ""

    def decoded(self, v, key, rows, message):
        """What every receiver reads of a tensor. key: of its draws, as philox.words has it."""
        read, gap = self.kind.code(self.settings, v, Tensor(rows, message, key))
        if gap < self.tie:
            self.tie = gap
            self.where = f"{self.name}: tensor {key['iteration']} of message {message} of sender {key['rank']}: {gap:.2g} of a step"
        return read

    def size(self, n, rows, message):
        """Its bytes."""
        return self.kind.size(self.settings, n, Tensor(rows, message))


def make(name, keys):
    return Codec(name, keys)
