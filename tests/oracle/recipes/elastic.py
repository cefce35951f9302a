"""easgd with a barrier: EASGD and EAMSGD (Zhang, Choromanska, LeCun, NIPS 2015, arXiv:1412.6651, algorithms 1 and 2), with
torch.autograd.

Checked with the authors' code (github.com/sixin-zh/mpiT, BiCNN/optim-eamsgd.lua), read and not copied: x and the centre z meet;
the next local step takes its gradient at the unpulled x, or at x + delta v, and only then is x pulled by alpha (x - z), of the x
that met. There a worker meets the centre before its first step, too, where x = z."""
import torch

import toy

WORKERS, INNER, ROUNDS, RATE, BETA = 4, 5, 12, 0.03, 0.9
SETS = {"cluster.workers": WORKERS, "train.batch": 8, "train.learning_rate": RATE,
        "experiment.iterations": WORKERS * INNER * ROUNDS, "algorithm.easgd.local_steps": INNER, "algorithm.easgd.beta": BETA}  # fmt: skip


class Worker:
    def __init__(self, run, feed, momentum):
        self.net, self.feed, self.momentum = run.net(), feed, momentum
        self.x, self.v, self.pull = run.first, torch.zeros_like(run.first), 0.0

    def meet(self, centre, alpha):
        self.pull = alpha * (self.x - centre)

    def step(self):
        self.v = self.momentum * self.v
        torch.nn.utils.vector_to_parameters(self.x + self.v, self.net.parameters())
        toy.mean_gradient(self.net, [self.feed.next()])
        self.v = self.v - RATE * torch.cat([p.grad.reshape(-1) for p in self.net.parameters()])
        self.x, self.pull = self.x + self.v - self.pull, 0.0


def train(run, momentum, alpha):
    workers, z = [Worker(run, feed, momentum) for feed in run.feeds()], run.first
    for _ in range(ROUNDS):
        for w in workers:
            for _ in range(INNER):
                w.step()
        for w in workers:
            w.meet(z, alpha)
        z = z + BETA / WORKERS * sum(w.x - z for w in workers)
    return z


def compare(bench, model, momentum, alpha, other_alpha=None):
    sets = {**SETS, "model.name": model, "train.momentum": momentum}
    if alpha is not None:
        sets["algorithm.easgd.alpha"] = alpha
    return (run := bench.play("easgd", sets)).away(train(run, momentum, other_alpha or alpha or BETA / WORKERS))


def checks(bench):
    for model in toy.MODELS:
        for momentum in (0.0, 0.9):
            for alpha in (None, 0.1):
                yield (f"easgd, momentum {momentum}{'' if alpha is None else f', alpha {alpha}'}: {model}",
                       lambda: compare(bench, model, momentum, alpha))  # fmt: skip


def others(bench):
    yield "easgd with another alpha: logreg", lambda: compare(bench, "logreg", 0.9, None, other_alpha=0.2)
