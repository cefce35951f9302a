"""From a gradient to the direction d of a step x <- x - rate d, and what the rate is."""
import numpy as np

from . import defects


class Schedule:
    """A quantity as a function of iterations done and in all (KEYS.md, [train] schedule). Cosine: Loshchilov, Hutter, SGDR,
    ICLR 2017, eq. 5 without restarts, over what comes after the warm-up. The warm-up rises from `rises_from` of the quantity and is
    counted `ahead` iterations ahead."""

    def __init__(self, base, form, warmup, marks, factor, total, power=1.0, listed=(), rises_from=0.0, ahead=0):
        """marks, factor: of form step. power: of polynomial. listed: (mark, factor) of form list, by rising marks."""
        self.base, self.form, self.warmup, self.marks, self.factor, self.total = base, form, warmup, marks, factor, total
        self.power, self.listed, self.rises_from, self.ahead = power, listed, rises_from, ahead

    def at(self, done):
        done = min(done, self.total)
        if done / self.total < self.warmup:
            risen = min(1, (done + self.ahead) / (self.warmup * self.total))
            return self.base * (self.rises_from + (1 - self.rises_from) * risen)
        return self.base * self.fallen(done / self.total)

    def fallen(self, x):
        """The factor after the warm-up."""
        after = (x - self.warmup) / (1 - self.warmup)
        if self.form == "cosine":
            return (1 + np.cos(np.pi * after)) / 2
        if self.form == "step":
            return self.factor ** sum(x >= mark for mark in self.marks)
        if self.form in ("linear", "polynomial"):
            return (1 - after) ** (self.power if self.form == "polynomial" else 1)
        if self.form == "list":
            return ([1.0] + [factor for mark, factor in self.listed if x >= mark])[-1]
        return 1.0


class Optimizer:
    """One worker's, or the PS's. PyTorch's forms: torch.optim.SGD (with nesterov or not), AdamW; clipping as
    torch.nn.utils.clip_grad_norm_, of the gradient before anything else.

    decays: 1 where weight decay applies, else 0 (two groups of parameters, one with weight_decay = 0)."""

    def __init__(self, settings, decays):
        self.s, self.decays = settings, decays
        self.forget()

    def forget(self):
        self.t = 0
        self.first = self.second = 0.0

    def direction(self, g, x):
        s = self.s
        norm = np.linalg.norm(g)
        if s["clip_norm"] > 0 and norm > s["clip_norm"]:
            g = g * (s["clip_norm"] / norm)
        self.t += 1
        if s["optimizer"] == "adamw":
            return self.adamw(g, x)
        g = g + s["weight_decay"] * self.decays * x
        if s["momentum"] == 0:
            return g
        self.first = s["momentum"] * self.first + g  # u <- m u + g: Polyak 1964; Sutskever et al., ICML 2013
        return g + s["momentum"] * self.first if s["optimizer"] == "nesterov" else self.first

    def adamw(self, g, x):
        """Loshchilov, Hutter, ICLR 2019, arXiv:1711.05101, algorithm 2; the rate scales the decay as well."""
        s = self.s
        self.first = s["beta1"] * self.first + (1 - s["beta1"]) * g
        self.second = s["beta2"] * self.second + (1 - s["beta2"]) * g * g
        mean, square = self.first / (1 - s["beta1"] ** self.t), self.second / (1 - s["beta2"] ** self.t)
        return mean / (np.sqrt(square) + s["epsilon"]) + s["weight_decay"] * self.decays * x


class NoOptimizer:
    """Of the side that has none: a gradient passes through."""

    def forget(self):
        pass

    def direction(self, g, x):
        return g


def descend(x, rate, d):
    """x - rate d: the only step there is."""
    return x + rate * d if defects.is_in("sign") else x - rate * d


def mean(values):
    """(1/N) sum of v_i"""
    values = list(values)
    return sum(values) / (1 if defects.is_in("share") else len(values))


def weighted_mean(values, weights):
    """(sum of w_i v_i) / (sum of w_i)"""
    weights = [weight(w) for w in weights]
    return sum(w * v for w, v in zip(weights, values)) / sum(weights)


def weight(w):
    """w itself."""
    return 1.0 if defects.is_in("weight") else w
