"""The trials of a random search, from the rule alone (docs/sweeps.md): writes tests/oracle/tune_draws.inc, by which
tests/unit/test_tune.c measures ours.

usage: tune_draws.py > tests/oracle/tune_draws.inc

Trial t of a key: u = word 0 of Philox with the key (tune.seed, 21 << 32) and the counter (fnv1a64(last part of the key's
name), t, 0, 0), divided by 2^32. log: low^(1 - u) high^u with four significant digits; choice: element floor(u n)."""
from philox import WORD, philox

TUNE, SEED, TRIALS = 21, 1000001, 12  # the purpose, as sim/base/rng.h numbers it


def fnv1a(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 & WORD
    return value


def word(name, trial):
    return philox((fnv1a(name), trial, 0, 0), (SEED, TUNE << 32))[0] & 0xFFFFFFFF


def log(name, low, high, trial):
    u = word(name, trial) / 2**32
    return float("%.4g" % (low ** (1 - u) * high**u))


def choice(name, values, trial):
    return values[word(name, trial) * len(values) >> 32]


def strings(values):
    return ", ".join('"%s"' % value for value in values)


def main():
    rates = [log("learning_rate", 0.01, 1, t) for t in range(TRIALS)]
    choices = [choice("max_local_steps", [1, 2, 4], t) for t in range(TRIALS)]
    assert len(set(rates)) == TRIALS and set(choices) == {1, 2, 4}
    print("/* Written by tests/oracle/tune_draws.py. */")
    print("static const char *const rates[] = {%s};" % strings("%.4g" % r for r in rates))
    print("static const char *const choices[] = {%s};" % strings(choices))


if __name__ == "__main__":
    main()
