"""DiLoCo with outer steps that are late, or made fragment by fragment."""
import numpy as np

from .rule import Rule, rule
from .rules_synchronous import outer_step
from .steps import mean

LINE = 16  # floats: a part begins where a vector of 64 bytes might (convention: sim/runtime/fragments.h)


@rule("eager_diloco")
class EagerDiLoCo(Rule):
    """Kale, Douillard, Donchev 2025, arXiv:2502.12996, section 3: worker m makes its outer step with
        Delta~_m(t) = mean Delta(t-1) + (1/N) (Delta_m(t) - Delta_m(t-1))
    and goes on from there; eager = no: mean Delta(t-1) alone. There is no Delta(0): it is 0. What is evaluated is the PS's model,
    which steps with the exact means."""

    codes_gradients = False

    def begin_worker(self, w):
        w.start, w.v, w.delta, w.late = w.x, 0.0, 0.0, 0.0

    def begin_server(self, s):
        s.v = 0.0

    def push(self, w, p):
        fresh = w.start - w.x
        eager = (fresh - w.delta) / self.workers if self.run.yes("eager") else 0.0
        w.start, w.v = outer_step(w.start, w.v, w.late + eager, self.run, w.done)
        w.x, w.delta = w.start, fresh
        return w.read(fresh)

    def update(self, s, pushes):
        s.late = mean(p.message for p in pushes)
        s.W, s.v = outer_step(s.W, s.v, s.late, self.run, s.done)

    def reply(self, s, worker):
        return s.late

    def accept(self, w, reply):
        w.late = reply


@rule("streaming_diloco")
class StreamingDiLoCo(Rule):
    """Douillard et al. 2025, arXiv:2501.18512, algorithm 2: fragment p, every H steps:  Delta_p = theta_p - x_p is sent, and tau steps
    later theta_p <- OuterOpt(theta_p, mean Delta_p) and x_p <- alpha x_p + (1 - alpha) theta_p. Section 3.2: fragments of layers with
    strides between them, layer l in fragment l mod P; or, not published, equal runs of the vector."""

    codes_gradients = False

    def begin_worker(self, w):
        w.start = w.x

    def begin_server(self, s):
        s.v = np.zeros_like(s.W)

    def strided(self, fragment, count):
        """The places of the elements of every layer l with l mod count = fragment; layers without parameters do not count."""
        places, at, number = [], 0, 0
        for layer in self.run.network.layers:
            n = sum(int(np.prod(shape)) for shape in layer.tensors)
            if n > 0:
                places += range(at, at + n) if number % count == fragment else []
                at, number = at + n, number + 1
        return np.array(places)

    def part(self, number):
        """(which, where) of message number `number`."""
        count, n = int(self.run.key("fragments")), self.run.network.n
        if self.run.own["layout"] == "strided" and count > 1:
            places = self.strided(number % count, count)
            return number % count, places, len(places)
        each = -(-n // count)
        each = -(-each // LINE) * LINE if count > 1 else n
        return number % count, slice(number % count * each, number % count * each + each), each

    def push(self, w, p):
        part, at, each = self.part(p.number)
        delta = (w.start - w.x)[at]
        if len(delta) == self.run.network.n:
            return w.read(delta)
        return w.read(delta, part=part, each=each)

    def update(self, s, pushes):
        _, at, _ = self.part(s.version - 1)
        s.W, s.v = s.W.copy(), s.v.copy()
        s.W[at], s.v[at] = outer_step(s.W[at], s.v[at], mean(p.message for p in pushes), self.run, s.done)

    def reply(self, s, worker):
        _, at, _ = self.part(s.version - 1)
        return at, s.W[at]

    def accept(self, w, reply):
        at, theta = reply
        alpha = self.run.key("mixing")
        w.start, w.x = w.start.copy(), w.x.copy()
        w.start[at] = theta
        w.x[at] = alpha * w.x[at] + (1 - alpha) * theta
