"""Algorithms with a barrier: BSP, Local SGD and post-local SGD, SlowMo, BMUF, DiLoCo."""
from .rule import GradientPush, Rule, rule
from .steps import descend, mean


@rule("bsp")
class Bsp(GradientPush):
    """Valiant 1990; Li et al., OSDI 2014:  W <- W - eta d, d = (1/N) sum_i g_i without an optimiser"""

    def update(self, s, pushes):
        s.W = descend(s.W, s.rate, s.direction(mean(p.message for p in pushes)))


@rule("local_sgd")
class LocalSgd(Rule):
    """Stich, ICLR 2019, arXiv:1805.09767, algorithm 1: x_i <- x_i - eta g_i, every H steps x_i <- (1/N) sum_j x_j. With
    exchange = gradients the displacement is said by its gradients: W <- W - eta (1/N) sum_i G_i, G_i = sum_k g_i,k, for which
    workers and PS need the same eta."""

    def __init__(self, run):
        super().__init__(run)
        self.one_rate = run.own["exchange"] == "gradients"

    def begin_worker(self, w):
        w.G = 0.0

    def step(self, w, d):
        super().step(w, d)
        w.G = w.G + d

    def push(self, w, p):
        G, w.G = w.G, 0.0
        return w.read(G) if self.run.own["exchange"] == "gradients" else w.x

    def update(self, s, pushes):
        average = mean(p.message for p in pushes)
        s.W = descend(s.W, s.rate, average) if self.run.own["exchange"] == "gradients" else average


@rule("post_local_sgd")
class PostLocalSgd(Rule):
    """Lin, Stich, Patel, Jaggi, ICLR 2020, arXiv:1808.07217, section 3: H(t) = 1 if t <= t', else H (local SGD's models are averaged
    in both parts); t' is a fraction of the run, of which a worker knows what is in its model."""

    def begin_worker(self, w):
        w.t = 0

    def begin_server(self, s):
        s.t = 0

    def push(self, w, p):
        done = w.done if self.run.bounds.budget else w.t
        steps = 1 if done / self.run.total < self.run.key("switch_at") else int(self.run.key("local_steps"))
        assert p.k == steps, f"worker {w.id}, push {p.number}: expected {steps} local steps, got {p.k}"
        return w.x

    def update(self, s, pushes):
        s.t += sum(p.k for p in pushes)
        s.W = mean(p.message for p in pushes)

    def reply(self, s, worker):
        return s.W, s.t

    def accept(self, w, reply):
        w.x, w.t = reply


@rule("slowmo")
class SlowMo(Rule):
    """Wang, Tantia, Ballas, Rabbat, ICLR 2020, arXiv:1910.00643, algorithm 1, lines 7 and 8, eqs. 2 and 3:
    u <- beta u + (x_0 - x_tau) / gamma ;  x <- x_0 - alpha gamma u.  gamma: the rate of the round's first step; x_tau: the mean.
    Line 2: the buffers of the base optimiser are maintained, reset or averaged."""

    def begin_server(self, s):
        s.u = 0.0

    def push(self, w, p):
        return w.x, w.optimizer.first

    def update(self, s, pushes):
        average, gamma = mean(p.message[0] for p in pushes), pushes[0].rates[0]
        s.u = self.run.key("slow_momentum") * s.u + ((s.W - average) / gamma if gamma > 0 else 0.0)
        s.W = descend(s.W, self.run.key("slow_rate") * gamma, s.u)
        s.buffer = mean(p.message[1] for p in pushes)

    def reply(self, s, worker):
        return s.W, s.buffer

    def accept(self, w, reply):
        w.x, buffer = reply
        if self.run.own["buffers"] == "average":
            w.optimizer.first = buffer

    def on_reset(self):
        return self.run.own["buffers"] or super().on_reset()


@rule("bmuf")
class Bmuf(Rule):
    """Chen, Huo, ICASSP 2016, section 3: G(t) = mean of the workers' models - W_g(t-1), W_g being what they started from (eq. 4);
    Delta(t) = eta Delta(t-1) + zeta G(t) (eq. 5);  W(t) = W(t-1) + Delta(t) (eq. 6);  the next block starts from W_g(t) = W(t)
    (eq. 7), with Nesterov's look-ahead from W(t) + eta Delta(t) (eq. 8)."""

    def begin_server(self, s):
        s.Delta, s.W_g = 0.0, s.W

    def update(self, s, pushes):
        eta, zeta = self.run.key("block_momentum", 1 - 1 / self.workers), self.run.key("block_rate")
        G = mean(p.message for p in pushes) - s.W_g
        s.Delta = eta * s.Delta + zeta * G
        s.W = s.W + s.Delta
        s.W_g = s.W + eta * s.Delta if self.run.yes("nesterov") else s.W

    def reply(self, s, worker):
        return s.W_g


def outer_step(x, v, delta, run, done):
    """Nesterov's momentum on an outer gradient, in PyTorch's form: v <- mu v + D ;  x <- x - eta (D + mu v). Douillard et
    al. 2023, arXiv:2311.08105, section 2 ("OuterOpt"). done: local iterations in the PS's model, which eta may depend on."""
    v = run.key("outer_momentum") * v + delta
    return descend(x, run.outer_rate("outer").at(done), delta + run.key("outer_momentum") * v), v


@rule("diloco")
class DiLoCo(Rule):
    """arXiv:2311.08105, algorithm 1: Delta = (1/N) sum_i (theta - theta_i) ; theta <- OuterOpt(theta, Delta); the inner
    optimiser keeps its state."""

    codes_gradients = False

    def begin_worker(self, w):
        w.start = w.x

    def begin_server(self, s):
        s.v = 0.0

    def push(self, w, p):
        return w.read(w.start - w.x)

    def update(self, s, pushes):
        s.W, s.v = outer_step(s.W, s.v, mean(p.message for p in pushes), self.run, s.done)

    def accept(self, w, reply):
        w.x = w.start = reply
