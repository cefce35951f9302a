"""Outer optimisers of fedavg (Reddi et al., ICLR 2021, arXiv:2003.00295, algorithm 2), on clients that differ in their labels and
numbers of samples.

The rules were checked against public code, read and not copied; D is the weighted mean of x_i - W, and eta m / (sqrt(v) + tau)
the step in all of it:

                        v_0     bias correction                      m of adagrad
    paper, APPFL        tau^2   none                                 has beta1 as well
    Flower (2020)       0       none                                 beta1 = 0
    Flower (2025)       0       FedAdam: eta_t of Kingma and Ba's    beta1 = 0
                                section 2, t = the round + 1
    FLamby              0       none; beta2 = 0.999                  -
    google-research     -       Keras' Adam: Flower's of 2025, but   its Adagrad begins with a sum
                                t = the round                        of its own, beta1 = 0

(github.com/APPFL/APPFL, adap/flower, owkin/FLamby, google-research/federated: optimization/shared.) FedAvgM is Keras' SGD there
and the same in Flower. The simulator has the paper's. Here PyTorch's own optimisers make the steps where they can, with -D as the
gradient: SGD is FedAvgM; Adagrad, with tau^2 as its first sum, is FedAdagrad with beta1 = 0; Adam, which has forgotten that it
ever began, is FedAdam.

fedprox: the proximal term is in the loss, as in Flower's examples; JYWa/FedNova's FedProx.py adds its gradient behind the
momentum instead. fednova: as in JYWa/FedNova's FedNova.py without its proximal and global terms: a gradient that came j steps
before the last one has gone into the worker's model 1 + m + .. + m^j times; |a| is the sum of these; momentum begins at 0 in
every round."""
import torch
import torch.nn.functional as F

import toy

RATE, TAU, B1, B2 = 0.05, 1e-3, 0.9, 0.99
WORKERS = 4
SETS = {"cluster.workers": WORKERS, "data.partition": "dirichlet", "data.beta": 1, "train.batch": 8, "train.learning_rate": 0.05,
        "experiment.iterations": 600}  # fmt: skip
CLIENTS = {"cluster.clients": 12}


def local_training(run, feed, net, steps, version, options):
    """From the PS's model."""
    opt = torch.optim.SGD(net.parameters(), 0.05, options.get("momentum", 0.0))
    start, mu = toy.flat(net.parameters()), options.get("mu", 0.0)
    for _ in range(steps):
        x, y = feed.next(version)
        opt.zero_grad()
        moved = torch.nn.utils.parameters_to_vector(net.parameters()) - start
        (F.cross_entropy(net(x), y) + mu / 2 * moved @ moved).backward()
        opt.step()
    return toy.flat(net.parameters())


def times_of(steps, momentum):
    """|a|: how often each gradient of a round has gone into the model, all in all."""
    return sum(sum(momentum**i for i in range(j + 1)) for j in range(steps))


def train(run, outer, **options):
    """outer: of the PS's model (a parameter), an optimiser that steps with the gradient -D."""
    W = torch.nn.Parameter(run.first.clone())
    opt, feeds, net = outer(W), run.feeds(), run.net()
    for version, pushes in enumerate(run.rounds()):
        deltas, samples, times = [], [], []
        for worker, steps in pushes:
            torch.nn.utils.vector_to_parameters(W.detach().clone(), net.parameters())
            deltas.append(local_training(run, feeds[worker], net, steps, version, options) - W.detach())
            samples.append(feeds[worker].samples)
            times.append(times_of(steps, options.get("momentum", 0.0)) if "normalised" in options else 1.0)
        part, times = torch.tensor(samples) / sum(samples), torch.tensor(times, dtype=torch.double)
        W.grad = -(part @ times) * ((part / times) @ torch.stack(deltas))
        opt.step()
    return W.detach()


class Yogi:
    """Zaheer et al., NeurIPS 2018, as Reddi et al. have it: v moves towards D^2 by at most (1 - beta2) D^2."""

    def __init__(self, W, v0=TAU**2):
        self.W, self.m, self.v = W, torch.zeros_like(W.data), torch.full_like(W.data, v0)

    def step(self):
        D = -self.W.grad
        self.m = B1 * self.m + (1 - B1) * D
        nearer = torch.where(self.v > D**2, -1.0, 1.0) * (self.v != D**2)
        self.v = self.v + (1 - B2) * nearer * D**2
        self.W.data += RATE * self.m / (self.v.sqrt() + TAU)


def adam(W):
    opt = torch.optim.Adam([W], RATE, (B1, B2), TAU)
    long_ago = 1e9  # 1 - beta^t is 1
    opt.state[W] = {"step": torch.tensor(long_ago), "exp_avg": torch.zeros_like(W.data),
                    "exp_avg_sq": torch.full_like(W.data, TAU**2)}  # fmt: skip
    return opt


class Flower:
    """FedAdam with v_0 = 0 and the corrected rate of the second round in the first."""

    def __init__(self, W):
        self.W, self.t, self.m, self.v = W, 1, 0.0, 0.0

    def step(self):
        D, self.t = -self.W.grad, self.t + 1
        self.m, self.v = B1 * self.m + (1 - B1) * D, B2 * self.v + (1 - B2) * D**2
        rate = RATE * (1 - B2**self.t) ** 0.5 / (1 - B1**self.t)
        self.W.data += rate * self.m / (self.v.sqrt() + TAU)


def adagrad(W):
    return torch.optim.Adagrad([W], RATE, initial_accumulator_value=TAU**2, eps=TAU)


OUTER = {  # the algorithm's keys, the optimiser
    "none": ({}, lambda W: torch.optim.SGD([W], 1.0)),
    "momentum": ({"server_rate": 0.7, "server_beta1": B1}, lambda W: torch.optim.SGD([W], 0.7, B1)),
    "adam": ({"server_rate": RATE, "server_beta1": B1, "server_beta2": B2, "server_tau": TAU}, adam),
    "yogi": ({"server_rate": RATE, "server_beta1": B1, "server_beta2": B2, "server_tau": TAU}, Yogi),
    "adagrad": ({"server_rate": RATE, "server_beta1": 0, "server_tau": TAU}, adagrad),
}  # fmt: skip


PLAIN = OUTER["none"][1]
OTHERS = {  # algorithm, its keys and [train]'s, options of train()
    "fedprox": ("fedprox", {"mu": 1}, {}, dict(mu=1.0)),
    "fedprox, momentum": ("fedprox", {"mu": 0.1}, {"train.momentum": 0.5, "train.state_on_reset": "zero"},
                          dict(mu=0.1, momentum=0.5)),
    "fednova": ("fednova", {}, {}, dict(normalised=True)),
    "fednova, momentum": ("fednova", {}, {"train.momentum": 0.5}, dict(normalised=True, momentum=0.5)),
}  # fmt: skip
SETTINGS = ("logreg", {}), ("tiny_bn", {}), ("logreg", CLIENTS)


def compare(bench, algorithm, model, own, sets, outer=PLAIN, options={}):
    """own: of the algorithm's section."""
    own = {f"algorithm.{algorithm}.{key}": value for key, value in {"local_epochs": 1, **own}.items()}
    run = bench.play(algorithm, {**SETS, **sets, **own, "model.name": model})
    return run.away(train(run, outer, **options))


def checks(bench):
    for name, (own, outer) in OUTER.items():
        for model, clients in SETTINGS:
            yield (f"fedavg, {name}: {model}{', 12 clients' if clients else ''}",
                   lambda: compare(bench, "fedavg", model, {"server_optimizer": name, **own}, clients, outer))  # fmt: skip
    for name, (algorithm, own, sets, options) in OTHERS.items():
        for model, clients in SETTINGS:
            yield (f"{name}: {model}{', 12 clients' if clients else ''}",
                   lambda: compare(bench, algorithm, model, own, {**sets, **clients}, options=options))  # fmt: skip


def others(bench):
    adam = {"server_optimizer": "adam", **OUTER["adam"][0]}
    yield "Flower's FedAdam (2025): logreg", lambda: compare(bench, "fedavg", "logreg", adam, {}, Flower)
    yield ("FedNova without normalisation: logreg",
           lambda: compare(bench, "fednova", "logreg", {}, {"train.momentum": 0.5}, options=dict(momentum=0.5)))  # fmt: skip
