"""diloco.ini, inside with torch.optim.AdamW, clip_grad_norm_ and LambdaLR, outside with torch.optim.SGD(nesterov=True).

Checked with OpenDiLoCo's train_diloco_torch.py (github.com/PrimeIntellect-ai/OpenDiloco), read and not copied: the outer gradient
is the start minus the mean of the workers' models; the inner optimiser keeps its moments, and its schedule goes on, from round to
round. It takes its rates from transformers' get_cosine_schedule_with_warmup, where step s of a warm-up of w has the factor s / w,
so that the first step moves nothing; here, as in google-research's and in most scripts, it has (s + 1) / w."""
import math
import pathlib

import torch
from torch.nn.utils import clip_grad_norm_

import toy

INI = pathlib.Path(__file__).with_suffix(".ini")


def warm_cosine(warm, total):
    return lambda s: (s + 1) / warm if s < warm else (1 + math.cos(math.pi * (s - warm) / (total - warm))) / 2


class Worker:
    def __init__(self, run, feed, rate, factor):
        self.net, self.feed = run.net(), feed
        self.opt = torch.optim.AdamW(self.net.parameters(), 4e-4 if rate is None else rate, (0.9, 0.95), 1e-8, weight_decay=0.1)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.opt, factor)

    def train(self, start, steps):
        torch.nn.utils.vector_to_parameters(start.clone(), self.net.parameters())
        for _ in range(steps):
            toy.mean_gradient(self.net, [self.feed.next()])
            clip_grad_norm_(self.net.parameters(), 1.0)
            self.opt.step()
            self.scheduler.step()
        return toy.flat(self.net.parameters())


def train(run, inner, rounds, warm, rate=None, factor=warm_cosine):
    """inner: steps of a round."""
    workers = [Worker(run, feed, rate, factor(warm, inner * rounds)) for feed in run.feeds()]
    theta = torch.nn.Parameter(run.first.clone())
    outer = torch.optim.SGD([theta], 0.7, 0.9, nesterov=True)
    for _ in range(rounds):
        models = [w.train(theta.detach(), inner) for w in workers]
        theta.grad = theta.detach() - torch.stack(models).mean(0)
        outer.step()
    return theta.detach()


def compare(bench, model, inner, rounds, warm, sets, **options):
    steps = inner * rounds
    scaled = {"model.name": model, "train.batch": 8, "train.warmup": warm / steps, "experiment.iterations": 8 * steps}
    run = bench.play("diloco", {**scaled, **sets}, INI)
    return run.away(train(run, inner, rounds, warm, sets.get("train.learning_rate"), **options))


SHORT = {"algorithm.diloco.local_steps": 5, "train.learning_rate": 2e-3}


def checks(bench):
    yield "diloco.ini, 5 rounds: logreg", lambda: compare(bench, "logreg", 500, 5, 1000, {})
    yield ("diloco.ini, 20 rounds of 5 steps: tiny_bn",
           lambda: compare(bench, "tiny_bn", 5, 20, 40, SHORT))  # fmt: skip


def others(bench):
    def of_transformers(warm, total):
        return lambda s: min(s / warm, warm_cosine(warm, total)(s))

    yield "the warm-up of transformers: tiny_bn", lambda: compare(bench, "tiny_bn", 5, 20, 40, SHORT, factor=of_transformers)
