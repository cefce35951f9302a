"""powersgd against PyTorch's own: DistributedDataParallel with torch.distributed.algorithms.ddp_comm_hooks.powerSGD_hook, in
processes.

What the hook does not fix is made alike: a weight is a parameter with one column for each output, as it is factorised here (DDP's
and the authors' code factorise the transpose, whose factors begin elsewhere and end the same); the first Q has the simulator's
draws; every matrix is compressed that its factors make smaller. The hook demands at least two dense steps (start_powerSGD_iter),
which are compress_after. Momentum and weight decay act on the mean, outside: as heavy ball by torch.optim.SGD; in the paper's
form, D' + m, as the authors' train.py does (github.com/epfml/powersgd, paper-code, optimizer_momentum_type = nesterov): the decay
joins D' before the momentum."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as ddp
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.stateless import functional_call

import processes
import toy
from replay import philox

MOST = 1e-4  # columns that are nearly parallel before they are orthonormalised amplify rounding
WORKERS, STEPS, DENSE, MOMENTUM, RATE, DECAY = 4, 40, 2, 0.9, 0.01, 0.01
SETS = {"cluster.workers": WORKERS, "train.batch": 8, "train.learning_rate": RATE, "train.weight_decay": DECAY,
        "train.momentum": MOMENTUM, "experiment.iterations": WORKERS * STEPS, "algorithm.powersgd.compress_after": DENSE,
        "algorithm.powersgd.min_dimensions": 2}  # fmt: skip


class Columns(nn.Module):
    """A network with a column for each output."""

    def __init__(self, net):
        super().__init__()
        self.net, self.names, self.shapes = [net], [], []  # in a list: not a module of this one
        self.columns = nn.ParameterList()
        for name, p in net.named_parameters():
            self.names.append(name)
            self.shapes.append(p.shape)
            self.columns.append(nn.Parameter(self.column_of(p.detach()).clone()))

    @staticmethod
    def column_of(p):
        return p.reshape(len(p), -1).T.contiguous() if p.dim() > 1 else p

    def weights(self):
        return [c.T.reshape(shape) if c.dim() > 1 else c for c, shape in zip(self.columns, self.shapes)]

    def forward(self, x):
        return functional_call(self.net[0], dict(zip(self.names, self.weights())), x)


def first_q(seed, tensor, columns, rank):
    drawn = philox.uniform(columns * rank, seed, philox.FACTORS, tensor).reshape(rank, columns)
    return torch.from_numpy(np.ascontiguousarray(drawn.T)) - 0.5


def hook_with(seed, numbers):
    """The hook, with first factors of the simulator's. numbers: of each parameter in the model."""

    def hook(state, bucket):
        if state.iter == state.start_powerSGD_iter and bucket.index() not in state.q_memory_dict:
            rank, ps, qs = state.matrix_approximation_rank, [], []
            for p in bucket.parameters():
                if p.dim() > 1 and ddp._should_compress(*p.shape, rank, state.min_compression_rate)[0]:
                    ps.append(torch.empty(p.shape[0] * rank))
                    qs.append(first_q(seed, numbers[id(p)], p.shape[1], rank).reshape(-1))
            state.p_memory_dict[bucket.index()], state.q_memory_dict[bucket.index()] = torch.cat(ps), torch.cat(qs)
        return ddp.powerSGD_hook(state, bucket)

    return hook


class PaperSgd(torch.optim.Optimizer):
    """m <- lambda m + D;  x <- x - rate (D + m), D with the decay."""

    def __init__(self, params):
        super().__init__(params, {})

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]["params"]:
            D = p.grad + DECAY * p
            m = self.state[p]["m"] = MOMENTUM * self.state[p].get("m", 0.0) + D
            p -= RATE * (D + m)


def heavy_ball(params):
    return torch.optim.SGD(params, RATE, MOMENTUM, weight_decay=DECAY)


def train(number, net, batches, seed, rank, optimizer):
    """In process `number`; batches: of each. Returns the parameters in PyTorch's order."""
    net = Columns(net)
    opt = optimizer(net.parameters())
    model = DistributedDataParallel(net, broadcast_buffers=False)
    state = ddp.PowerSGDState(None, rank, DENSE, min_compression_rate=1)
    model.register_comm_hook(state, hook_with(seed, {id(p): i for i, p in enumerate(net.columns)}))
    for x, y in batches[number]:
        opt.zero_grad()
        F.cross_entropy(model(x), y).backward()
        opt.step()
    return toy.flat(net.weights())


def compare(bench, model, rank, form, optimizer):
    own = {"algorithm.powersgd.rank": rank, "algorithm.powersgd.momentum_form": form}
    run = bench.play("powersgd", {**SETS, **own, "model.name": model})
    batches = [[feed.next() for _ in range(STEPS)] for feed in run.feeds()]
    return run.away(processes.together(WORKERS, train, run.net(), batches, run.seed, rank, optimizer))


def checks(bench):
    for model in toy.MODELS:
        for rank in (1, 2):
            yield f"powersgd, rank {rank}, the paper's momentum: {model}", lambda: compare(bench, model, rank, "paper", PaperSgd)
    yield "powersgd, rank 2, heavy ball: tiny_bn", lambda: compare(bench, "tiny_bn", 2, "heavy_ball", heavy_ball)


def others(bench):
    def nesterov(params):
        """Of torch.optim: D + lambda m."""
        return torch.optim.SGD(params, RATE, MOMENTUM, weight_decay=DECAY, nesterov=True)

    yield "PyTorch's Nesterov, which is not the paper's: logreg", lambda: compare(bench, "logreg", 1, "paper", nesterov)
