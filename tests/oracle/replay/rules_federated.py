"""Rules for data that differ between workers."""
import numpy as np

from . import steps
from .rule import Rule, rule


@rule("fedavg")
class FedAvg(Rule):
    """McMahan et al., AISTATS 2017, arXiv:1602.05629, algorithm 1: w <- sum of (n_k / n) w_k, n the samples of those who take
    part."""

    def weights(self, pushes):
        return [p.samples for p in pushes]

    def update(self, s, pushes):
        s.W = steps.weighted_mean([p.message for p in pushes], self.weights(pushes))


@rule("scaffold")
class Scaffold(Rule):
    """Karimireddy et al., ICML 2020, arXiv:1910.06378, algorithm 1 with option II."""

    def begin_worker(self, w):
        w.start, w.c = w.x, np.zeros_like(w.x)

    def begin_server(self, s):
        s.c = np.zeros_like(s.W)
        self.c_of = [np.zeros_like(s.W) for _ in range(self.run.clients)]

    def step(self, w, d):
        w.x = steps.descend(w.x, w.rate, d - self.c_of[w.life.client] + w.c)  # line 10: y <- y - eta_l (g(y) - c_i + c)

    def push(self, w, p):
        delta = w.x - w.start
        # Line 12, less c_i: c_i+ - c_i = -c + (x - y) / (K eta_l). Without a rate there is no delta, and no gradient is known.
        change = -w.c - (delta / (p.k * w.rate) if w.rate > 0 else 0.0)
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
