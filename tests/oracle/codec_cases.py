"""What replay/codecs.py makes of drawn vectors, for tests/equivalence/test_oracle_codecs.c: messages of one sender that follow each other, two
tensors each, with error feedback or without. Case: name is "CODEC NUMBER KEY=VALUE ...", kind the codec, n the floats, w how many
of them are the first tensor, a vector; h the rows of the second; c the sender, steps the messages, training the number of the
first; bias: with error feedback; rate: the tolerance, relative to the largest. Tensor "message M": what a receiver reads."""
import numpy as np

import draws
from replay import codecs, philox

SETTINGS = {
    "identity": [{}], "float16": [{}], "bfloat16": [{}], "fp4": [{}],
    "maxabs": [{"bits": b, "rounding": r} for b in ("2", "4", "8", "16") for r in ("nearest", "stochastic")],
    "numpy_l2": [{"bits": b, "range": q, "wrap": w}
                 for b, q, w in (("16", "1", "yes"), ("8", "0.5", "yes"), ("4", "0.05", "yes"), ("4", "0.1", "no"))],
    "qsgd": [{"levels": s, "bucket": b, "norm": n}
             for s, b, n in (("7", "512", "l2"), ("1", "5", "max"), ("3", "64", "l2"), ("127", "1", "max"), ("32767", "100", "l2"))],
    "terngrad": [{"clip": c} for c in ("2.5", "0", "1")],
    "sign": [{"scale": s} for s in ("mean", "none")],
    "topk": [{"ratio": r, "warmup": w} for r, w in (("0.01", "0"), ("0.7", "0"), ("0.01", "5"), ("1", "0"), ("0.0625", "2"))],
    "randomk": [{"ratio": r, "mask": m, "scale": s}
                for r, m, s in (("0.01", "shared", "no"), ("0.7", "own", "no"), ("0.25", "own", "yes"), ("1", "shared", "no"))],
    "lowrank": [{"rank": r, "iterations": i} for r, i in (("4", "1"), ("1", "3"), ("3", "2"))],
}  # fmt: skip
FIRST, ROWS, COLUMNS = 90, 12, 13  # 0.7 x 90 is 63, but less in doubles
SHAPES = [(FIRST, 1), (ROWS * COLUMNS, ROWS)]
N = FIRST + ROWS * COLUMNS
MESSAGES = 3
EXACT = 2e-6  # tolerance where no value is near a tie


def steps_in(codec):
    """So many steps lie between 0 and the largest value, at most."""
    s = codec.settings
    if codec.name == "numpy_l2":
        return 2 ** (s["bits"] - 1) / float(s["range"])
    return {"maxabs": 2 ** (s.get("bits", 0) - 1), "qsgd": s.get("levels", 0)}.get(codec.name, 1)


def vector(seed, name, message):
    """Entries of which some are 4^7 times as long as others, and some 0."""
    v = draws.values(seed, f"{name}/v{message}", (N,)) * (np.float32(0.25) ** (np.arange(N) % 8)).astype(np.float32)
    v[np.arange(N) % 16 == 5] = 0
    return v.astype(np.float64)


def play(seed, name, kind, keys, sender, first, feedback):
    """(the codec, what a receiver reads of every message); error feedback: p = v + e ; sent = Q(p) ; e = p - sent."""
    codec, residual, told = codecs.make(kind, keys), np.zeros(N), []
    for message in range(first, first + MESSAGES):
        p, read, at = vector(seed, name, message) + residual, [], 0
        for number, (n, rows) in enumerate(SHAPES):
            key = dict(seed=seed, purpose=philox.CODEC, rank=sender, round=message, iteration=number)
            read.append(codec.decoded(p[at : at + n], key, rows, message))
            at += n
        told.append(np.concatenate(read))
        if feedback:
            residual = p - told[-1]
    return codec, told


def write_one(out, kind, number, keys, feedback):
    sender, first = (number % 4) - 1, 3 * (number % 2)
    text = "".join(f" {k}={v}" for k, v in keys.items())
    probe = codecs.make(kind, keys)
    rounding = 4e-7 * steps_in(probe)  # of a value, in steps
    for again in range(1000):  # draw again where a value is near a tie, if that can be avoided
        name = f"{kind} {number}{text}" + (f" again={again}" if again else "")
        codec, told = play(out.seed, name, kind, keys, sender, first, feedback)
        if rounding > 1e-4 or codec.tie > max(rounding, 1e-6):
            break
    tolerance = EXACT if rounding <= 1e-4 else 1.01 * MESSAGES / steps_in(probe)
    tensors = [(f"message {first + m}", read, []) for m, read in enumerate(told)]
    out.case(name, kind, tensors, tolerance, n=N, w=FIRST, h=ROWS, c=sender, steps=MESSAGES, training=first, bias=feedback)


def write(seed, path):
    out = draws.Writer(seed)
    for kind, settings in SETTINGS.items():
        for number, keys in enumerate(settings):
            for feedback in (False, True):
                write_one(out, kind, 2 * number + feedback, keys, feedback)
    out.write(path)
