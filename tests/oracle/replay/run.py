"""What the folder of a finished run says."""
import configparser
import csv
import json
import pathlib

import numpy as np

from . import bounds, data, defects, network, steps
from .history import read_history


def read_settings(path):
    """resolved.ini: every key with its value, as text."""
    ini = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    ini.read_file(open(path))
    return {section: dict(ini[section]) for section in ini.sections()}


def number(text, instead=None):
    return instead if text == "" else float(text)


def numbers_of(text):
    return [float(t) for t in text.split(",") if t.strip()]


class Run:
    """One algorithm of a run. first: the folder of a run of the same model and seed with a learning rate of 0, so that its
    parameters.bin has the first parameters."""

    def __init__(self, folder, algorithm, first):
        folder = pathlib.Path(folder)
        self.folder, self.algorithm = folder / algorithm, algorithm
        self.settings = read_settings(folder / "resolved.ini")
        self.own = self.settings[f"algorithm.{algorithm}"]
        self.seed = int(self.settings["experiment"]["seed"])
        self.workers = int(self.settings["cluster"]["workers"])
        self.clients = int(self.settings["cluster"]["clients"] or self.workers)
        self.batch = int(self.settings["train"]["batch"])
        self.accumulate = int(self.settings["train"]["accumulate"])  # batches of a local iteration
        of_data = self.settings["data"]
        self.images = data.Images(of_data)
        self.shares = data.deal(of_data, self.images, self.seed, self.clients)
        self.check_shares(folder / "partition.csv")
        self.network = network.Network(self.settings["model"]["name"], self.images.x.shape[1:], self.images.classes)
        self.first, _ = self.parameters(pathlib.Path(first))  # its statistics have moved
        self.first_statistics = self.network.first_statistics()
        self.last, self.last_statistics = self.parameters(self.folder)
        self.check_validation()
        self.history = read_history(self.folder, self.workers)
        self.bounds = bounds.Bounds(self)

    def check_shares(self, path):
        with open(path, newline="") as file:
            for row, share in zip(csv.DictReader(file), self.shares):
                classes = np.bincount(self.images.labels[share], minlength=self.images.classes)
                said = [int(row[f"class_{c}"]) for c in range(self.images.classes)]
                assert said == classes.tolist(), f"{path}: other shares"

    def check_validation(self):
        """The last model's loss and accuracy on the samples that were kept."""
        with open(self.folder / "summary.json") as file:
            summary = json.load(file)
        images = self.images
        if len(images.validation_labels) == 0:
            assert summary["judged_on"] == "test" and summary["validation_loss"] is None, f"{self.folder}: validation without data"
            return
        loss, accuracy = self.network.test(self.last, self.last_statistics, images.validation_x, images.validation_labels)
        said = summary["validation_loss"], summary["validation_accuracy"]
        assert summary["judged_on"] == "validation" and np.allclose(said, (loss, accuracy), rtol=1e-4, atol=0), f"{self.folder}: {said}, {(loss, accuracy)}"

    def parameters(self, folder):
        return self.network.of_file(np.fromfile(folder / "parameters.bin", "<f4"))

    @property
    def total(self):
        """What schedules are relative to: the run's length in local iterations of all workers; with a budget 1."""
        if self.bounds.budget:
            return 1.0
        experiment = self.settings["experiment"]
        if experiment["iterations"]:
            return int(experiment["iterations"])
        return int(float(experiment["epochs"] or 1) * len(self.images.labels) / (self.accumulate * self.batch))

    def key(self, name, instead=None):
        """A number of the algorithm's own section, or what is taken where it is left out."""
        return number(self.own[name], instead)

    def yes(self, name):
        return self.own[name] == "yes"

    def given(self, name):
        """The text of a key of the algorithm's section that counts instead of that of [train]."""
        return self.own[name] or self.settings["train"][name]

    def rate(self):
        """The learning rate."""
        train = self.settings["train"]
        return steps.Schedule(float(self.given("learning_rate")), self.given("schedule"), float(self.given("warmup")),
                              numbers_of(train["step_at"]), float(train["step_factor"]), self.total, float(train["power"]),
                              list(zip(numbers_of(train["list_at"]), numbers_of(train["list_factors"]))),
                              float(train["warmup_from"]), self.bounds.ahead if self.bounds.budget else self.workers)  # fmt: skip

    def compensation(self):
        """gamma as a multiple of the learning rate; None where the algorithm has none."""
        if "compensation" not in self.own:
            return None
        return steps.Schedule(self.key("compensation"), self.own["compensation_schedule"], self.key("compensation_warmup"),
                              numbers_of(self.own["compensation_step_at"]), self.key("compensation_step_factor"), self.total)  # fmt: skip

    def outer_rate(self, name):
        """Of outer steps, whose keys begin with `name`."""
        return steps.Schedule(self.key(f"{name}_rate"), self.own[f"{name}_schedule"], 0.0, numbers_of(self.own[f"{name}_step_at"]),
                              self.key(f"{name}_step_factor"), self.total)  # fmt: skip

    def decays(self):
        """Of every parameter: 1 where weight decay applies."""
        matrices = self.settings["train"]["weight_decay_on"] == "matrices" and not defects.is_in("vectors")
        of_tensors = [float(len(shape) > 1 or not matrices) for shape in self.network.shapes]
        return np.repeat(of_tensors, self.network.sizes)

    def optimizer(self, at, rule):
        """Of each worker (at = "worker") or of the PS, without what the rule itself has."""
        place = self.given("optimizer_at")
        place = rule.optimizer_at if place == "auto" else place
        if ("worker" if defects.is_in("place") else place) != at:
            return steps.NoOptimizer()
        train = self.settings["train"]
        kept = {key: float(train[key]) for key in ("beta1", "beta2", "epsilon")}
        kept.update({key: float(self.given(key)) for key in ("weight_decay", "clip_norm", "momentum")})
        kept["optimizer"] = self.given("optimizer")
        kept.update({"momentum": 0.0} if rule.own_momentum else {})
        kept.update({"weight_decay": 0.0} if rule.decays else {})
        return steps.Optimizer(kept, self.decays())
