#!/usr/bin/env python3
"""Compares ./simulate --no-train with control.py on random clusters with graph networks and exchanges, to the ns:
check_networks.py SIMULATE SEED [RUNS [ONLY]]. RUNS of each kind of case over each exchange; ONLY: 'kind exchange algorithm
number', which a difference names, or some of these words. Kinds: networks; overlap with backward; coding (time); budget.
"""
import csv
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from decimal import Decimal

import draw_timing
from check_control import as_ini
from control import Control
from draw_networks import EXCHANGES, Case, qualify

MOST = 16  # workers
COLUMNS = ('round', 'k', 'depart_ns', 'arrive_ns', 'reply_ns', 'accept_ns', 'staleness', 'compute_ns', 'waiting_ns')
LINKS = ('communication_ns', 'bytes_up', 'bytes_down')  # of whole exchanges: by message
UNLISTED = 'in one more row: '
TOTALS = ('compute_ns', 'waiting_ns', 'communication_ns')
CODING = 'coding_ns'
NETWORKS = 'networks'
EVALUATIONS = ('round', 'iterations', 'virtual_s', 'bytes_up', 'bytes_down')


def simulated(program, case, folder):
    """What the program says: [(name, value)]."""
    for name, text in case.files.items():
        (pathlib.Path(folder) / name).write_text(text)
    ini = pathlib.Path(folder) / 'networks.ini'
    ini.write_text(as_ini(case.sets))
    command = [pathlib.Path(program).resolve(), '--no-train', '-q', '-o', folder + '/run', ini]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if done.returncode:
        return [(f'exit status {done.returncode}', done.stderr.strip())]
    results = pathlib.Path(folder) / 'run' / case.algorithm
    columns = (COLUMNS + LINKS if by_message(case) else COLUMNS) + (CODING,)
    said = []
    numbers = [0] * case.n
    for row in rows_of(results / 'workers.csv'):
        worker = int(row['worker'])
        said += [(f'worker {worker}, push {numbers[worker]}: {column}', int(row[column])) for column in columns]
        numbers[worker] += 1
    for worker, row in enumerate(rows_of(results / 'totals.csv')):
        said += [(f'worker {worker}: {column}', int(row[column])) for column in (*TOTALS, CODING)]
    for row in rows_of(results / 'eval.csv')[1:]:
        numbers = [Decimal(row[column]) for column in EVALUATIONS]
        said += [(f'evaluation of round {row["round"]}: {column}', int(number * 10 ** 9 if column == 'virtual_s' else number))
                 for column, number in zip(EVALUATIONS, numbers)]
    summary = json.loads((results / 'summary.json').read_text())
    return said + [(name, summary[name]) for name in ('virtual_ns', 'bytes_up', 'bytes_down', CODING)]


def rows_of(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def by_message(case):
    """The columns of links are by message, not by push and reply."""
    return case.setting['whole'] and (case.exchange != 'server' or 'buckets' in case.setting)


def calculated(case):
    """The same, by control.py."""
    control = Control(case.setting)
    end, rows, totals = control.run()
    accounts, coding, said = control.net.accounts, control.coding(), []
    columns = COLUMNS + LINKS * by_message(case) + (CODING,)
    for worker, mine in enumerate(rows):
        for number, row in enumerate(mine):
            if by_message(case):
                its = control.sizes.exchanges(number)
                row += (accounts.communication(worker, end, its), *accounts.bytes(worker, its))
            row += (coding[worker][0][number],)
            said += [(f'worker {worker}, push {number}: {column}', value) for column, value in zip(columns, row)]
        whole = (*totals[worker], accounts.communication(worker, end), coding[worker][1])
        said += [(f'worker {worker}: {column}', value) for column, value in zip((*TOTALS, CODING), whole)]
    if by_message(case):  # what links carry for exchanges of which their worker has no row: every byte is in a row
        for way, column in enumerate(LINKS[1:]):
            whole = sum(accounts.bytes(worker)[way] for worker in range(case.n))
            said.append((UNLISTED + column, whole - sum(value for name, value in said if name.endswith(column))))
    for row in control.evaluations():
        said += [(f'evaluation of round {row[0]}: {column}', value) for column, value in zip(EVALUATIONS, row)]
    said += [('virtual_ns', end), *zip(('bytes_up', 'bytes_down'), accounts.departed()), (CODING, sum(sum_ for _, sum_ in coding))]
    return said


def difference(expected, got):
    """The first point where they part; None: nowhere."""
    if got and got[0][0].startswith('exit status'):
        return ': '.join(got[0])
    theirs, mine = dict(got), dict(expected)
    for column in LINKS[1:]:
        more = mine.pop(UNLISTED + column, 0)
        of_column = [name for name in mine if name.startswith('worker') and name.endswith(': ' + column)]
        for name in [name for name in of_column if theirs.get(name) == mine[name] + more][:1 if more else 0]:
            mine[name] += more
    for name in mine:
        if theirs.get(name) != mine[name]:
            return f'{name}: expected {mine[name]}, got {theirs.get(name)}'
    extra = [name for name in theirs if name not in mine]
    return f'{extra[0]}: expected none, got {theirs[extra[0]]}' if extra else None


def draw_case(kind, exchange, algorithm, seed, number):
    if kind == NETWORKS:
        return Case(random.Random(f'{seed} {exchange} {algorithm} {number}'), exchange, algorithm, MOST)
    draw = random.Random(f'{seed} {kind} {exchange} {algorithm} {number}')
    return draw_timing.TimedCase(draw, kind, exchange, algorithm, MOST)


def check(program, kind, exchange, algorithm, seed, number):
    """(difference, pushes)"""
    case = draw_case(kind, exchange, algorithm, seed, number)
    with tempfile.TemporaryDirectory() as folder:
        got = simulated(program, case, folder)
    where = difference(calculated(case), got)
    if where:
        print(f'{kind} {exchange} {algorithm} {number}: {where}', as_ini(case.sets), sep='\n')
        for name, text in case.files.items():
            print(f'# {name}', text, sep='\n')
    return where, sum(name.endswith('depart_ns') for name, _ in got)


def main():
    program, seed, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20
    only, failures = sys.argv[4].split() if len(sys.argv) > 4 else [], 0
    for kind, (place, exchange) in itertools.product((NETWORKS, *draw_timing.KINDS), enumerate(EXCHANGES)):
        names = qualify(exchange) if kind == NETWORKS else draw_timing.qualify(kind, exchange)
        cases = [(names[(place * runs + number) * 5 % len(names)], number) for number in range(runs)]
        if len(only) == 4:
            cases = [(only[2], int(only[3]))]
        cases = [case for case in cases if all(word in map(str, (kind, exchange, *case)) for word in only)]
        results = [check(program, kind, exchange, algorithm, seed, number) for algorithm, number in cases]
        if results:
            good, pushes = sum(not where for where, _ in results), sum(pushes for _, pushes in results)
            failures += len(results) - good
            print(f'{"ok" if good == len(results) else "not ok"} {kind}: {exchange}: '
                  f'{good} of {len(results)} clusters agree to the ns ({pushes} pushes)', flush=True)
    sys.exit(failures > 0)


if __name__ == '__main__':
    main()
