#!/usr/bin/env python3
"""Compares ./simulate --no-train with control.py on random clusters, to the ns: check_control.py SIMULATE SEED [RUNS].

Settings are drawn from SEED: rough ones (any speeds) and even ones (equal workers, no latency, no limits), full of ties.
"""
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

from control import NEVER, Control

SIZE = 64 + 4 * 2698  # a message of the model tiny: header and parameters
ALGORITHMS = ('bsp', 'local_sgd', 'losp', 'asp', 'ssp', 'k_sync', 'k_batch_sync', 'k_async', 'k_batch_async')
COLUMNS = ('round', 'k', 'depart_ns', 'arrive_ns', 'reply_ns', 'accept_ns', 'staleness', 'compute_ns', 'waiting_ns')


def bandwidth(draw, even):
    """(text for the ini, bytes per ns)"""
    if draw.random() < (0.4 if even else 0.1):
        return 'inf', NEVER
    mbit = draw.choice((100, 1000, 10000)) if even else draw.randint(5, 2000)
    return f'{mbit}Mbit/s', Fraction(mbit * 10 ** 6, 8 * 10 ** 9)


def not_half(thousandths, times):
    """Like thousandths, but its product with times is not half-way between two ns: "nearest" says nothing then."""
    return thousandths + (thousandths * times % 1000 == 500)


def draw_setting(draw, algorithm):
    """What control.py takes, and the options of simulate that say the same."""
    even = draw.random() < 0.4
    n = draw.randint(1, 6)
    seconds = draw.choice((1000000, 10 ** 5)) if even else draw.randint(10 ** 4, 3 * 10 ** 6)
    same = even and draw.random() < 0.5
    factors = [1000 if same else draw.choice((1000, 2000)) if even else draw.randint(1000, 6000) for _ in range(n)]
    factors = [not_half(f, seconds) for f in factors]
    latency = [draw.choice((0, 100000)) if even else draw.randint(0, 400000) for _ in range(n)]
    if same:
        latency = latency[:1] * n
    links = {}
    for key in ('up', 'down'):
        links[key] = [bandwidth(draw, even) for _ in range(n)]
        if same:
            links[key] = links[key][:1] * n
        links['card_' + key] = [bandwidth(draw, even)]
    cost = 0 if draw.random() < 0.5 else not_half(draw.randint(1, 30000), SIZE)  # in 1/1000 ns a byte
    if algorithm == 'k_batch_sync':  # its workers push on and on: a server that cannot keep up would never end
        cost = not_half(min(cost, seconds * min(factors) // (2 * n * SIZE)), SIZE)
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
    setting = {'algorithm': algorithm, 'size': SIZE, 'latency': latency,
               'compute': [Fraction(seconds * f, 1000) for f in factors], 'cost_per_byte': Fraction(cost, 1000),
               'up': [rate for _, rate in links['up']], 'down': [rate for _, rate in links['down']],
               'card_up': links['card_up'][0][1], 'card_down': links['card_down'][0][1], **own}
    names = {'iterations': 'experiment.iterations', 'max_k': 'algorithm.losp.max_local_steps',
             'min_k': 'algorithm.losp.min_local_steps', 'local_steps': 'algorithm.local_sgd.local_steps'}
    sets = {'experiment.algorithms': algorithm, 'model.name': 'tiny', 'cluster.workers': n,
            'compute.model': 'fixed', 'compute.seconds': f'{seconds}ns',
            'compute.factor': ', '.join(f'{f / 1000:.3f}' for f in factors),
            'network.latency': ', '.join(f'{l}ns' for l in latency),
            'server.cost_per_byte': f'{cost / 1000:.3f}ns',
            'network.bandwidth_up': ', '.join(text for text, _ in links['up']),
            'network.bandwidth_down': ', '.join(text for text, _ in links['down']),
            'network.server_bandwidth_up': links['card_up'][0][0], 'network.server_bandwidth_down': links['card_down'][0][0]}
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
