"""Models are averaged while the workers walk on, and the average is merged with what they have reached: CoCoD, DGA, DaSGD,
Overlap-Local-SGD, LOSCAR."""
from .rule import Rule, rule
from .steps import mean


class Delayed(Rule):
    """The model y is sent, the mean m of all comes back later."""

    def push(self, w, p):
        w.y = w.x
        return w.x

    def update(self, s, pushes):
        s.W = mean(p.message for p in pushes)


@rule("cocod")
class CoCoD(Delayed):
    """Shen et al., IJCAI 2019, arXiv:1906.12043, algorithm 1, line 7:  x <- m + (x_reached - y)"""

    def accept(self, w, reply):
        w.x = reply + (w.x - w.y)


@rule("dga")
class Dga(Delayed):
    """Zhu et al., NeurIPS 2021, "Delayed Gradient Averaging", algorithm 1: the own old gradient is replaced by the mean of all,
    x <- x - eta (mean g^(t-D) - g_i^(t-D)); in blocks of K steps x <- x + (m - y), as docs/algorithms.md, 2.8 has it."""

    def accept(self, w, reply):
        w.x = w.x + (reply - w.y)


@rule("dasgd")
class Dasgd(Delayed):
    """Zhou et al. 2020, arXiv:2006.00441, the stand-in of docs/algorithms.md, 2.8:  x <- xi m + (1 - xi) x"""

    def accept(self, w, reply):
        xi = self.run.key("merge")
        w.x = xi * reply + (1 - xi) * w.x


@rule("overlap_local_sgd")
class OverlapLocalSgd(Rule):
    """Wang, Liang, Joshi, ICASSP 2020, arXiv:2002.09539, eqs. 3 to 5 and section 2.3: every tau steps
    x_i <- x_i - alpha (x_i - z) ;  v <- beta v + ((1/m) sum_i x_i - z) ;  z <- z + v.  The anchor z is a period old when it pulls."""

    def begin_worker(self, w):
        w.z = w.x

    def begin_server(self, s):
        s.v = 0.0

    def push(self, w, p):
        alpha = self.run.key("pullback")
        w.x = (1 - alpha) * w.x + alpha * w.z
        return w.x

    def update(self, s, pushes):
        s.v = self.run.key("anchor_momentum") * s.v + (mean(p.message for p in pushes) - s.W)
        s.W = s.W + s.v

    def accept(self, w, reply):
        w.z = reply


@rule("loscar")
class Loscar(Rule):
    """Maziane et al. 2026, arXiv:2605.20866, as docs/algorithms.md, 3.8 has it: on the mask S  x <- z + (m - y), elsewhere z. In
    the form with a replica (algorithms/loscar.c, convention): what is sent is C(y - W); W <- W + C(mean); a worker merges the
    difference between what all and what it itself has said: on S that is m - y, elsewhere 0."""

    codes_gradients = False

    def begin_worker(self, w):
        w.replica = w.x

    def push(self, w, p):
        w.said = w.read(w.x - w.replica)
        return w.said

    def update(self, s, pushes):
        s.change = s.read(mean(p.message for p in pushes))
        s.W = s.W + s.change

    def reply(self, s, worker):
        return s.change

    def accept(self, w, reply):
        w.replica = w.replica + reply
        w.x = w.x + (reply - w.said)
