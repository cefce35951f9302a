#!/usr/bin/env python3
"""experiment.stop = target against the same run without it: check_target.py SIMULATE SEED [RUNS]. RUNS of each algorithm train.

The result of evaluation j is awaited before the update of evaluation j + 1 is made, and the run ends with that update if j has
reached the target. So all rows until then are those of the longer run, and the time to the target is that of j.
"""
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from check_control import as_ini

ALGORITHMS = ('bsp', 'asp', 'ssp', 'losp', 'osp', 'local_sgd', 'k_sync', 'k_batch_sync', 'k_async', 'streaming_diloco', 'powersgd',
              'cocod', 'easgd', 'fedavg')


def draw_setting(draw, algorithm):
    workers = draw.randint(1, 4)
    own = {}
    if algorithm in ('local_sgd', 'cocod', 'streaming_diloco'):
        own['local_steps'] = 4
    if algorithm == 'streaming_diloco':
        own.update(delay=1, fragments=2)
    if algorithm.startswith('k_'):
        own['k'] = draw.randint(1, workers)
    return {'experiment.algorithms': algorithm, 'experiment.iterations': draw.randint(30, 120) * workers,
            'experiment.seed': draw.randint(1, 999), 'cluster.workers': workers, 'model.name': 'logreg', 'data.set': 'synthetic',
            'data.train_samples': 400, 'data.test_samples': 200, 'train.learning_rate': draw.choice((0.003, 0.01)),
            'compute.model': 'fixed', 'compute.seconds': '1ms', 'compute.jitter': 0.2, 'network.latency': '0.1ms',
            'output.eval_every': draw.choice((1, 7, 5 * workers)), 'output.report': 'no',
            **{f'algorithm.{algorithm}.{key}': value for key, value in own.items()}}


class Run:
    def __init__(self, program, folder, name, sets):
        ini = pathlib.Path(folder) / f'{name}.ini'
        ini.write_text(as_ini(sets))
        done = subprocess.run([program, '-q', '-o', f'{folder}/{name}', ini], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f'simulate failed: {done.stderr}{as_ini(sets)}')
        self.folder = pathlib.Path(folder) / name / sets['experiment.algorithms']
        self.evaluations, self.pushes = self.rows('eval.csv'), self.rows('workers.csv')

    def rows(self, name):
        with open(self.folder / name, newline='') as file:
            return list(csv.DictReader(file))

    def updates(self, last):
        """Which push went into which update, the last one included."""
        columns = ('worker', 'round', 'k', 'depart_ns', 'arrive_ns')
        return sorted(tuple(row[c] for c in columns) for row in self.pushes if 0 < int(row['round']) <= last)


def difference(whole, stopped, target):
    """None: the second run is the first one until its end."""
    reached = next(j for j, row in enumerate(whole.evaluations) if float(row['test_accuracy']) >= target)
    last = min(reached + 1, len(whole.evaluations) - 1)
    if len(stopped.evaluations) != last + 1:
        return f'expected {last + 1} evaluations, got {len(stopped.evaluations)}'
    for j, (mine, theirs) in enumerate(zip(whole.evaluations, stopped.evaluations)):
        columns = [c for c in mine if j < last or not c.startswith('bytes')]  # the last replies say stop, to more or fewer workers
        for column in columns:
            if mine[column] != theirs[column]:
                return f'evaluation {j}: {column}: expected {mine[column]}, got {theirs[column]}'
    target_ns = json.loads((stopped.folder / 'summary.json').read_text())['target_ns']
    expected = round(float(whole.evaluations[reached]['virtual_s']) * 1e9)
    if target_ns != expected:
        return f'target_ns: expected {expected}, got {target_ns}'
    end = int(whole.evaluations[last]['round'])
    if whole.updates(end) != stopped.updates(end) or any(int(row['round']) > end for row in stopped.pushes):
        return 'workers.csv: other updates'
    return None


def main():
    program, seed, runs = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5
    failures = 0
    for algorithm in ALGORITHMS:
        good = 0
        for number in range(runs):
            draw = random.Random(f'{seed} {algorithm} {number}')
            sets = draw_setting(draw, algorithm)
            with tempfile.TemporaryDirectory() as folder:
                whole = Run(program, folder, 'whole', sets)
                target = float(draw.choice(whole.evaluations[:len(whole.evaluations) * 2 // 3])['test_accuracy'])
                more = {'experiment.target_accuracy': target, 'experiment.stop': 'target'}
                where = difference(whole, Run(program, folder, 'stopped', {**sets, **more}), target)
            good += not where
            if where:
                print(f'{algorithm} {number}: {where}', as_ini({**sets, **more}), sep='\n')
        failures += runs - good
        print(f'{"ok" if good == runs else "not ok"} target: {algorithm}: {good} of {runs} runs end as the longer run goes on', flush=True)
    sys.exit(failures > 0)


if __name__ == '__main__':
    main()
