"""Random draws, computed a second time: Philox4x64-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3; SC 2011)."""
import math

WORD = (1 << 64) - 1
JITTER, SPREAD, STRAGGLER, LATENCY = 6, 9, 10, 11  # purposes, as sim/base/rng.h numbers them


def philox(counter, key):
    """Four words of 64 bits."""
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2E7470EE14C6C93 * c[0], 0xCA5A826395121157 * c[2]
        c = [b >> 64 ^ c[1] ^ k[0], b & WORD, a >> 64 ^ c[3] ^ k[1], a & WORD]
        k = [k[0] + 0x9E3779B97F4A7C15 & WORD, k[1] + 0xBB67AE8584CAA73B & WORD]
    return c


class Draws:
    """All draws of a seed: the key is (seed, purpose, worker), the counter (round, iteration)."""

    def __init__(self, seed):
        self.seed = seed

    def words(self, purpose, worker, number, iteration):
        block = philox((number, iteration, 0, 0), (self.seed, purpose << 32 | worker))
        return [block[0] & 0xFFFFFFFF, block[0] >> 32]

    def uniform(self, purpose, worker, iteration):
        return self.words(purpose, worker, 0, iteration)[0] / 2 ** 32

    def lognormal(self, sigma, purpose, worker, iteration=0, number=0):
        """exp(sigma z), z by Box and Muller; a double, and exact from here on."""
        first, second = self.words(purpose, worker, number, iteration)
        z = math.sqrt(-2.0 * math.log((first + 0.5) / 2 ** 32)) * math.cos(2.0 * math.pi * (second / 2 ** 32))
        return math.exp(sigma * z)
