"""A worker goes on while its push and the reply are in flight, then starts from the reply: OSP, LOSP, DQLOSP, Pipe-SGD, and the
published code's Local SGD."""
from .rule import GradientPush, Rule, rule
from .steps import descend, mean, weight


@rule("pipe_sgd")
class PipeSgd(GradientPush):
    """Li et al., NeurIPS 2018, arXiv:1811.03619, algorithm 1 with K = 2:  W_t+1 = W_t - eta (1/N) sum_i g_i(W_t-1)"""

    def update(self, s, pushes):
        s.W = descend(s.W, s.rate, s.direction(mean(p.message for p in pushes)))


@rule("osp")
class Osp(Rule):
    """Wang, Guo, Li, ICPP 2019, appendix, eq. 1:  w_t+1 = w_t - eta_t (1/P) sum_i sum_k g(w^i_t-1,k), the local phase
    w^i_t-1,. starting from the global model w_t-1. Sums, not means, of a push's K gradients; weighting = mean divides
    each by its K."""

    one_rate = True
    gamma_of = staticmethod(lambda w: 0.0)

    def begin_worker(self, w):
        w.ref, w.G = w.x, 0.0

    def step(self, w, d):
        super().step(w, d)
        w.G = w.G + d

    def share(self, k):
        """The weight of a push of k gradients."""
        return weight(1 / k) if self.run.own.get("weighting") == "mean" and k > 0 else 1.0

    def push(self, w, p):
        G, w.G = w.G, 0.0
        w.x = descend(w.ref, self.gamma_of(w) * self.share(p.k), G)
        return w.read(G)

    def average(self, pushes):
        return mean(self.share(p.k) * p.message for p in pushes)

    def update(self, s, pushes):
        s.W = descend(s.W, s.rate, self.average(pushes))

    def accept(self, w, reply):
        w.ref = reply


@rule("local_sgd_jsac")
class LocalSgdJsac(Osp):
    """docs/algorithms.md, 1.2 (f), the published baseline: W_r+1 = W_r - eta (1/N) sum_i G_i, where G_i starts from W_r-1:
    OSP's numbers, pulled before the own update."""


@rule("losp")
class Losp(Osp):
    """Wang et al., IEEE JSAC 39(8), 2021, as docs/algorithms.md, 1.4 (b) has it: as OSP, but the next local phase starts from
    x = ref - gamma G, G being what is pushed; with weighting = mean gamma G / K."""

    gamma_of = staticmethod(lambda w: w.gamma)


@rule("dqlosp")
class Dqlosp(Losp):
    """docs/algorithms.md, 1.5 (b): pushes Q(G) ; A = (1/N) sum_i Q(G_i) ; U = Q(A) goes to all workers ; W <- W - eta U at
    the PS and rep <- rep - eta U at every worker; local phases start from rep - gamma G with the G that is not coded."""

    def update(self, s, pushes):
        s.U = s.read(self.average(pushes))
        s.W = descend(s.W, s.rate, s.U)

    def reply(self, s, worker):
        return s.U

    def accept(self, w, reply):
        w.ref = descend(w.ref, w.update_rate, reply)
