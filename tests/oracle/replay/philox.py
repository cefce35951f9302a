"""The counter-based draws of a run, from their paper: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as
1, 2, 3", SC 2011, section 3.3, table 2 (Philox4x64-10). sim/base/rng.h says what key and counter mean:
    key     = (seed, purpose 2^32 + rank)        rank modulo 2^32
    counter = (round, iteration, block, 0)       block i holds the 32-bit words 8 i .. 8 i + 7, the lower half first"""
import numpy as np

INIT, SHUFFLE, SHARD, CODEC, FACTORS = 1, 2, 3, 7, 15  # purposes of sim/base/rng.h

ROUNDS = 10
MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
BUMPS = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
WORD = (1 << 64) - 1
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def high(a, b):
    """The upper 64 bits of the product of two 64-bit numbers, from the products of their halves."""
    al, ah, bl, bh = a & LOW, a >> HALF, b & LOW, b >> HALF
    middle = ah * bl + (al * bl >> HALF)
    return ah * bh + (middle >> HALF) + ((al * bh + (middle & LOW)) >> HALF)


def words(n, seed, purpose, rank=0, round=0, iteration=0):
    """The first n 32-bit words of a key and a counter, as uint64."""
    blocks = (n + 7) // 8
    c = [np.full(blocks, round % (WORD + 1), np.uint64), np.full(blocks, iteration % (WORD + 1), np.uint64),
         np.arange(blocks, dtype=np.uint64), np.zeros(blocks, np.uint64)]  # fmt: skip
    key = [seed % (WORD + 1), purpose << 32 | rank % (1 << 32)]
    for _ in range(ROUNDS):
        a, b = MULTIPLIERS[0] * c[0], MULTIPLIERS[1] * c[2]
        c = [high(MULTIPLIERS[1], c[2]) ^ c[1] ^ np.uint64(key[0]), b,
             high(MULTIPLIERS[0], c[0]) ^ c[3] ^ np.uint64(key[1]), a]  # fmt: skip
        key = [(k + bump) & WORD for k, bump in zip(key, BUMPS)]
    return np.stack([half for x in c for half in (x & LOW, x >> HALF)], axis=1).reshape(-1)[:n]


def uniform(n, *key, **counter):
    """The same in [0, 1), 24 bits each: floats in the run, exact here."""
    return (words(n, *key, **counter) >> np.uint64(8)) * 2.0**-24


def permutation(n, *key, **counter):
    """Fisher and Yates: position i takes one of those that are not yet placed, i + floor(word (n - i) / 2^32)."""
    i = np.arange(n, dtype=np.uint64)
    order = list(range(n))
    for a, b in enumerate((i + (words(n, *key, **counter) * (np.uint64(n) - i) >> HALF)).tolist()):
        order[a], order[b] = order[b], order[a]
    return order
