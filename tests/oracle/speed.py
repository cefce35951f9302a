#!/usr/bin/python3
"""Images a second of our training and evaluation beside PyTorch's (Debian's python3-torch): one core, one thread each, batch 32, in
turn, the medians of some rounds. A training step is forward, backward and update, with dropout; an evaluation is forward only.

Debian's PyTorch multiplies matrices through OpenBLAS, as we do. Where OpenBLAS does not recognise the CPU and takes slow kernels, our
program chooses others (OPENBLAS_CORETYPE). PyTorch gets the same ones: torch.* and ratio.* are with them, torch.unaided.* and
ratio.unaided.* with OpenBLAS's own choice."""
import argparse
import os
import statistics
import subprocess
import sys
import time

BATCH = 32
POOL = 8  # batches: training always on the same one would soon have nothing left to learn
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default="cnn,alexnet,resnet14,resnet18", help="separated by commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of one side in a round; resnet18 takes four times that")
    parser.add_argument("--channels-last", action="store_true", help="PyTorch's other memory format")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="to run on")
    parser.add_argument("--program", default=ROOT + "/build/tests/bench/train", help="our side")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)  # PyTorch's side: measures what stdin asks for
    return parser.parse_args()


given = options()
os.sched_setaffinity(0, {given.core})  # all sides inherit it
os.environ["OMP_NUM_THREADS"] = "1"  # read when PyTorch is loaded
sys.dont_write_bytecode = True
if given.serve:
    import torch
    import torch.nn.functional as F
    from torch import nn

    import networks


def with_dropout(name, net):
    """As in the zoo; networks.py leaves it out."""
    if name == "alexnet":
        for i, part in enumerate(net.features):
            if isinstance(part, nn.Identity):
                net.features[i] = nn.Dropout2d(0.3)
    if name == "cnn":
        net = nn.Sequential(net[:5], nn.Dropout2d(0.25), net[5:8], nn.Dropout(0.5), net[8:])
    return net


class Theirs:
    def __init__(self, name):
        run = networks.RUNS[name]
        memory = torch.channels_last if given.channels_last else torch.contiguous_format
        self.net = with_dropout(name, run.make()).to(memory_format=memory)
        self.optimiser = torch.optim.SGD(self.net.parameters(), lr=0.01)
        shape = (BATCH, run.channels, run.side, run.side)
        self.batches = [(torch.randn(shape).to(memory_format=memory), torch.randint(10, (BATCH,))) for _ in range(POOL)]
        self.count = 0

    def step(self, what):
        x, y = self.batches[self.count % POOL]
        self.count += 1
        if what == "eval":
            with torch.no_grad():
                self.net(x)
            return
        self.optimiser.zero_grad(set_to_none=True)  # the fastest way
        F.cross_entropy(self.net(x), y).backward()
        self.optimiser.step()

    def rate(self, what, seconds):
        """As the bench program does it: one step that does not count, then at least `seconds`."""
        self.net.train(what == "train")
        self.step(what)
        begun, images, taken = time.perf_counter(), 0, 0
        while taken < seconds:
            self.step(what)
            images += BATCH
            taken = time.perf_counter() - begun
        return images / taken


def serve():
    """Answers each line MODEL WHAT SECONDS with images a second."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    models = {}
    for line in sys.stdin:
        name, what, seconds = line.split()
        if name not in models:
            models = {name: Theirs(name)}  # the one before is not needed any more
        print(models[name].rate(what, float(seconds)), flush=True)


class Torch:
    """A process with PyTorch, since OpenBLAS reads its environment only once."""

    def __init__(self, core):
        environment = dict(os.environ, OPENBLAS_CORETYPE=core) if core else dict(os.environ)
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--serve"] + sys.argv[1:], env=environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def rate(self, name, what, seconds):
        print(name, what, seconds, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def our_rate(name, what, seconds):
    """The bench program prints NAME VALUE UNIT."""
    command = [given.program, name, what, str(seconds)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1])


def chosen_core():
    """The kernels that our program chooses for OpenBLAS; empty: OpenBLAS's own choice stays."""
    return subprocess.run([given.program, "core"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def compare(name, what, sides):
    """sides: PyTorch's prefixes and processes."""
    seconds = given.seconds * (4 if name == "resnet18" else 1)
    rates = []
    for _ in range(given.rounds):
        rates.append([our_rate(name, what, seconds)] + [side.rate(name, what, seconds) for side in sides.values()])
    ours, *theirs = (statistics.median(side) for side in zip(*rates))
    print(f"{what}.{name}.images_per_s {ours:.6g} images/s")
    for prefix, rate in zip(sides, theirs):
        print(f"torch{prefix}.{what}.{name}.images_per_s {rate:.6g} images/s")
        print(f"ratio{prefix}.{what}.{name} {ours / rate:.4g} x", flush=True)


def main():
    core = chosen_core()
    sides = {"": Torch(core)}
    if core:
        sides[".unaided"] = Torch("")
    for what in ("train", "eval"):
        for name in given.models.split(","):
            compare(name, what, sides)
    for side in sides.values():
        side.close()


if given.serve:
    serve()
else:
    main()
