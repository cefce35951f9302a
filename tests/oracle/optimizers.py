"""What torch.optim makes of drawn gradients: STEPS steps from a drawn model, clipped by torch's clip_grad_norm_, at rates of
its schedulers. Case: kind is ours, rate the rate that the schedule scales, n the length of the model, steps their number;
tensors: "settings" in the order of SETTINGS (all of them exact in float32), "rate" at each step, the model after some."""
import warnings

import numpy as np
import torch
from torch.optim import lr_scheduler as schedulers

import draws

STEPS = 200  # rates of all of them are stored
AFTER = (1, 10, STEPS)
PARTS = (1, 96, 153)  # parameters of torch's; tests/equivalence/test_oracle_optimizers.c has the same in two parts
SETTINGS = ("momentum", "weight_decay", "beta1", "beta2", "epsilon", "clip", "form", "warmup", "mark1", "mark2", "factor")
PRESETS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
CONSTANT, STEP, COSINE = range(3)  # as enum schedule_form
WARM = 0.125  # a share of STEPS that is whole

SGD = [{}, {"momentum": 0.5}, {"momentum": 0.9}, {"momentum": 0.99}, {"weight_decay": 0.01},
       {"momentum": 0.9, "weight_decay": 0.125}, {"clip": 1.0}, {"momentum": 0.9, "weight_decay": 0.01, "clip": 2.0}]  # fmt: skip
NESTEROV = [{"momentum": 0.5}, {"momentum": 0.9}, {"momentum": 0.99}, {"momentum": 0.9, "weight_decay": 0.125},
            {"momentum": 0.9, "weight_decay": 0.01, "clip": 2.0}]  # fmt: skip
ADAMW = [{}, {"weight_decay": 0.01}, {"weight_decay": 0.5}, {"beta1": 0.5, "beta2": 0.9}, {"beta1": 0.0}, {"epsilon": 1e-3},
         {"clip": 0.5}, {"beta1": 0.95, "beta2": 0.99, "weight_decay": 0.125, "epsilon": 1e-5, "clip": 2.0}]  # fmt: skip
SCHEDULES = [{"form": STEP, "mark1": 0.5, "mark2": 0.75, "factor": 0.1}, {"form": COSINE},
             {"form": CONSTANT, "warmup": WARM}, {"form": COSINE, "warmup": WARM},
             {"form": STEP, "warmup": WARM, "mark1": 0.25, "mark2": 0.5, "factor": 0.5}]  # fmt: skip
# kind, rate, what is set beside a constant rate, with which the schedules are tried
KINDS = (("sgd", 0.05, SGD, {"momentum": 0.9}), ("nesterov", 0.02, NESTEROV, {"momentum": 0.9}),
         ("adamw", 0.01, ADAMW, {"weight_decay": 0.125}))  # fmt: skip


def single(x):
    return float(np.float32(x))


def optimizer_of(kind, rate, s, params):
    if kind == "adamw":
        return torch.optim.AdamW(params, rate, (s["beta1"], s["beta2"]), s["epsilon"], s["weight_decay"])
    return torch.optim.SGD(params, rate, s["momentum"], weight_decay=s["weight_decay"], nesterov=kind == "nesterov")


def scheduler_of(opt, s):
    """The warm-up begins at 0, where LinearLR cannot: the first step is ConstantLR's."""
    warm = int(s["warmup"] * STEPS)
    if s["form"] == COSINE:
        then = schedulers.CosineAnnealingLR(opt, STEPS - warm)
    else:
        marks = [int(s[m] * STEPS) - warm for m in ("mark1", "mark2") if s["form"] == STEP]
        then = schedulers.MultiStepLR(opt, marks, s["factor"])
    if not warm:
        return then
    zero = schedulers.ConstantLR(opt, 0, 1)
    rise = schedulers.LinearLR(opt, 1 / warm, 1, warm - 1)
    return schedulers.SequentialLR(opt, [zero, rise, then], [1, warm])


class Case:
    def __init__(self, out, number, kind, rate, settings):
        self.out, self.kind, self.rate = out, kind, rate
        self.name = f"{kind} {number}"
        self.settings = {**dict.fromkeys(SETTINGS, 0.0), **PRESETS, **settings}
        self.settings = {k: single(v) for k, v in self.settings.items()}

    def draw(self, what):
        return draws.values(self.out.seed, f"{self.name}/{what}", (sum(PARTS),))

    def gradient(self, step):
        """Some entries are 4^7 times as long as others."""
        return self.draw(f"g{step}") * (np.float32(0.25) ** (np.arange(sum(PARTS)) % 8)).astype(np.float32)

    def train(self, dtype):
        ends = np.cumsum(PARTS)[:-1]
        params = [torch.from_numpy(x.copy()).to(dtype).requires_grad_() for x in np.split(self.draw("x"), ends)]
        opt = optimizer_of(self.kind, self.rate, self.settings, params)
        scheduler, named, rates = scheduler_of(opt, self.settings), {}, []
        for step in range(1, STEPS + 1):
            for p, g in zip(params, np.split(self.gradient(step), ends)):
                p.grad = torch.from_numpy(g.copy()).to(dtype)
            if self.settings["clip"]:
                torch.nn.utils.clip_grad_norm_(params, self.settings["clip"])
            rates.append(opt.param_groups[0]["lr"])
            opt.step()
            scheduler.step()
            if step in AFTER:
                named[f"after {step}"] = torch.cat([p.detach() for p in params]).numpy().copy()
        return {"rate": np.array(rates), **named}

    def write(self):
        exact, single_ = self.train(torch.float64), self.train(torch.float32)
        settings = np.array([self.settings[k] for k in SETTINGS])
        tensors = [("settings", settings, [])] + [(k, exact[k], [single_[k]]) for k in exact]
        self.out.case(self.name, self.kind, tensors, self.rate, n=sum(PARTS), steps=STEPS)


def write(seed, path):
    out = draws.Writer(seed)
    warnings.filterwarnings("ignore", "The epoch parameter")  # by which SequentialLR calls its own
    for kind, rate, alone, usual in KINDS:
        for number, settings in enumerate([*alone, *({**usual, **s} for s in SCHEDULES)]):
            Case(out, number, kind, single(rate), settings).write()
    out.write(path)
