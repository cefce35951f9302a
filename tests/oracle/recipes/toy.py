"""A small run of ./simulate, and what another program needs to train the same: first parameters, batches, the model in PyTorch.

Float64 throughout. What this takes from replay/ are conventions: draws, shares, batches, the file formats. Nothing here knows an
algorithm, an optimiser or a schedule: the recipes write these with PyTorch."""
import pathlib
import subprocess
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import small_data  # noqa: E402
from replay import data  # noqa: E402
from replay.history import rows_of  # noqa: E402
from replay.run import read_settings  # noqa: E402

torch.set_default_dtype(torch.float64)
MOST = 1e-5  # deviation that is allowed


def logreg():
    return nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 10))


def tiny_bn():
    return nn.Sequential(nn.Conv2d(1, 6, 5, 4, 2, bias=False), nn.BatchNorm2d(6),
                         nn.Conv2d(6, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(128, 10))  # fmt: skip


MODELS = {"logreg": logreg, "tiny_bn": tiny_bn}  # of models/zoo/: those without kinks, where rounding decides nothing


def as_ini(sets):
    sections = {}
    for name, value in sets.items():
        section, key = name.rsplit(".", 1)
        sections.setdefault(section, []).append(f"{key} = {value}")
    return "\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items()) + "\n"


def flat(tensors):
    return torch.cat([t.detach().reshape(-1) for t in tensors])


def mean_gradient(net, batches):
    """Of the mean cross-entropies of equal batches, into .grad; as in torch's DistributedDataParallel BatchNorm takes each batch
    alone. Without BatchNorm this is the gradient of the joint batch."""
    net.zero_grad()
    if not any(isinstance(layer, nn.BatchNorm2d) for layer in net):
        xs, ys = zip(*batches)
        batches = [(torch.cat(xs), torch.cat(ys))]
    for x, y in batches:
        (F.cross_entropy(net(x), y) / len(batches)).backward()


class Toy:
    """One algorithm of a finished run."""

    accumulate = 1  # batches are taken one by one here

    def __init__(self, folder, algorithm, first):
        self.settings = read_settings(folder / "resolved.ini")
        self.workers = int(self.settings["cluster"]["workers"])
        self.clients = int(self.settings["cluster"]["clients"] or self.workers)
        self.seed, self.batch = int(self.settings["experiment"]["seed"]), int(self.settings["train"]["batch"])
        of_data = self.settings["data"]
        self.images = data.Images(of_data)
        self.shares = data.deal(of_data, self.images, self.seed, self.clients)
        self.folder = folder / algorithm
        self.first, self.last = self.parameters(first), self.parameters(self.folder)

    def rounds(self):
        """Of each update of the model, in order: (worker, local iterations) of the pushes in it, in rank order."""
        rounds = {}
        for row in rows_of(self.folder / "workers.csv"):
            rounds.setdefault(int(row["round"]), []).append((int(row["worker"]), int(row["k"])))
        rounds.pop(0, None)  # of pushes in no update
        return [sorted(rounds[number]) for number in sorted(rounds)]

    def parameters(self, folder):
        """Without BatchNorm's statistics, which are behind them."""
        count = sum(p.numel() for p in MODELS[self.settings["model"]["name"]]().parameters())
        return torch.from_numpy(np.fromfile(folder / "parameters.bin", "<f4")[:count].astype(np.float64))

    def net(self):
        """At the first parameters, which are in the order of PyTorch's own."""
        net = MODELS[self.settings["model"]["name"]]()
        nn.utils.vector_to_parameters(self.first.clone(), net.parameters())
        return net

    def feeds(self):
        """What each worker sees."""
        return [Feed(self, i) for i in range(self.workers)]

    def away(self, net, gap=1):
        """How far the run's last parameters are from these, relative to the distance that these have moved. gap: the smallest
        relative difference that decided something, such as which values a codec sends; rounding may have decided otherwise in the
        run, which then says nothing."""
        expected = flat(net.parameters()) if isinstance(net, nn.Module) else net
        away = ((self.last - expected).norm() / (expected - self.first).norm()).item()
        if not away <= MOST and gap < 1e-6:
            raise Undecided
        return away


class Feed:
    """The batches of one worker, in their order."""

    def __init__(self, toy, worker):
        self.toy, self.life, self.iteration = toy, data.Life(toy, worker), 0  # a batch is an iteration here

    def next(self, version=0):
        """(x, y). version: of the model that the batch is for, which draws the client where there are more of them than workers."""
        self.life.meet(version, self.iteration)
        (chosen,) = self.life.of_iteration(self.iteration)
        self.iteration += 1
        x = torch.from_numpy(self.toy.images.x[chosen]).permute(0, 3, 1, 2).contiguous()
        return x, torch.from_numpy(self.toy.images.labels[chosen])

    @property
    def samples(self):
        """Of the present client."""
        return self.life.samples


class Refused(Exception):
    """A run that ./simulate does not make."""


class Undecided(Exception):
    """Rounding may have decided what differs."""


class Bench:
    """Runs ./simulate in a folder of its own."""

    def __init__(self, program, folder, seed):
        self.program, self.folder, self.seed, self.runs, self.firsts = program, folder, seed, 0, {}
        small_data.write(folder / "data", seed)

    def simulate(self, ini, sets):
        self.runs += 1
        into = self.folder / f"run{self.runs}"
        if ini is None:
            ini = self.folder / f"run{self.runs}.ini"
            ini.write_text("")
        sets = {"data.set": "mnist", "data.path": self.folder / "data",
                "data.test_samples": small_data.TEST, "data.train_samples": small_data.TRAIN,
                "output.report": "no", "output.trace": "none", "output.eval_every": 10**9, **sets}  # fmt: skip
        command = [self.program, "-q", "-o", into, ini]
        for key, value in sets.items():
            command += ["--set", f"{key}={value}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Refused(f"simulate ended with {done.returncode}: {done.stderr.strip()}")
        return into

    def first_of(self, model, seed):
        if (model, seed) not in self.firsts:
            self.firsts[model, seed] = self.simulate(None, {
                "experiment.algorithms": "bsp", "experiment.iterations": 1, "experiment.seed": seed, "model.name": model,
                "cluster.workers": 1, "train.learning_rate": 0}) / "bsp"  # fmt: skip
        return self.firsts[model, seed]

    def play(self, algorithm, sets, ini=None):
        """sets: "section.key": value, beside or instead of the ini's."""
        folder = self.simulate(ini, {"experiment.algorithms": algorithm, "experiment.seed": self.seed, **sets})
        settings = read_settings(folder / "resolved.ini")
        return Toy(folder, algorithm, self.first_of(settings["model"]["name"], int(settings["experiment"]["seed"])))
