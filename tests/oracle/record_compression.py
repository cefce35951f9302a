#!/usr/bin/env python3
"""The times of experiments/record/compression.ini calculated from the rules alone: equal workers, links without latency.

usage: record_compression.py INI SWEEP     SWEEP: the folder of a finished sweep of this ini

    ring           2 (N - 1) steps of ceil(P / N) + 64 bytes
    all-gather     N - 1 steps of P + 64 bytes
    overlapped     e_b = max(ready_b, e_(b-1)) + x_b for each bucket b
    otherwise      the iteration, encoding, and one exchange; PowerSGD has two

Prints a line for each model and fails where a run of sweep.csv takes another time, to the ns."""
import configparser
import csv
import math
import pathlib
import sys
from fractions import Fraction

HEADER, FLOAT, NS = 64, 4, 10 ** 9
FORWARD, FIRST, LIMIT = Fraction(1, 3), 1 << 20, 25 << 20


def nearest(x):
    return math.floor(x + Fraction(1, 2))


class Tensor:
    def __init__(self, row):
        self.n, self.operations = int(row["parameters"]), int(row["operations"])
        dims = [int(d) for d in row["shape"].split("x")]
        self.rows, self.columns = (self.n // dims[0], dims[0]) if len(dims) > 1 else (1, self.n)
        self.matrix = len(dims) > 1


def tensors_of(path):
    with open(path, newline="") as file:
        return [Tensor(row) for row in csv.DictReader(file)]


# ---- bytes of a push ----


def factors(tensors, rank):
    """Of both exchanges of a step of PowerSGD, and the floats that are compressed."""
    first = second = compressed = 0
    for t in tensors:
        if rank * (t.rows + t.columns) < t.n:
            first, second, compressed = first + rank * t.rows, second + rank * t.columns, compressed + t.n
        else:
            first += t.n
    return FLOAT * first, FLOAT * second, compressed


def coded(tensors, codec, ratio):
    if codec == "sign":  # a scale, and a bit for each float
        return sum(FLOAT + -(-t.n // 8) for t in tensors)
    return sum(FLOAT + 2 * FLOAT * max(1, math.floor(Fraction(ratio) * t.n)) for t in tensors)  # how many, and of each index and value


# ---- time ----


class Setting:
    def __init__(self, workers, rate):
        self.n, self.rate = workers, rate  # bytes/ns

    def step(self, size):
        return math.ceil((size + HEADER) / self.rate)

    def ring(self, size):
        return 2 * (self.n - 1) * self.step(-(-size // self.n))

    def all_gather(self, size):
        return (self.n - 1) * self.step(size)


def buckets(tensors):
    """(floats so far, share of the iteration at which the bucket is ready), in the order of backward."""
    whole, done, floats, before, made = sum(t.operations for t in tensors), 0, 0, 0, []
    for t in reversed(tensors):
        done += t.operations
        floats += t.n
        if FLOAT * (floats - before) >= (LIMIT if made else FIRST):
            made.append((floats, FORWARD + (1 - FORWARD) * Fraction(done, whole)))
            before = floats
    if floats > before:
        made.append((floats, None))
    made[-1] = (floats, Fraction(1))
    return made


def overlapped(s, tensors, duration):
    end = sent = 0
    for floats, share in buckets(tensors):
        end = max(nearest(duration * share), end) + s.ring(FLOAT * (floats - sent))
        sent = floats
    return end


def round_ns(s, tensors, duration, method, row):
    whole = FLOAT * sum(t.n for t in tensors)
    cost = Fraction(method.get("cost", "0")) * Fraction(row["compute.coding_factor"]) / NS
    if "rank" in method:
        first, second, compressed = factors(tensors, method["rank"])
        return duration + nearest(cost * FLOAT * compressed * NS) + s.ring(first) + s.ring(second)
    if "codec" not in method:
        return overlapped(s, tensors, duration) if row["network.overlap"] == "backward" else duration + s.ring(whole)
    size = coded(tensors, method["codec"], method.get("ratio"))
    exchange = s.all_gather if row["network.all_gather"] == "yes" else s.ring
    return duration + nearest(cost * whole * NS) + exchange(size)


# ---- the ini ----


def methods_of(ini):
    """What each algorithm sends."""
    methods = {}
    for entry in ini["experiment"]["algorithms"].split(","):
        name, _, of = (part.strip() for part in entry.partition(":"))
        section = ini[f"algorithm.{name}"] if f"algorithm.{name}" in ini else {}
        method = {}
        if "encode_cost" in section:
            method["cost"] = section["encode_cost"].removesuffix("ns")
        if (of or name) == "powersgd":
            method["rank"] = int(section["rank"])
        elif "codec" in section:
            codec, _, kind = (part.strip() for part in section["codec"].partition(":"))
            method["codec"] = kind or codec
            if kind == "topk":
                method["ratio"] = ini[f"codec.{codec}"]["ratio"]
        methods[name] = method
    return methods


def main():
    path, folder = map(pathlib.Path, sys.argv[1:])
    ini = configparser.ConfigParser(inline_comment_prefixes=(";",))
    ini.read(path)
    methods, iterations = methods_of(ini), int(ini["experiment"]["iterations"])
    device = Fraction(ini["compute"]["device"].removesuffix("TFLOP/s")) * 10 ** 12
    rate = Fraction(ini["network"]["bandwidth"].removesuffix("Gbit/s")) / 8
    bad, models, counts = 0, {}, {}
    with open(folder / "sweep.csv", newline="") as file:
        for row in csv.DictReader(file):
            name = row["profile.file"]
            tensors = models.setdefault(name, tensors_of(path.parent / name))
            flops = 6 * sum(t.operations for t in tensors) * int(ini["train"]["batch"])
            s = Setting(int(row["cluster.workers"]), rate)
            rounds = -(-iterations // s.n)
            ours = rounds * round_ns(s, tensors, nearest(flops / device * NS), methods[row["algorithm"]], row)
            theirs = nearest(Fraction(row["virtual_s"]) * NS)
            good, all_of = counts.get(name, (0, 0))
            counts[name] = good + (ours == theirs), all_of + 1
            if ours != theirs and bad < 20:
                print(f"not ok record: point {row['point']}, {row['algorithm']}: {theirs} ns, by the rules {ours}")
            bad += ours != theirs
    for name, (good, all_of) in counts.items():
        print(f"{'ok' if good == all_of else 'not ok'} record: compression of {name}: {good} of {all_of} runs take the time of the rules, to the ns")
    sys.exit(bad > 0)


main()
