"""Data-parallel training is serial training on the joint batch: bsp, and k_sync with K = N, against torch.optim,
torch.nn.utils.clip_grad_norm_ and torch.optim.lr_scheduler; and against torch's DistributedDataParallel, in processes. The
optimiser is at the server, which is what `auto` means for both."""
import torch
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils import clip_grad_norm_
from torch.optim import lr_scheduler as schedulers

import processes
import toy

WORKERS, STEPS, WARM = 4, 60, 12  # WARM: steps of the warm-up
LOCAL = {"cluster.workers": WORKERS, "train.batch": 8, "experiment.iterations": WORKERS * STEPS}


def constant(opt):
    return schedulers.ConstantLR(opt, 1, 0)


def cosine(opt, warm=WARM, total=STEPS, start=0.0):
    """The rate rises from `start` + (1 - start) / warm of itself to itself in `warm` steps, and falls to 0 by a cosine in the
    others."""
    rise = schedulers.LinearLR(opt, start + (1 - start) / warm, 1, warm - 1)
    return schedulers.SequentialLR(opt, [rise, schedulers.CosineAnnealingLR(opt, total - warm)], [warm])


def rates(schedule, base, steps):
    """Of each step."""
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], base)
    scheduler, found = schedule(opt), []
    for _ in range(steps):
        found.append(opt.param_groups[0]["lr"])
        opt.step()
        scheduler.step()
    return found


def groups(net, decay, matrices_only=False):
    """Parameter groups, as scripts make them that do not let vectors decay."""
    decays = [p for p in net.parameters() if p.dim() > 1 or not matrices_only]
    others = [p for p in net.parameters() if p.dim() == 1 and matrices_only]
    return [{"params": decays, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}][: 1 + bool(others)]


def train(run, optimizer, schedule, clip=None, accumulate=1):
    """optimizer: of a network. Each step takes `accumulate` batches of every worker."""
    net, feeds = run.net(), run.feeds()
    opt = optimizer(net)
    scheduler = schedule(opt)
    for _ in range(STEPS):
        toy.mean_gradient(net, [feed.next() for feed in feeds for _ in range(accumulate)])
        if clip:
            clip_grad_norm_(net.parameters(), clip)
        opt.step()
        scheduler.step()
    return run.away(net)


def in_process(number, net, batches, optimizer, schedule, clip):
    """The same by DistributedDataParallel."""
    opt = optimizer(net)
    scheduler, model = schedule(opt), DistributedDataParallel(net, broadcast_buffers=False)
    for x, y in batches[number]:
        opt.zero_grad()
        F.cross_entropy(model(x), y).backward()
        clip_grad_norm_(net.parameters(), clip)
        opt.step()
        scheduler.step()
    return toy.flat(net.parameters())


def sgd(momentum=0.0, nesterov=False, decay=0.0, matrices_only=False, rate=0.05):
    return lambda net: torch.optim.SGD(groups(net, decay, matrices_only), rate, momentum, nesterov=nesterov)


def adamw(decay=0.0, matrices_only=False, rate=0.002):
    return lambda net: torch.optim.AdamW(groups(net, decay, matrices_only), rate, (0.9, 0.99), 1e-8)


ADAMW = {"train.optimizer": "adamw", "train.learning_rate": 0.002, "train.beta2": 0.99}
MOMENTUM = {"train.optimizer": "sgd", "train.momentum": 0.9, "train.learning_rate": 0.01}
COSINE = {"train.schedule": "cosine", "train.warmup": WARM / STEPS}
ALL_OF_IT = {**ADAMW, **COSINE, "train.weight_decay": 0.1, "train.clip_norm": 0.5}

# name: algorithm, what ./simulate gets, what trains in PyTorch
CASES = {
    "bsp, sgd": ("bsp", {"train.learning_rate": 0.05}, dict(optimizer=sgd(), schedule=constant)),
    "bsp, sgd, momentum, decay": ("bsp", {**MOMENTUM, "train.weight_decay": 0.01},
                                  dict(optimizer=sgd(0.9, decay=0.01, rate=0.01), schedule=constant)),
    "bsp, nesterov, clipped": ("bsp", {**MOMENTUM, "train.optimizer": "nesterov", "train.clip_norm": 0.5},
                               dict(optimizer=sgd(0.9, True, rate=0.01), schedule=constant, clip=0.5)),
    "bsp, sgd, warm-up, cosine": ("bsp", {"train.learning_rate": 0.05, **COSINE}, dict(optimizer=sgd(), schedule=cosine)),
    "bsp, sgd, warm-up from 1/4": ("bsp", {"train.learning_rate": 0.05, **COSINE, "train.warmup_from": 0.25},
                                   dict(optimizer=sgd(), schedule=lambda opt: cosine(opt, start=0.25))),
    "bsp, adamw": ("bsp", ADAMW, dict(optimizer=adamw(), schedule=constant)),
    "bsp, adamw, decay, clipped, warm-up, cosine": ("bsp", ALL_OF_IT, dict(optimizer=adamw(0.1), schedule=cosine, clip=0.5)),
    "bsp, adamw, decay of matrices": ("bsp", {**ADAMW, "train.weight_decay": 0.5, "train.weight_decay_on": "matrices"},
                                      dict(optimizer=adamw(0.5, True), schedule=constant)),
    "bsp, adamw, 3 batches accumulated": ("bsp", {**ALL_OF_IT, "train.accumulate": 3},
                                          dict(optimizer=adamw(0.1), schedule=cosine, clip=0.5, accumulate=3)),
    "k_sync, K = N, adamw, decay, clipped, warm-up, cosine": ("k_sync", {**ALL_OF_IT, "algorithm.k_sync.k": WORKERS},
                                                              dict(optimizer=adamw(0.1), schedule=cosine, clip=0.5)),
    "bsp, polynomial": ("bsp", {"train.learning_rate": 0.05, "train.schedule": "polynomial", "train.power": 2},
                        dict(optimizer=sgd(), schedule=lambda opt: schedulers.LambdaLR(opt, lambda s: (1 - s / STEPS) ** 2))),
    "bsp, linear": ("bsp", {"train.learning_rate": 0.05, "train.schedule": "linear"},
                    dict(optimizer=sgd(), schedule=lambda opt: schedulers.LinearLR(opt, 1, 0, STEPS))),
    "bsp, list": ("bsp", {"train.learning_rate": 0.05, "train.schedule": "list", "train.list_at": "0.5, 0.75",
                          "train.list_factors": "0.2, 0.04"},
                  dict(optimizer=sgd(), schedule=lambda opt: schedulers.MultiStepLR(opt, [STEPS // 2, 3 * STEPS // 4], 0.2))),
}  # fmt: skip


def compare(bench, model, algorithm, sets, torchs):
    return train(bench.play(algorithm, {**LOCAL, "model.name": model, **sets}), **torchs)


def compare_ddp(bench, model):
    run = bench.play("bsp", {**LOCAL, "model.name": model, **ALL_OF_IT})
    batches = [[feed.next() for _ in range(STEPS)] for feed in run.feeds()]
    return run.away(processes.together(WORKERS, in_process, run.net(), batches, adamw(0.1), cosine, 0.5))


def checks(bench):
    """(name, what says how far apart the two are) of each."""
    for model in toy.MODELS:
        for name, case in CASES.items():
            yield f"{name}: {model}", lambda: compare(bench, model, *case)
        yield f"bsp, adamw, DistributedDataParallel: {model}", lambda: compare_ddp(bench, model)


def others(bench):
    no_decay = dict(optimizer=adamw(0), schedule=cosine, clip=0.5)
    short = dict(optimizer=adamw(0.1), schedule=lambda opt: cosine(opt, WARM - 1), clip=0.5)
    yield "AdamW without decay: logreg", lambda: compare(bench, "logreg", "bsp", ALL_OF_IT, no_decay)
    yield "a warm-up that is a step shorter: logreg", lambda: compare(bench, "logreg", "bsp", ALL_OF_IT, short)
