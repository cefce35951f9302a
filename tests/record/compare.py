#!/usr/bin/env python3
"""Compares sweeps of experiments/record/*.ini with the published figures, for docs/record.md.

usage: compare.py streaming FOLDER... (data_parallel_1b, diloco_1b, streaming_1b, perhaps the same of 10b and of 100b)
       compare.py diloco_measured FOLDER
       compare.py aws_exchanges FOLDER
       compare.py compression FOLDER
Prints the rows of the page's table: theirs, ours, and the difference; status 1: one of them is beyond the tolerance, and is named."""
import csv
import math
import pathlib
import sys

NS = 1e-9


def points(folder):
    """(the settings of a point as texts, its folder)."""
    folder = pathlib.Path(folder)
    with open(folder / "sweep.csv", newline="") as file:
        table = list(csv.reader(file))
    swept = table[0][1 : table[0].index("algorithm")]
    of_number = {row[0]: dict(zip(swept, row[1:])) for row in table[1:]}
    for number, settings in of_number.items():
        (place,) = folder.glob(f"{int(number):04}-*")
        yield settings, place


def pushes(place, algorithm):
    """Of worker 0, in their order."""
    with open(place / algorithm / "workers.csv", newline="") as file:
        return [{name: int(cell) for name, cell in row.items() if name.endswith("_ns")} for row in csv.DictReader(file) if row["worker"] == "0"]


def utilisation(rows, first, last):
    """Computing over elapsed time, from the result of push `first` to that of push `last`, counted from 1."""
    elapsed = rows[last - 1]["accept_ns"] - rows[first - 1]["accept_ns"]
    return sum(row["compute_ns"] for row in rows[first:last]) / elapsed


class Verdict:
    def __init__(self):
        self.off = []

    def judge(self, name, good):
        if not good:
            self.off.append(name)

    def end(self):
        for name in self.off:
            print(f"off: {name}", file=sys.stderr)
        sys.exit(bool(self.off))


# ---- Streaming DiLoCo, table 4 (Douillard et al. 2025, arXiv:2501.18512) ----

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
TABLE_4 = {  # Gbit/s that each level needs
    ("1 B", "data_parallel"): (86.8, 152.6, 184.2, 222.3, 569.0), ("1 B", "diloco"): (1.4, 6.2, 13.3, 23.3, 86.8),
    ("1 B", "streaming"): (1.4, 5.2, 9.1, 16.0, 28.1),
    ("1 B", "overlap"): (1.4, 4.3, 6.2, 9.1, 11.0), ("1 B", "fp4"): (0.4, 0.9, 1.7, 2.0, 3.0),
    ("10 B", "data_parallel"): (104.8, 222.3, 222.3, 268.3, 471.5), ("10 B", "diloco"): (1.7, 7.5, 16.0, 33.9, 104.8),
    ("10 B", "streaming"): (1.7, 5.2, 9.1, 13.3, 19.3),
    ("10 B", "overlap"): (1.7, 3.6, 5.2, 6.2, 7.5), ("10 B", "fp4"): (0.4, 0.9, 1.4, 1.4, 1.7),
    ("100 B", "data_parallel"): (184.2, 323.8, 390.7, 390.7, 471.5), ("100 B", "diloco"): (3.0, 11.0, 23.3, 49.4, 184.2),
    ("100 B", "streaming"): (2.4, 6.2, 9.1, 11.0, 19.3),
    ("100 B", "overlap"): (1.7, 3.6, 4.3, 5.2, 5.2), ("100 B", "fp4"): (0.5, 0.9, 1.1, 1.1, 1.4),
}  # fmt: skip
SIZES = ("1 B", "10 B", "100 B")
FRAGMENTS = {"1 B": 8, "10 B": 16, "100 B": 36}
LABELS = {"data_parallel": "data parallel", "diloco": "DiLoCo", "streaming": "streaming", "overlap": "+ overlap", "fp4": "+ FP4"}
INIS = {"data_parallel": "data_parallel", "diloco": "diloco", "streaming": "streaming", "overlap": "streaming", "fp4": "streaming"}
GRID = [0.1 * 10 ** (4 * k / 49) for k in range(50)]  # Gbit/s


def nearest(bandwidth):
    return min(range(len(GRID)), key=lambda k: abs(math.log(GRID[k] / bandwidth)))


def least_of(rounds, level):
    """The first point of the grid that reaches the level."""
    return next(k for k in range(len(GRID)) if rounds[k] >= level)


def column(size, algorithm, folder):
    """Utilisation at each point of the grid."""
    n = FRAGMENTS[size]
    first, last = (n, 2 * n) if INIS[algorithm] == "streaming" else (1, 11)
    return {nearest(1e-9 * float(settings["network.bandwidth"])): utilisation(pushes(place, algorithm), first, last) for settings, place in points(folder)}


def streaming(verdict, *folders):
    inis = sorted(set(INIS.values()))
    sizes = SIZES[: len(folders) // len(inis)]
    of_ini = dict(zip([(size, ini) for size in sizes for ini in inis], folders, strict=True))
    for size in sizes:
        for algorithm, label in LABELS.items():
            rounds = column(size, algorithm, of_ini[size, INIS[algorithm]])
            ours = [least_of(rounds, level) for level in LEVELS]
            theirs = TABLE_4[size, algorithm]
            steps = [k - nearest(b) for k, b in zip(ours, theirs)]
            cut = [f"{math.floor(10 * GRID[k] + 1e-9) / 10:.1f}" for k in ours]
            print(f"| {size} | {label} | {' / '.join(map(str, theirs))} | {' / '.join(cut)} | {' / '.join(f'{s:+d}' if s else '0' for s in steps)} |")
            for level, s in zip(LEVELS, steps):
                most = 2 if algorithm == "streaming" and level == 0.99 else 1
                verdict.judge(f"{size} {label} {level:.0%}: {s:+d} steps of the grid", abs(s) <= most)


# ---- diloco-measured (public repository Adnan082/diloco-measured, August 2026) ----

RATES = {50000000: "50 Mbit/s", 200000000: "200 Mbit/s", 1000000000: "1 Gbit/s", 5000000000: "5 Gbit/s"}
MEASURED = {  # computing, % of the time
    1: (0.07, 0.32, 1.74, 7.76), 8: (0.55, 2.48, 12.35, 40.24), 32: (2.41, 10.01, 36.01, 68.10), 128: (11.55, 36.09, 71.52, 87.00),
}  # fmt: skip


def diloco_measured(verdict, folder):
    of_rate = {round(float(settings["network.bandwidth"])): place for settings, place in points(folder)}
    for steps, measured in MEASURED.items():
        rows = [pushes(of_rate[rate], f"h{steps}") for rate in RATES]
        ours = [100 * utilisation(r, 2, 10) for r in rows]
        off = [100 * (o / m - 1) for o, m in zip(ours, measured)]
        print(f"| {steps} | {' / '.join(f'{m:.2f}' for m in measured)} | {' / '.join(f'{o:.2f}' for o in ours)} | {' / '.join(f'{x:+.0f}' for x in off)} |")
        for (rate, name), x in list(zip(RATES.items(), off))[1:]:  # 50 Mbit/s is shown, not judged
            tolerance = 10 if steps == 1 and rate >= 1000000000 else 15
            verdict.judge(f"H = {steps} at {name}: {x:+.1f} %", abs(x) <= tolerance)


# ---- exchanges on AWS (public repository BinhangYuan/tc_cluster_setting, results/Simulate_DP.md) ----

AWS = {  # seconds; settings: a link's latency, bits/s
    ("1 ms, 5 Gbit/s", 0.0005, 5000000000): (0.71, 1.09, 0.80),
    ("5 ms, 2 Gbit/s", 0.0025, 2000000000): (1.77, 2.86, 2.35),
    ("10 ms, 1 Gbit/s", 0.005, 1000000000): (4.06, 5.55, 4.23),
}  # fmt: skip
EXCHANGES = {"all_reduce": "all-reduce", "chain": "reduce + broadcast", "sharded": "sharded"}


def exchange_seconds(place, algorithm):
    """From the first worker's start to the last worker's result."""
    with open(place / algorithm / "workers.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["round"] == "1"]
    return NS * (max(int(r["accept_ns"]) for r in rows) - min(int(r["depart_ns"]) for r in rows))


def aws_exchanges(verdict, folder):
    of_link = {(float(s["network.latency"]), float(s["network.bandwidth"])): place for s, place in points(folder)}
    for (name, latency, bandwidth), theirs in AWS.items():
        ours = [exchange_seconds(of_link[latency, bandwidth], algorithm) for algorithm in EXCHANGES]
        off = [100 * (o / t - 1) for o, t in zip(ours, theirs)]
        print(f"| {name} | {' / '.join(f'{t:.2f}' for t in theirs)} | {' / '.join(f'{o:.2f}' for o in ours)} | {' / '.join(f'{x:+.0f}' for x in off)} |")
        for exchange, x in zip(EXCHANGES.values(), off):
            verdict.judge(f"{exchange} over {name}: {x:+.1f} %", abs(x) <= 25)


# ---- compression (Agarwal et al., MLSys 2022, arXiv:2103.00543) ----

REASONS = ("network.all_gather", "compute.coding_factor", "network.overlap")
NO_REASON = {"no", "0", "none"}
METHODS = {"PowerSGD": ("powersgd4", "powersgd8", "powersgd16"), "top-k": ("topk20", "topk10", "topk1"), "sign": ("sign",)}


def compression(verdict, folder):
    counts = {}
    with open(pathlib.Path(folder) / "sweep_wins.csv", newline="") as file:
        for row in csv.DictReader(file):
            reasons = tuple(row[key] not in NO_REASON for key in REASONS)
            counts.setdefault(reasons, {})[row["algorithm"]] = int(row["faster"]), int(row["points"])
    totals = {}
    for reasons, of in counts.items():
        faster, points = (sum(pair[i] for pair in of.values()) for i in (0, 1))
        totals[reasons] = faster / points
        each = [sum(of[name][0] for name in names) for names in METHODS.values()]
        print(f"| {' | '.join('yes' if reason else 'no' for reason in reasons)} | {faster} of {points} | {' | '.join(map(str, each))} |")
    steps = [totals[r] for r in ((False,) * 3, (True, False, False), (True, True, False), (True,) * 3)]
    verdict.judge("compression wins everywhere if nothing is honest", steps[0] == 1)
    verdict.judge("each reason makes it win less often", all(a > b for a, b in zip(steps, steps[1:])))
    verdict.judge(f"compression wins at {steps[3]:.0%} of the points, against 3 % published", steps[3] <= 0.15)


def main():
    tables = {"streaming": streaming, "diloco_measured": diloco_measured, "aws_exchanges": aws_exchanges, "compression": compression}
    if len(sys.argv) < 3 or sys.argv[1] not in tables:
        sys.exit(__doc__)
    verdict = Verdict()
    tables[sys.argv[1]](verdict, *sys.argv[2:])
    verdict.end()


main()
