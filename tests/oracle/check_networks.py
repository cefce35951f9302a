#!/usr/bin/env python3
"""Compares ./simulate --no-train with control.py on random clusters with graph networks and exchanges, to the ns:
check_networks.py SIMULATE SEED [RUNS [ONLY]]. RUNS of each exchange; ONLY: of one exchange, or 'exchange algorithm number'.
"""
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from check_control import as_ini
from control import Control
from draw_networks import EXCHANGES, Case, qualify
from exchanges import union

MOST = 16  # workers
COLUMNS = ('round', 'k', 'depart_ns', 'arrive_ns', 'reply_ns', 'accept_ns', 'staleness', 'compute_ns', 'waiting_ns')
LINKS = ('communication_ns', 'bytes_up', 'bytes_down')  # of whole exchanges: by message
UNLISTED = 'in one more row: '
TOTALS = ('compute_ns', 'waiting_ns', 'communication_ns')


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
    columns = COLUMNS + LINKS if case.setting['whole'] and case.exchange != 'server' else COLUMNS
    said = []
    with open(results / 'workers.csv', newline='') as file:
        numbers = [0] * case.n
        for row in csv.DictReader(file):
            worker = int(row['worker'])
            said += [(f'worker {worker}, push {numbers[worker]}: {column}', int(row[column])) for column in columns]
            numbers[worker] += 1
    with open(results / 'totals.csv', newline='') as file:
        for worker, row in enumerate(csv.DictReader(file)):
            said += [(f'worker {worker}: {column}', int(row[column])) for column in TOTALS]
    summary = json.loads((results / 'summary.json').read_text())
    return said + [(name, summary[name]) for name in ('virtual_ns', 'bytes_up', 'bytes_down')]


def calculated(case):
    """The same, by control.py."""
    control = Control(case.setting)
    end, rows, totals = control.run()
    accounts, said = control.net.accounts, []
    by_message = case.setting['whole'] and case.exchange != 'server'
    for worker, mine in enumerate(rows):
        for number, row in enumerate(mine):
            if by_message:
                its = control.sizes.exchanges(number)
                row += (accounts.communication(worker, end, its), *accounts.bytes(worker, its))
            said += [(f'worker {worker}, push {number}: {column}', value) for column, value in zip(COLUMNS + LINKS, row)]
        said += [(f'worker {worker}: {column}', value)
                 for column, value in zip(TOTALS, (*totals[worker], accounts.communication(worker, end)))]
    if by_message:  # what links carry for exchanges of which their worker has no row: every byte is in a row
        for way, column in enumerate(LINKS[1:]):
            whole = sum(accounts.bytes(worker)[way] for worker in range(case.n))
            said.append((UNLISTED + column, whole - sum(value for name, value in said if name.endswith(column))))
    said += [('virtual_ns', end)]
    for name, by_worker in (('bytes_up', True), ('bytes_down', False)):  # each message once, at its sender
        said.append((name, sum(flow.size for flow in accounts.flows if (flow.source < case.n) == by_worker)))
    return said


def difference(expected, got):
    """The first point where they part; None: nowhere."""
    if got and got[0][0].startswith('exit status'):
        return ': '.join(got[0])
    theirs, mine = dict(got), dict(expected)
    for column in LINKS[1:]:
        more = mine.pop(UNLISTED + column, 0)
        for name in [name for name in mine if name.endswith(': ' + column) and theirs.get(name) == mine[name] + more][:1 if more else 0]:
            mine[name] += more
    for name in mine:
        if theirs.get(name) != mine[name]:
            return f'{name}: expected {mine[name]}, got {theirs.get(name)}'
    extra = [name for name in theirs if name not in mine]
    return f'{extra[0]}: expected none, got {theirs[extra[0]]}' if extra else None


def check(program, seed, exchange, algorithm, number):
    """(difference, pushes)"""
    case = Case(random.Random(f'{seed} {exchange} {algorithm} {number}'), exchange, algorithm, MOST)
    with tempfile.TemporaryDirectory() as folder:
        got = simulated(program, case, folder)
    where = difference(calculated(case), got)
    if where:
        print(f'{exchange} {algorithm} {number}: {where}', as_ini(case.sets), sep='\n')
        for name, text in case.files.items():
            print(f'# {name}', text, sep='\n')
    return where, sum(name.endswith('depart_ns') for name, _ in got)


def main():
    program, seed, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20
    only, failures = sys.argv[4].split() if len(sys.argv) > 4 else [], 0
    for exchange in [e for e in EXCHANGES if not only or e == only[0]]:
        names, good, pushes, tried = qualify(exchange), 0, 0, 0
        for number in range(runs):
            algorithm = names[number * 5 % len(names)]
            if len(only) > 1 and algorithm != only[1] or len(only) > 2 and number != int(only[2]):
                continue
            where, n = check(program, seed, exchange, algorithm, number)
            good, pushes, tried = good + (not where), pushes + n, tried + 1
        failures += tried - good
        print(f'{"ok" if good == tried else "not ok"} networks: {exchange}: {good} of {tried} clusters agree to the ns ({pushes} pushes)',
              flush=True)
    sys.exit(failures > 0)


if __name__ == '__main__':
    main()
