"""Rules without a barrier of all: the asynchronous PS, its relatives that wait for some, and elastic averaging."""
from . import steps
from .rule import GradientPush, Rule, rule


class OneByOne(GradientPush):
    """Every push is an update, and its sender gets the model after it, now or later."""

    answers_all = False
    scaling, compensation = False, 0.0

    def begin_server(self, s):
        s.given = {i: s.W for i in range(self.workers)}  # the model that a worker has

    def update(self, s, pushes):
        (p,) = pushes
        g = p.message
        g = g + self.compensation * g * g * (s.W - s.given[p.worker])  # Zheng et al., ICML 2017, arXiv:1609.08326, eq. 10
        rate = s.rate
        if self.scaling:  # Zhang, Gupta, Lian, Liu, IJCAI 2016, arXiv:1511.05950, section 3: the rate over the staleness; counted
            rate = steps.weight(1 / (1 + s.version - 1 - p.base)) * rate  # from 1 here, so that fresh gradients keep the rate
        s.W = steps.descend(s.W, rate, s.direction(g))

    def reply(self, s, worker):
        s.given[worker] = s.W
        return s.W


@rule("asp")
class Asp(OneByOne):
    """Recht et al., NIPS 2011, arXiv:1106.5730; Dean et al., NIPS 2012, section 4.1: W <- W - eta g, g as old as it may be."""

    def __init__(self, run):
        super().__init__(run)
        self.scaling, self.compensation = run.yes("staleness_scaling"), run.key("delay_compensation")


@rule("ssp")
class Ssp(Asp):
    """Ho et al., NIPS 2013, section 2: the numbers are ASP's; the history has the waiting times."""


@rule("dc_asgd")
class DcAsgd(OneByOne):
    """Zheng et al., ICML 2017, arXiv:1609.08326, algorithm 2 and equation 10, a constant lambda:
    w <- w - eta (g + lambda g . g . (w - w_bak(m)))"""

    def __init__(self, run):
        super().__init__(run)
        self.compensation = run.key("lambda")


class MeanOfK(GradientPush):
    """Dutta et al., AISTATS 2018, arXiv:1803.01113, section 2: w <- w - (eta / K) sum of K gradients, each of its sender's
    model. Which K is in the history."""

    def update(self, s, pushes):
        s.W = steps.descend(s.W, s.rate, s.direction(steps.mean(p.message for p in pushes)))


@rule("k_sync")
class KSync(MeanOfK):
    """The first K of the newest model."""


@rule("k_batch_sync")
class KBatchSync(MeanOfK):
    """The first K of the newest model, of whatever workers."""


@rule("k_async")
class KAsync(MeanOfK):
    """K of different workers, however old."""

    answers_all = False


@rule("k_batch_async")
class KBatchAsync(MeanOfK):
    """K of whatever workers, however old."""

    answers_all = False


@rule("easgd")
class Easgd(Rule):
    """Zhang, Choromanska, LeCun, NIPS 2015, arXiv:1412.6651. Equations 5 and 6, and algorithm 1 (one worker at a time): at every
    tau-th step
        x <- x - eta g(x) - alpha (x - z) ;  z <- z + (beta / N) sum of (x - z)        both with x and z as they were
    so that the gradient is that of the x which has not been pulled. alpha = beta / N in the paper. Algorithm 2, EAMSGD:
        v <- delta v - eta g(x + delta v) ;  x <- x - alpha (x - z) + v
    delta is the momentum of sgd or nesterov; with adamw, whose directions take the place of g, there is none."""

    def __init__(self, run):
        super().__init__(run)
        self.share = run.key("beta") / run.workers
        self.alpha = run.key("alpha", self.share)
        self.answers_all = run.own["mode"] == "synchronous"
        self.delta = 0.0 if run.given("optimizer") == "adamw" else float(run.given("momentum"))

    def begin_worker(self, w):
        w.optimizer.s["momentum"] = 0.0
        w.place, w.v, w.pull = w.x, 0.0, 0.0

    def step(self, w, d):
        w.v = self.delta * w.v + steps.descend(0.0, w.rate, d)
        w.place = w.place - w.pull + w.v
        w.x, w.pull = w.place + self.delta * w.v, 0.0

    def push(self, w, p):
        return w.place

    def update(self, s, pushes):
        s.old = s.W
        s.W = s.W + self.share * sum(p.message - s.W for p in pushes)

    def reply(self, s, worker):
        return s.old

    def accept(self, w, reply):
        w.pull = self.alpha * (w.place - reply)
