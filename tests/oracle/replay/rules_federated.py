"""Rules for data that differ between workers."""
import numpy as np

from . import steps
from .rule import Rule, rule


@rule("fedavg")
class FedAvg(Rule):
    """McMahan et al., AISTATS 2017, arXiv:1602.05629, algorithm 1: w <- sum of (n_k / n) w_k, n the samples of those who take
    part. With a server optimiser D = sum of (n_k / n) (w_k - w) is the pseudo-gradient: Reddi et al., ICLR 2021,
    arXiv:2003.00295, algorithm 2; momentum: Hsu, Qi, Brown 2019, arXiv:1909.06335, section 4.3."""

    def begin_server(self, s):
        s.m, s.v = 0.0, self.run.key("server_tau") ** 2

    def weights(self, pushes):
        return [p.samples for p in pushes]

    def update(self, s, pushes):
        if self.run.own["server_optimizer"] == "none":
            s.W = steps.weighted_mean([p.message for p in pushes], self.weights(pushes))
            return
        s.W = s.W + self.run.outer_rate("server").at(s.done) * self.server_direction(
            s, steps.weighted_mean([p.message - s.W for p in pushes], self.weights(pushes)))  # fmt: skip

    def note_tie(self, s, D):
        """Yogi's sign. A float of the run has D as exactly as W, which D is the difference of."""
        exact = np.abs(D) / np.maximum(np.abs(D), np.abs(s.W))
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = np.where(D == 0, np.inf, np.abs(s.v - D**2) / D**2 * exact)
        if gap.min() < self.tie:
            self.tie, self.where = gap.min(), f"yogi: element {gap.argmin()} in update {s.version}: {gap.min():.1e} of its square"

    def server_direction(self, s, D):
        optimizer, b1, b2 = self.run.own["server_optimizer"], self.run.key("server_beta1"), self.run.key("server_beta2")
        if optimizer == "momentum":
            s.m = b1 * s.m + D
            return s.m
        s.m = b1 * s.m + (1 - b1) * D  # line 11; lines 12 to 14: adagrad, yogi, adam
        if optimizer == "adagrad":
            s.v = s.v + D**2
        elif optimizer == "yogi":
            self.note_tie(s, D)
            s.v = s.v - (1 - b2) * D**2 * np.sign(s.v - D**2)
        else:
            s.v = b2 * s.v + (1 - b2) * D**2
        return s.m / (np.sqrt(s.v) + self.run.key("server_tau"))  # line 15


@rule("fedprox")
class FedProx(Rule):
    """Li et al., MLSys 2020, arXiv:1812.06127, algorithm 2: w_k minimises h_k(w; w^t) = F_k(w) + mu/2 |w - w^t|^2 (eq. 2), by local
    steps on its gradient. The mean is FedAvg's, as in their experiments (section 5.1)."""

    def begin_worker(self, w):
        w.start = w.x

    def weights(self, pushes):
        return [p.samples for p in pushes]

    def gradient(self, w, g):
        return g + self.run.key("mu") * (w.x - w.start)

    def update(self, s, pushes):
        s.W = steps.weighted_mean([p.message for p in pushes], self.weights(pushes))

    def accept(self, w, reply):
        w.x = w.start = reply


@rule("fednova")
class FedNova(Rule):
    """Wang et al., NeurIPS 2020, arXiv:2007.07481: x_i - x = -eta G_i a_i; d_i = G_i a_i / |a_i|_1 (section 4);
    x <- x - tau_eff sum_i p_i eta d_i (eq. 6), tau_eff = sum_i p_i |a_i|_1 as in the authors' code (distoptim/FedNova.py, average)."""

    codes_gradients = False

    def begin_worker(self, w):
        w.start = w.x

    def weights(self, pushes):
        return [p.samples for p in pushes]

    def norm(self, k):
        """|a_i|_1: how far k gradients of 1 lead with a rate of 1."""
        m, nesterov = float(self.run.given("momentum")), self.run.given("optimizer") == "nesterov"
        buffer = total = 0.0
        for _ in range(k):
            buffer = m * buffer + 1
            total += 1 + m * buffer if nesterov else buffer
        return total

    def push(self, w, p):
        return w.read((w.x - w.start) / self.norm(p.k))

    def update(self, s, pushes):
        weights = self.weights(pushes)
        tau = steps.weighted_mean([self.norm(p.k) for p in pushes], weights)
        s.W = s.W + tau * steps.weighted_mean([p.message for p in pushes], weights)

    def accept(self, w, reply):
        w.x = w.start = reply


@rule("scaffold")
class Scaffold(Rule):
    """Karimireddy et al., ICML 2020, arXiv:1910.06378, algorithm 1 with option II."""

    codes_gradients = False

    def begin_worker(self, w):
        w.start, w.c = w.x, np.zeros_like(w.x)

    def begin_server(self, s):
        s.c = np.zeros_like(s.W)
        self.c_of = [np.zeros_like(s.W) for _ in range(self.run.clients)]

    def step(self, w, d):
        w.x = steps.descend(w.x, w.rate, d - self.c_of[w.life.client] + w.c)  # line 10: y <- y - eta_l (g(y) - c_i + c)

    def push(self, w, p):
        delta = w.x - w.start
        # Line 12, less c_i: c_i+ - c_i = -c + (x - y) / (K eta_l), with the sum of K rates. Without a rate there is no delta, and no
        # gradient is known.
        change = -w.c - (delta / sum(p.rates) if sum(p.rates) > 0 else 0.0)
        delta, change = w.read(delta, 0), w.read(change, 1)
        # Line 14: c_i <- c_i+. With a codec by what the PS reads, so that c = (1/N) sum of c_i stays, which the proofs use.
        self.c_of[w.life.client] = self.c_of[w.life.client] + change
        return delta, change

    def update(self, s, pushes):
        mean = steps.mean(p.message[0] for p in pushes)
        s.W = s.W + self.run.key("global_rate") * mean  # line 16: x <- x + eta_g (1/|S|) sum of (y_i - x)
        # line 17: c <- c + (|S| / N) (1/|S|) sum of (c_i+ - c_i)
        s.c = s.c + len(pushes) / self.run.clients * steps.mean(p.message[1] for p in pushes)

    def reply(self, s, worker):
        return s.W, s.c

    def accept(self, w, reply):
        w.start, w.c = reply
        w.x = w.start
