"""Optimisers at the worker, at rates that go on from local step to local step: bsp with optimizer_at = worker, local_sgd, slowmo,
post_local_sgd.

slowmo was checked with fairscale's (github.com/facebookresearch/fairscale, experimental/nn/data_parallel/gossip/distributed.py),
read and not copied: it divides by the rate of the round's last step, the paper by gamma_t, which is here the rate of the round's
first. post_local_sgd is played by PyTorch's own, in processes: post_localSGD_hook, PostLocalSGDOptimizer, PeriodicModelAverager.
In the first part of a run they average gradients, so that all workers have one momentum; here each has its own. So it is compared
without momentum."""
import torch
import torch.nn.functional as F
from torch.distributed.algorithms.ddp_comm_hooks.post_localSGD_hook import PostLocalSGDState, post_localSGD_hook
from torch.distributed.algorithms.model_averaging.averagers import PeriodicModelAverager
from torch.distributed.optim import PostLocalSGDOptimizer
from torch.nn.parallel import DistributedDataParallel

import joint_batch
import processes
import toy

WORKERS, INNER, ROUNDS = 4, 6, 10
STEPS, WARM = INNER * ROUNDS, 12
SETS = {"cluster.workers": WORKERS, "train.batch": 8, "experiment.iterations": WORKERS * STEPS, "train.schedule": "cosine",
        "train.warmup": WARM / STEPS}  # fmt: skip


def sgd(net):
    return torch.optim.SGD(net.parameters(), 0.02, 0.9, weight_decay=0.01)


def adamw(net):
    return torch.optim.AdamW(net.parameters(), 0.002, (0.9, 0.999), 1e-8, weight_decay=0.1)


class Worker:
    def __init__(self, run, feed, optimizer):
        self.net, self.feed = run.net(), feed
        self.opt = optimizer(self.net)
        self.scheduler = joint_batch.cosine(self.opt, WARM, STEPS)

    @property
    def rate(self):
        """Of the next step."""
        return self.opt.param_groups[0]["lr"]

    def train(self, start, steps):
        torch.nn.utils.vector_to_parameters(start.clone(), self.net.parameters())
        for _ in range(steps):
            toy.mean_gradient(self.net, [self.feed.next()])
            self.opt.step()
            self.scheduler.step()
        return toy.flat(self.net.parameters())

    def buffers(self):
        return [self.opt.state[p]["momentum_buffer"] for p in self.net.parameters()]


def zero_buffers(workers):
    for w in workers:
        for b in w.buffers():
            b.zero_()


def average_buffers(workers):
    for of_all in zip(*(w.buffers() for w in workers)):
        mean = torch.stack(of_all).mean(0)
        for b in of_all:
            b.copy_(mean)


def train(run, optimizer, inner, outer=lambda W, mean, rate: mean, after=lambda workers: None):
    """outer: what becomes of the PS's model and the workers' mean, with the rate of the round's first step."""
    workers, W = [Worker(run, feed, optimizer) for feed in run.feeds()], run.first
    for _ in range(STEPS // inner):
        rate = workers[0].rate
        W = outer(W, torch.stack([w.train(W, inner) for w in workers]).mean(0), rate)
        after(workers)
    return W


class SlowMo:
    def __init__(self, alpha=0.8, beta=0.6):
        self.alpha, self.beta, self.u = alpha, beta, 0.0

    def __call__(self, W, mean, rate):
        self.u = self.beta * self.u + (W - mean) / rate
        return W - self.alpha * rate * self.u


def compare(bench, model, algorithm, sets, **how):
    run = bench.play(algorithm, {**SETS, **sets, "model.name": model})
    return run.away(train(run, **how))


# ---- PyTorch's post-local SGD ----

SWITCH = STEPS // 2  # a step


def in_process(number, net, batches, momentum):
    local = torch.optim.SGD(net.parameters(), 0.02, momentum)
    scheduler = joint_batch.cosine(local, WARM, STEPS)
    model = DistributedDataParallel(net, broadcast_buffers=False)
    model.register_comm_hook(PostLocalSGDState(None, None, SWITCH, post_local_gradient_allreduce=False), post_localSGD_hook)
    # The averager's first mean would come after one step: its rounds begin INNER - 1 steps late.
    opt = PostLocalSGDOptimizer(local, PeriodicModelAverager(INNER, SWITCH + INNER - 1))
    for x, y in batches[number]:
        opt.zero_grad()
        F.cross_entropy(model(x), y).backward()
        opt.step()
        scheduler.step()
    return toy.flat(net.parameters())


def compare_post_local(bench, model, momentum=0.0):
    run = bench.play("post_local_sgd", {**SETS, "model.name": model, "train.learning_rate": 0.02, "train.momentum": momentum,
                                        "algorithm.post_local_sgd.local_steps": INNER, "algorithm.post_local_sgd.switch_at": 0.5})  # fmt: skip
    batches = [[feed.next() for _ in range(STEPS)] for feed in run.feeds()]
    return run.away(processes.together(WORKERS, in_process, run.net(), batches, momentum))


# ----

SGD = {"train.learning_rate": 0.02, "train.momentum": 0.9, "train.weight_decay": 0.01}
ADAMW = {"train.optimizer": "adamw", "train.learning_rate": 0.002, "train.weight_decay": 0.1}
SLOWMO = {**SGD, "algorithm.slowmo.local_steps": INNER, "algorithm.slowmo.slow_rate": 0.8, "algorithm.slowmo.slow_momentum": 0.6}
AFTER = {"keep": lambda workers: None, "zero": zero_buffers, "average": average_buffers}


def checks(bench):
    periodic, worker = {"algorithm.local_sgd.local_steps": INNER}, {"train.optimizer_at": "worker"}
    for model in toy.MODELS:
        yield (f"bsp, adamw at each worker: {model}",
               lambda: compare(bench, model, "bsp", {**ADAMW, **worker}, optimizer=adamw, inner=1))  # fmt: skip
        yield (f"local_sgd, momentum: {model}",
               lambda: compare(bench, model, "local_sgd", {**SGD, **periodic}, optimizer=sgd, inner=INNER))  # fmt: skip
        yield (f"local_sgd, adamw: {model}",
               lambda: compare(bench, model, "local_sgd", {**ADAMW, **periodic}, optimizer=adamw, inner=INNER))  # fmt: skip
        for buffers, after in AFTER.items():
            yield (f"slowmo, buffers = {buffers}: {model}",
                   lambda: compare(bench, model, "slowmo", {**SLOWMO, "algorithm.slowmo.buffers": buffers},
                                   optimizer=sgd, inner=INNER, outer=SlowMo(), after=after))  # fmt: skip
        yield f"post_local_sgd: {model}", lambda: compare_post_local(bench, model)


def others(bench):
    yield "post-local SGD with one momentum: logreg", lambda: compare_post_local(bench, "logreg", 0.9)
    yield "bsp with AdamW at each worker: logreg", lambda: compare(bench, "logreg", "bsp", ADAMW, optimizer=adamw, inner=1)
