#!/usr/bin/python3
"""Random all-reduces by SMPI, SimGrid's implementation of MPI, and when each rank has the result.

usage: smpi.py SEED COUNT PROGRAM OUT    writes COUNT cases to the file OUT; PROGRAM: allreduce.cpp, compiled with smpicxx

Its algorithm `lr` is our ring, `rab` (Rabenseifner's) our halving_doubling. The lines of a case are those of exchanges.py;
SMPI does not say when the reduction is complete ("nan"). Three things keep the comparison fair:

  - SMPI adds an envelope of 16 bytes to each message (Request::start): that is the header of these cases.
  - Its sends are detached: a rank does not wait until its own message has arrived, as an exchange of ours does. So all
    workers begin at 0 and are equal, and the workers of a part are neighbours: `lr` runs on stars, and `rab`, in which all
    links of one kind carry the same, also on groups and sites of equal sizes.
  - All routes have one latency, and N divides the number of floats.
"""
import itertools
import random
import subprocess
import sys
import tempfile

ENVELOPE = 16
CONFIG = ("network/model:CM02", "network/crosstraffic:0", "network/weight-S:0", "network/TCP-gamma:0",
          "network/bandwidth-factor:1", "network/latency-factor:1", "network/optim:Full", "surf/precision:1e-12",
          "smpi/bw-factor:1", "smpi/lat-factor:1", "smpi/simulate-computation:no", "smpi/wtime:0",
          "smpi/send-is-detached-thresh:2147483647")


class Case:
    def __init__(self, draw, algorithm):
        self.algorithm = algorithm
        self.workers = draw.randint(2, 16) if algorithm == "lr" else 2 ** draw.randint(1, 4)
        self.topology = "star" if algorithm == "lr" else draw.choice(("star", "groups", "sites"))
        sizes = [2 ** i for i in range(5) if 2 ** i < self.workers]  # of a part
        self.size = self.workers if self.topology == "star" else draw.choice(sizes)
        self.parts = self.workers // self.size
        self.up, self.down, self.part_up, self.part_down = (draw.randint(10 ** 6, 10 ** 7) for _ in range(4))
        self.latency = draw.randint(10_000, 10_000_000)  # ns, of a worker's link
        self.floats = self.workers * draw.randint(1000, 100_000)

    def lines(self):
        kind = {"lr": "ring", "rab": "halving_doubling"}[self.algorithm]
        yield "exchange", kind, self.workers, 1, 0, 4194304, ENVELOPE, 0
        yield "network", self.topology, self.parts, 0, 10 ** 9, 10 ** 9
        for worker in range(self.workers):
            yield self.up, self.down, self.latency, worker // self.size
        if self.topology == "groups":
            yield from [(self.part_up, self.part_down, 0, 0)] * self.parts
        if self.topology == "sites":
            yield from [(self.part_up, 0)] * self.parts ** 2
        yield from [(0, self.floats * 4, self.floats * 4)] * self.workers

    def hosts(self):
        """Of each rank: the worker. `rab` begins with distance 1, halving_doubling with the longest: reversed bits."""
        if self.algorithm == "lr":
            return list(range(self.workers))
        bits = self.workers.bit_length() - 1
        return [int(f"{rank:0{bits}b}"[::-1], 2) for rank in range(self.workers)]

    def middle(self, source, target):
        """The links between the parts of two workers."""
        a, b = source // self.size, target // self.size
        if a == b:
            return ()
        return (f"up{a}", f"down{b}") if self.topology == "groups" else (f"from{a}to{b}",)

    def platform(self):
        def link(name, bandwidth, latency=0):
            return f'<link id="{name}" bandwidth="{bandwidth}Bps" latency="{latency}ns"/>'

        yield "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
        yield '<platform version="4.1"><zone id="cluster" routing="Full">'
        for worker in range(self.workers):
            yield f'<host id="{worker}" speed="1Gf"/>'
        for worker in range(self.workers):
            yield link(f"out{worker}", self.up, self.latency) + link(f"in{worker}", self.down, self.latency)
        for a in range(self.parts):
            yield link(f"up{a}", self.part_up) + link(f"down{a}", self.part_down)
            yield "".join(link(f"from{a}to{b}", self.part_up) for b in range(self.parts))
        for source, target in itertools.permutations(range(self.workers), 2):
            links = (f"out{source}", *self.middle(source, target), f"in{target}")
            yield (f'<route src="{source}" dst="{target}" symmetrical="NO">'
                   + "".join(f'<link_ctn id="{name}"/>' for name in links) + "</route>")
        yield "</zone></platform>"

    def results(self, program, folder):
        with open(f"{folder}/platform.xml", "w", encoding="ascii") as file:
            file.write("\n".join(self.platform()))
        with open(f"{folder}/hosts", "w", encoding="ascii") as file:
            file.writelines(f"{worker}\n" for worker in self.hosts())
        command = ["smpirun", "-np", str(self.workers), "-platform", file.name.replace("hosts", "platform.xml"),
                   "-hostfile", file.name, "--log=root.thres:warning", f"--cfg=smpi/allreduce:{self.algorithm}",
                   *(f"--cfg={c}" for c in CONFIG), program, str(self.floats)]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=folder).stdout
        seconds = dict(line.split() for line in said.splitlines())
        return [seconds[str(self.hosts().index(worker))] for worker in range(self.workers)]


def main():
    seed, count, program, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    draw = random.Random(f"smpi {seed}")
    with open(out, "w", encoding="ascii") as file, tempfile.TemporaryDirectory() as folder:
        for i in range(count):
            case = Case(draw, ("lr", "rab")[i % 2])
            for line in case.lines():
                print(*line, file=file)
            print("reduced nan", *case.results(program, folder), file=file)


if __name__ == "__main__":
    main()
