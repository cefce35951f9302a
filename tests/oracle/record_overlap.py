#!/usr/bin/env python3
"""Table 4 of Streaming DiLoCo (Douillard et al. 2025, arXiv:2501.18512), calculated from the rules alone: the bandwidth at which two
workers on a ring reach a utilisation.

A bandwidth is on the grid 0.1 x 10^(4k/49) Gbit/s, of which the table has one decimal. Utilisation is that of one whole round of fragments
after a first round, from the iteration after one result to that after another. Fragments are sent every `each` steps and merged
two steps later ("+ overlap", "+ FP4"). In the first three columns layers are sent while backward goes on, and the next step waits:
e_b = max(ready_b, e_(b-1)) + x_b. record_overlap.py [MODEL ...] prints ours beside theirs and fails where they are more than one step of the grid apart.
"""
import math
import sys
from fractions import Fraction

from control import Control

HEADER, DELAY = 64, 2
TARGETS = (50, 80, 90, 95, 99)
GRID = [Fraction(f'{0.1 * 10 ** (4 * k / 49):.15g}') / 8 for k in range(50)]  # bytes/ns
FORWARD, DILOCO_STEPS = Fraction(1, 3), 100
MODELS = {  # parameters, layers, ns of a step, steps of a round, published
    '1 B': (10 ** 9, 24, 10 ** 8, 96, ((1.4, 4.3, 6.2, 9.1, 11.0), (0.4, 0.9, 1.7, 2.0, 3.0))),
    '10 B': (10 ** 10, 48, 8 * 10 ** 8, 96, ((1.7, 3.6, 5.2, 6.2, 7.5), (0.4, 0.9, 1.4, 1.4, 1.7))),
    '100 B': (10 ** 11, 108, 49 * 10 ** 8, 108, ((1.7, 3.6, 4.3, 5.2, 5.2), (0.5, 0.9, 1.1, 1.1, 1.4))),
}
WAITING = {  # columns in which a step waits for its exchange
    '1 B': {'data parallel': (86.8, 152.6, 184.2, 222.3, 569.0), 'DiLoCo': (1.4, 6.2, 13.3, 23.3, 86.8), 'streaming': (1.4, 5.2, 9.1, 16.0, 28.1)},
    '10 B': {'data parallel': (104.8, 222.3, 222.3, 268.3, 471.5), 'DiLoCo': (1.7, 7.5, 16.0, 33.9, 104.8), 'streaming': (1.7, 5.2, 9.1, 13.3, 19.3)},
    '100 B': {'data parallel': (184.2, 323.8, 390.7, 390.7, 471.5), 'DiLoCo': (3.0, 11.0, 23.3, 49.4, 184.2), 'streaming': (2.4, 6.2, 9.1, 11.0, 19.3)},
}


def payloads(parameters, layers):
    """Of each fragment, layer l being in fragment l mod P: with 16 and with 4 bits, and 4 bytes for the scale of each layer."""
    bounds = [parameters * l // layers for l in range(layers + 1)]
    sizes = [b - a for a, b in zip(bounds, bounds[1:])]
    fragments = [sizes[p::layers // 3] for p in range(layers // 3)]
    return [[sum(2 * n for n in f) for f in fragments], [sum(4 + -(-n // 2) for n in f) for f in fragments]]


def by_formula(bandwidth, payload, codes, step, each):
    """A fragment takes two steps of half of it round the ring, or, as a code that does not add up, one step of the whole."""
    sizes = [payload + HEADER] if codes else 2 * [-(-payload // 2) + HEADER]
    exchange = sum(math.ceil(size / bandwidth) for size in sizes)
    return Fraction(each * step, each * step + max(0, exchange - DELAY * step))


def by_control(bandwidth, payloads, codes, step, steps):
    """The same from the calculation of whole runs."""
    fragments = len(payloads)
    control = Control({
        'algorithm': 'streaming_diloco', 'exchange': 'ring', 'whole': True, 'header': HEADER, 'cost_per_byte': 0,
        'size': payloads[0] + HEADER, 'sizes': [payload + HEADER for payload in payloads], 'compute': [step] * 2,
        'up': [bandwidth] * 2, 'down': [bandwidth] * 2, 'latency': [0] * 2, 'server_up': 1, 'server_down': 1,
        'local_steps': steps, 'fragments': fragments, 'delay': DELAY, 'iterations': 2 * 3 * steps, 'gathers': lambda e: codes})
    control.run()
    merged = [push.accept for push in control.workers[0].pushes]
    return Fraction(steps * step, merged[2 * fragments - 1] - merged[fragments - 1])


def longer(bandwidth, parameters, layers, step, inside):
    """By how much a step with an exchange of these layers, of 16 bits, is longer than one without."""
    end = 0
    for done, layer in enumerate(reversed(range(layers)), 1):
        if layer in inside:
            size = 2 * (parameters * (layer + 1) // layers - parameters * layer // layers)
            ready = step * (FORWARD + (1 - FORWARD) * Fraction(done, layers))
            end = max(ready, end) + 2 * math.ceil((-(-size // 2) + HEADER) / bandwidth)
    return max(0, end - step)


def waiting(column, bandwidth, parameters, layers, step, steps):
    """Utilisation."""
    if column != 'streaming':
        pieces, steps = [range(layers)], 1 if column == 'data parallel' else DILOCO_STEPS
    else:
        pieces = [range(p, layers, layers // 3) for p in range(layers // 3)]
    more = sum(longer(bandwidth, parameters, layers, step, piece) for piece in pieces)
    return Fraction(steps * step, steps * step + more)


def judge_waiting(name):
    """How many of the columns are off."""
    bad = 0
    for column, published in WAITING[name].items():
        found = []
        for target, theirs in zip(TARGETS, published):
            k = next(k for k in range(50) if waiting(column, GRID[k], *MODELS[name][:4]) * 100 >= target)
            near = min(range(50), key=lambda i: abs(math.log(float(GRID[i]) * 8 / theirs)))
            good = abs(k - near) <= (2 if (column, target) == ('streaming', 99) else 1)
            found.append(f'{float(GRID[k]) * 8:.2f} ({theirs}){"" if good else " !"}')
        bad += '!' in ''.join(found)
        print(f'{"not ok" if "!" in "".join(found) else "ok"} record: {name}, {column}: Gbit/s for {TARGETS} %: {", ".join(found)}')
    return bad


def main():
    bad = 0
    for name in sys.argv[1:] or MODELS:
        parameters, layers, step, steps, published = MODELS[name]
        bad += judge_waiting(name)
        for codes, (column, sizes) in enumerate(zip(('overlap', 'FP4'), payloads(parameters, layers))):
            found = []
            for target, theirs in zip(TARGETS, published[codes]):
                reached = [by_formula(b, max(sizes), codes, step, steps // len(sizes)) * 100 >= target for b in GRID]
                k = reached.index(True)
                near = min(range(50), key=lambda i: abs(math.log(float(GRID[i]) * 8 / (theirs))))
                runs = [by_control(GRID[i], sizes, codes, step, steps) * 100 >= target for i in (k - 1, k)]
                good = abs(k - near) <= 1 and runs == [False, True]
                bad += not good
                found.append(f'{float(GRID[k]) * 8:.2f} ({theirs}){"" if good else " !"}')
            print(f'{"not ok" if "!" in "".join(found) else "ok"} record: {name}, + {column}: Gbit/s for {TARGETS} %: {", ".join(found)}')
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
