#!/usr/bin/python3
"""Intervals and tests as R and scipy have them: writes tests/oracle/statistics.inc, by which tests/unit/test_intervals.c
measures sim/statistics/.

usage: make_statistics.py > tests/oracle/statistics.inc (Debian 12: r-base-core 4.2, python3-scipy 1.10, python3-numpy)

R:      t.test (t interval; two one-sided tests), qt (seeds for a half-width), all 2^n signs (sign flips up to 14 values)
scipy:  the BCa interval of scipy.stats.bootstrap, from resamples that are drawn here a second time (philox.py);
        permutation_test (sign flips of more values)"""
import subprocess

import numpy as np
from scipy import stats
from scipy.stats._resampling import _bca_interval

import philox

RESAMPLES, BOOTSTRAP = 10000, 20  # of sim/statistics/interval.h and sim/base/rng.h
LEVELS = [0.95, 0.99, 1 - 0.05 / 15]

# Student (1908): hours of sleep, one drug less the other. Fisher (1935, section 17): Darwin's maize, in eighths of an inch; he gives
# 1726 of 32768 for the signs.
SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def sets():
    rng = np.random.default_rng(1)
    yield "Student's sleep", SLEEP
    yield "Darwin's maize", DARWIN
    for n in (2, 3, 5, 8, 20, 23, 60):
        yield f"{n} normal", rng.normal(0.02, 0.03, n).round(6)
    for n in (5, 20, 40):
        yield f"{n} log-normal", rng.lognormal(0, 1, n).round(6)
    yield "6 negative", (-rng.lognormal(-3, 0.2, 6)).round(6)
    yield "20 of few values", rng.integers(-2, 6, 20) / 200
    yield "5, large, and close together", (1e3 + rng.normal(0, 1e-3, 5)).round(6)


def r(code, **vectors):
    """The numbers that R prints, from code in which the vectors have their names."""
    given = "".join(f"{name} <- c({', '.join(repr(float(v)) for v in values)})\n" for name, values in vectors.items())
    out = subprocess.run(["Rscript", "-"], input="options(digits = 17, warn = -1)\n" + given + code, text=True, check=True, capture_output=True)
    return [float(word) for word in out.stdout.split()]


ALL_SIGNS = """
sums <- 0
for (v in x) sums <- c(sums + v, sums - v)
cat(mean(abs(sums) >= abs(sum(x)) * (1 - 1e-10)), "\\n")"""


def sign_flip(x):
    if len(x) <= 14:
        return r(ALL_SIGNS, x=x)[0]
    if len(x) <= 20:
        return stats.permutation_test((np.asarray(x),), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    return None


T = """
for (l in level) {
    i <- t.test(x, conf.level = l)$conf.int
    half <- sd(x) / 3
    n <- 2
    while (qt((1 + l) / 2, n - 1) * sd(x) / sqrt(n) > half) n <- n + 1
    margin <- abs(mean(x)) + 2 * sd(x) / sqrt(length(x))
    p <- max(t.test(x, mu = -margin, alternative = "greater")$p.value, t.test(x, mu = margin, alternative = "less")$p.value)
    cat(i[1], i[2], half, n, margin, p, "\\n")
}
cat(mean(x), sd(x), "\\n")"""


def resamples(n):
    """(RESAMPLES, n) Which value stands at each place of each resample: word i of the draws of resample r."""
    index = np.empty((RESAMPLES, n), int)
    for row in range(RESAMPLES):
        words = []
        for block in range((n + 7) // 8):
            for word in philox.philox((row, 0, block, 0), (1, BOOTSTRAP << 32)):
                words += [word & 0xFFFFFFFF, word >> 32]
        index[row] = [word * n >> 32 for word in words[:n]]
    return index


def bca(x, index, level):
    x = np.asarray(x, float)
    x, mean, scale = x - x.mean(), x.mean(), x.std()

    def rounded(values, axis=-1):  # resamples that equal the mean must be ties
        return np.round(values.mean(axis=axis) / scale, 12) * scale

    means = rounded(x[index])
    below, above, _ = _bca_interval((x,), rounded, -1, (1 - level) / 2, means, None)
    low, high = np.percentile(means, [100 * below, 100 * above])
    return mean + low, mean + high


def number(x):
    return "NAN" if x is None or x != x else repr(float(x))


def main():
    print("/* Written by tests/oracle/make_statistics.py with R and scipy: name, values, mean and standard deviation, p of sign flips (NAN:\n"
          " * not computed); for each level: it, t interval, BCa interval, a half-width and the seeds for it, a margin and p of\n"
          " * equality within it. */")  # fmt: skip
    cache = {}
    for name, x in sets():
        n = len(x)
        if n not in cache:
            cache[n] = resamples(n)
        numbers = r(T, x=x, level=LEVELS)
        rows = [numbers[6 * i : 6 * i + 6] for i in range(len(LEVELS))]
        mean, std = numbers[-2:]
        print(f'{{"{name}", {n}, {{{", ".join(number(v) for v in x)}}},\n {number(mean)}, {number(std)}, {number(sign_flip(x))},\n {{', end="")
        said = []
        for level, (low, high, half, seeds, margin, p) in zip(LEVELS, rows):
            b = bca(x, cache[n], level)
            said.append(f"{{{number(level)}, {number(low)}, {number(high)}, {number(b[0])}, {number(b[1])}, {number(half)}, {seeds:.0f}, "
                        f"{number(margin)}, {number(p)}}}")  # fmt: skip
        print(",\n  ".join(said) + "}},")


main()
