#!/usr/bin/env python3
"""Compares ./simulate --no-train with control.py on random clusters, to the ns: check_control.py SIMULATE SEED [RUNS].

Settings are drawn from SEED: rough ones (any speeds), even ones (equal workers, no latency, no limits), full of ties, and
ones with durations half-way between two ns, before or after rounding elsewhere.
"""
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

from control import Control
from graph import NEVER

SIZE = 64 + 4 * 2698  # a message of the model tiny: header and parameters
# An iteration of it, with a batch of 32: 2 operations for each multiply-accumulate, thrice (once forward, twice backward).
OPERATIONS = 6 * 32 * (14 * 14 * 8 * 9 + 7 * 7 * 16 * 8 * 9 + 10 * 3 * 3 * 16)
ALGORITHMS = ('bsp', 'local_sgd', 'losp', 'asp', 'ssp', 'k_sync', 'k_batch_sync', 'k_async', 'k_batch_async')
COLUMNS = ('round', 'k', 'depart_ns', 'arrive_ns', 'reply_ns', 'accept_ns', 'staleness', 'compute_ns', 'waiting_ns')


def bandwidth(draw, even):
    """(text for the ini, bytes per ns)"""
    if draw.random() < (0.4 if even else 0.1):
        return 'inf', NEVER
    mbit = draw.choice((100, 1000, 10000)) if even else draw.randint(5, 2000)
    return f'{mbit}Mbit/s', Fraction(mbit * 10 ** 6, 8 * 10 ** 9)


def half(parts, of, times):
    """The next number of parts from which its product with times lies half-way between two whole ones, in units of `of`
    parts; parts itself where there is none."""
    return next((p for p in range(parts, parts + of) if p * times % of * 2 == of), parts)


def decimal(parts, of):
    """parts / of, of being a power of ten, in full."""
    places = len(str(of)) - 1
    return f'{parts // of}.{parts % of:0{places}d}'


def flops(draw):
    """Duration and device: half-way between two ns, or anywhere."""
    if draw.random() < 0.5:
        twice = draw.choice([3 ** a * 5 ** b for a in range(4) for b in range(12) if 2 * 10 ** 4 < 3 ** a * 5 ** b < 6 * 10 ** 6])
        return Fraction(twice, 2), f'{2 * OPERATIONS * 10 ** 9 // twice}FLOP/s'
    speed = draw.randint(10 ** 10, 10 ** 12)  # a thousandth of it
    return Fraction(OPERATIONS * 10 ** 12, speed), f'{decimal(speed, 1000)}FLOP/s'


def draw_chances(draw):
    """What is drawn in the run itself: of the setting, and the options."""
    own, sets = {'seed': draw.randint(1, 2 ** 31)}, {}
    sets['experiment.seed'] = own['seed']
    for name, key in (('jitter', 'compute.jitter'), ('spread', 'compute.spread'), ('latency_jitter', 'network.jitter')):
        if draw.random() < 0.3:
            own[name] = draw.choice((0.1, 0.35, 1.5))
            sets[key] = own[name]
    if draw.random() < 0.3:
        factor, length = draw.randint(1000, 5000), draw.randint(1, 4)
        own['straggler'] = (0.15, Fraction(factor, 1000), length)
        sets.update({'compute.straggler_probability': 0.15, 'compute.straggler_factor': decimal(factor, 1000),
                     'compute.straggler_duration': length})
    return own, sets


def draw_setting(draw, algorithm):
    """What control.py takes, and the options of simulate that say the same."""
    even = draw.random() < 0.4
    n = draw.randint(1, 6)
    seconds = draw.choice((1000000, 10 ** 5)) if even else draw.randint(10 ** 4, 3 * 10 ** 6)
    same = even and draw.random() < 0.5
    factors = [1000 if same else draw.choice((1000, 2000)) if even else draw.randint(1000, 6000) for _ in range(n)]
    halves = draw.random() < 0.5
    if halves and not same:
        factors = [half(f, 1000, seconds) for f in factors]
    base, device = Fraction(seconds), None
    if draw.random() < 0.3:
        base, device = flops(draw)
        overhead = draw.choice((0, draw.randint(1, 10 ** 6)))
        base += overhead
    chances, more = draw_chances(draw) if draw.random() < 0.5 else ({}, {})
    latency = [draw.choice((0, 100000)) if even else draw.randint(0, 400000) for _ in range(n)]
    if same:
        latency = latency[:1] * n
    stretch = 1000 if draw.random() < 0.5 else half(draw.randint(500, 2000), 1000, max(latency))
    links = {}
    for key in ('up', 'down'):
        links[key] = [bandwidth(draw, even) for _ in range(n)]
        if same:
            links[key] = links[key][:1] * n
        links['server_' + key] = [bandwidth(draw, even)]
    cost = 0 if draw.random() < 0.5 else draw.randint(1, 300000)  # in 1/10000 ns a byte
    if algorithm == 'k_batch_sync':  # its workers push on and on: a server that cannot keep up would never end
        cost = min(cost, int(base * min(factors) * 10 // (8 * n * SIZE)))
        chances.pop('spread', more.pop('compute.spread', None))
    if halves and cost > 0:
        cost = half(cost, 10000, SIZE)
    own = {'iterations': draw.randint(1, 80)}
    if algorithm == 'local_sgd':
        own['local_steps'] = draw.randint(1, 5)
    elif algorithm == 'losp':
        own['max_k'] = draw.randint(1, 9)
        own['min_k'] = draw.randint(1, own['max_k'])
        own['drain'] = draw.random() < 0.5
    elif algorithm == 'ssp':
        own['slack'] = draw.randint(0, 4)
    elif algorithm.startswith('k_'):
        own['k'] = draw.randint(1, n)
    batches = draw.choice((1, 1, 2, 5))
    setting = {'algorithm': algorithm, 'size': SIZE, 'latency': [Fraction(l * stretch, 1000) for l in latency],
               'compute': [base * f / 1000 for f in factors], 'cost_per_byte': Fraction(cost, 10000),
               'up': [rate for _, rate in links['up']], 'down': [rate for _, rate in links['down']],
               'server_up': links['server_up'][0][1], 'server_down': links['server_down'][0][1], 'batches': batches, **own, **chances}
    names = {'iterations': 'experiment.iterations', 'max_k': 'algorithm.losp.max_local_steps',
             'min_k': 'algorithm.losp.min_local_steps', 'local_steps': 'algorithm.local_sgd.local_steps'}
    sets = {'experiment.algorithms': algorithm, 'model.name': 'tiny', 'cluster.workers': n, 'train.accumulate': batches,
            'compute.factor': ', '.join(decimal(f, 1000) for f in factors),
            'network.latency': ', '.join(f'{l}ns' for l in latency), 'network.latency_factor': decimal(stretch, 1000),
            'server.cost_per_byte': f'{decimal(cost, 10000)}ns', **more,
            'network.bandwidth_up': ', '.join(text for text, _ in links['up']),
            'network.bandwidth_down': ', '.join(text for text, _ in links['down']),
            'network.server_bandwidth_up': links['server_up'][0][0], 'network.server_bandwidth_down': links['server_down'][0][0]}
    if device:
        sets.update({'compute.model': 'flops', 'compute.device': device, 'compute.overhead': f'{overhead}ns'})
    else:
        sets.update({'compute.model': 'fixed', 'compute.seconds': f'{seconds}ns'})
    for key, value in own.items():
        value = {True: 'yes', False: 'no'}[value] if key == 'drain' else value
        sets[names.get(key, f'algorithm.{algorithm}.{key}')] = value
    return setting, sets


def as_ini(sets):
    sections = {}
    for name, value in sets.items():
        section, key = name.rsplit('.', 1)
        sections.setdefault(section, []).append(f'{key} = {value}')
    return '\n'.join(f'[{section}]\n' + '\n'.join(lines) for section, lines in sections.items()) + '\n'


def simulated(program, sets, folder):
    ini = pathlib.Path(folder) / 'control.ini'
    ini.write_text(as_ini(sets))
    done = subprocess.run([program, '--no-train', '-q', '-o', folder + '/run', ini], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f'simulate failed: {done.stderr}')
    results = pathlib.Path(folder) / 'run' / sets['experiment.algorithms']
    rows = [[] for _ in range(sets['cluster.workers'])]
    in_rows = {'bytes_up': 0, 'bytes_down': 0}
    with open(results / 'workers.csv', newline='') as file:
        for row in csv.DictReader(file):
            rows[int(row['worker'])].append(tuple(int(row[c]) for c in COLUMNS))
            for column in in_rows:
                in_rows[column] += int(row[column])
    with open(results / 'totals.csv', newline='') as file:
        totals = [(int(row['compute_ns']), int(row['waiting_ns'])) for row in csv.DictReader(file)]
    summary = json.loads((results / 'summary.json').read_text())
    lost = [f'{column}: {summary[column]} in summary.json, {bytes} in the rows'
            for column, bytes in in_rows.items() if summary[column] != bytes]
    return summary['virtual_ns'], rows, totals, lost


def difference(expected, got):
    """The first point where they part; None: nowhere."""
    for worker, (mine, theirs) in enumerate(zip(expected[1], got[1])):
        for number, (a, b) in enumerate(zip(mine, theirs)):
            for column, x, y in zip(COLUMNS, a, b):
                if x != y:
                    return f'worker {worker}, push {number}: {column}: expected {x}, got {y}'
        if len(mine) != len(theirs):
            return f'worker {worker}: expected {len(mine)} pushes, got {len(theirs)}'
    if expected[0] != got[0]:
        return f'virtual_ns: expected {expected[0]}, got {got[0]}'
    for worker, (a, b) in enumerate(zip(expected[2], got[2])):
        if a != b:
            return f'worker {worker}: (compute_ns, waiting_ns) of the run: expected {a}, got {b}'
    return got[3][0] if got[3] else None


def main():
    program, seed, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 30
    failures = 0
    for algorithm in ALGORITHMS:
        good = pushes = 0
        for number in range(runs):
            draw = random.Random(f'{seed} {algorithm} {number}')
            setting, sets = draw_setting(draw, algorithm)
            with tempfile.TemporaryDirectory() as folder:
                got = simulated(program, sets, folder)
            expected = Control(setting).run()
            where = difference(expected, got)
            if where:
                failures += 1
                print(f'{algorithm} {number}: {where}', as_ini(sets), sep='\n')
            else:
                good += 1
                pushes += sum(map(len, got[1]))
        print(f'{"ok" if good == runs else "not ok"} control: {algorithm}: {good} of {runs} clusters agree to the ns ({pushes} pushes)')
    sys.exit(failures > 0)


if __name__ == '__main__':
    main()
