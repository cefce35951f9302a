"""dgc.ini with torch: momentum correction, momentum factor masking, local clipping, the warm-up of sparsity (Lin et al., ICLR 2018,
arXiv:1712.01887, sections 3.1 to 3.3).

Checked with the authors' code (github.com/synxlin/deep-gradient-compression: dgc/memory.py, compression.py, optim/sgd.py), read
and not copied. As there, vectors are averaged as they are, and their momentum, which nothing masks, is that of the mean; weight
decay has a momentum of its own that is never compressed. Where that code differs from the paper, and so from this: it finds the
threshold on a sample of the values and rounds k up; it divides 1 / ratio into equal powers over the epochs of the warm-up; it
clips tensor by tensor, vectors after the mean; its rates warm up, too."""
import pathlib

import torch
from torch.nn.utils import clip_grad_norm_

import toy

INI = pathlib.Path(__file__).with_suffix(".ini")
STEPS, WARMUP, RATIO, MOMENTUM, CLIP = 60, 24, 0.02, 0.9, 0.5
SETS = {"train.batch": 8, "train.learning_rate": 0.02, "experiment.iterations": 4 * STEPS, "codec.topk.ratio": RATIO,
        "codec.topk.warmup": WARMUP, "train.weight_decay": 0.01}  # fmt: skip


class Memory:
    """What one worker keeps of one tensor."""

    def __init__(self, p):
        self.u, self.v, self.gap = torch.zeros(p.numel()), torch.zeros(p.numel()), float("inf")

    def sparse(self, g, ratio, masking):
        """The largest of v, after which these are 0 in v, and with masking in u."""
        self.u = MOMENTUM * self.u + g
        self.v = self.v + self.u
        k = max(1, int(ratio * len(g)))
        size = self.v.abs().sort(descending=True)
        if k < len(g):
            self.gap = min(self.gap, (1 - size.values[k] / size.values[k - 1]).item())
        sent = torch.zeros_like(g)
        sent[size.indices[:k]] = self.v[size.indices[:k]]
        self.v[size.indices[:k]] = 0
        if masking:
            self.u[size.indices[:k]] = 0
        return sent


def ratio_of(message):
    return max(RATIO, 0.25 ** (1 + 4 * message // WARMUP)) if message < WARMUP else RATIO


def gradients(net, batch):
    toy.mean_gradient(net, [batch])
    if CLIP:
        clip_grad_norm_(net.parameters(), CLIP)
    return [p.grad.reshape(-1).clone() for p in net.parameters()]


def train(run, masking=True, decay=0.01, rate=0.02):
    """(the last model, the smallest relative gap between a value that was sent and one that was not)"""
    net, feeds = run.net(), run.feeds()
    params = list(net.parameters())
    memories = [[Memory(p) for p in params] for _ in feeds]
    outside = [torch.zeros(p.numel()) for p in params]  # momentum of the decay, and of the means of vectors
    for step in range(STEPS):
        of_all = [gradients(net, feed.next()) for feed in feeds]
        now = rate * 0.1 ** ((step >= STEPS / 2) + (step >= 0.75 * STEPS))
        for i, p in enumerate(params):
            dense = decay * p.detach().reshape(-1)
            if p.dim() > 1:
                sparse = sum(m[i].sparse(g[i], ratio_of(step), masking) for m, g in zip(memories, of_all)) / len(feeds)
            else:
                dense, sparse = dense + sum(g[i] for g in of_all) / len(feeds), 0
            outside[i] = MOMENTUM * outside[i] + dense
            p.data -= now * (outside[i] + sparse).reshape(p.shape)
    return net, min(m.gap for of_worker in memories for m in of_worker)


def compare(bench, model, sets, **options):
    run = bench.play("dgc", {**SETS, "model.name": model, **sets}, INI)
    net, gap = train(run, **options)
    return run.away(net, gap)


def checks(bench):
    for model in toy.MODELS:
        yield f"dgc.ini: {model}", lambda: compare(bench, model, {})
        yield f"dgc.ini, no masking: {model}", lambda: compare(bench, model, {"algorithm.dgc.masking": "no"}, masking=False)


def others(bench):
    yield "dgc.ini without masking: logreg", lambda: compare(bench, "logreg", {}, masking=False)
