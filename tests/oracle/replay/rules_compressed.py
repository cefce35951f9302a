"""Rules of which coding is a part: what is not sent is kept by the method itself."""
import numpy as np

from . import philox, steps
from .factors import factors_are_smaller, orthonormal
from .rule import GradientPush, Rule, rule


@rule("doublesqueeze")
class DoubleSqueeze(GradientPush):
    """Tang et al., ICML 2019, arXiv:1905.05957, algorithm 1: workers send Q[g + delta], the PS Q[mean + delta], and every worker
    steps with that: x <- x - gamma Q[v]. Both deltas are the codecs' error feedback. An optimiser at the PS makes its
    direction of the mean of what it reads, before Q."""

    feedback = "gradient"

    def update(self, s, pushes):
        s.read_by_all = s.read(s.direction(steps.mean(p.message for p in pushes)))
        s.W = steps.descend(s.W, s.rate, s.read_by_all)

    def reply(self, s, worker):
        return s.read_by_all

    def accept(self, w, reply):
        w.x = steps.descend(w.x, w.update_rate, reply)


@rule("dgc")
class Dgc(Rule):
    """Lin et al., ICLR 2018, arXiv:1712.01887. Equation 5 (momentum correction): u <- m u + g ; v <- v + u ; w <- w - eta (mean of
    sparse(v)). Section 3.1: what is sent leaves v; equation 6 (momentum factor masking): and u, too. In the authors' code a tensor
    that is not compressed has plain momentum: its u stays. Of weight decay the paper says nothing; the authors' optimiser
    (dgc/optim/sgd.py) has a momentum of it alone, b <- m b + decay w, and steps with b + mean."""

    own_momentum, decays = "correction", True

    def begin_worker(self, w):
        w.u = w.v = np.zeros_like(w.x)

    def begin_server(self, s):
        s.b = 0.0

    def step(self, w, d):
        w.u = self.momentum() * w.u + d
        w.v = w.v + w.u

    def push(self, w, p):
        read = w.read(w.v)
        w.v = w.v - read
        if self.run.yes("masking"):
            w.u = np.where((read != 0) & ~w.raw, 0.0, w.u)
        return read

    def update(self, s, pushes):
        s.b = self.momentum() * s.b + self.decay(s.W)
        s.W = steps.descend(s.W, s.rate, steps.mean(p.message for p in pushes) + s.b)


@rule("dgs")
class Dgs(Rule):
    """Yan, Xiao, Chen, Zhou, Wu, ICPP 2020, DOI 10.1145/3404397.3404401. Worker (SAMomentum): u <- m u + eta g ; the largest of u are
    sent and stay in u; the others are divided by m, so that the next m u leaves them as they are. PS: M <- M - sent, M = W - W_0;
    to worker k, which has v_k: the largest of M - v_k, which v_k gets, too."""

    codes_gradients = False
    answers_all = False
    own_momentum = "waiting_momentum"

    def begin_worker(self, w):
        w.u, w.after = np.zeros_like(w.x), 1.0

    def begin_server(self, s):
        s.M, s.first = np.zeros_like(s.W), s.W
        s.v = [np.zeros_like(s.W) for _ in range(self.workers)]

    def step(self, w, d):
        w.u = w.u + w.rate * d

    def push(self, w, p):
        read, m = w.read(w.u), self.momentum()
        # m (u) where u was sent, m (u / m) elsewhere. What a lossy codec left of a value that was sent has waited, too.
        w.u = np.where(read != 0, m * read + (w.u - read), w.u)
        return read

    def update(self, s, pushes):
        for p in pushes:
            s.M = steps.descend(s.M, 1.0, p.message)
        s.W = s.first + s.M

    def reply(self, s, worker):
        read = s.read(s.M - s.v[worker])
        s.v[worker] = s.v[worker] + read
        return read

    def accept(self, w, reply):
        w.x = w.x + reply


class Factors:
    """What all know of a matrix: Vogels, Karimireddy, Jaggi, NeurIPS 2019, arXiv:1905.13727, algorithm 1. Exchange after exchange the
    mean of P = M Q, which every worker orthonormalises, then the mean of Q = M' P."""

    def __init__(self, shape, rank, draw, exempt):
        self.shape, self.rank, self.draw = shape, rank, draw
        self.small = factors_are_smaller(shape, rank) and not exempt
        self.q = np.zeros((shape[1], rank))

    def offer(self, m, exchange, dense):
        """A worker's part of the mean; None: nothing to say."""
        if dense or not self.small:  # section 4.2 and appendix F: vectors are sent as they are
            return m if exchange == 0 else None
        if exchange % 2:
            return m.T @ self.p
        # The last step's Q (section 3, "warm start"); a column of zeros begins at random, as all did at first.
        empty = ~self.q.any(axis=0)
        random = self.draw(self.q.size).reshape(self.rank, -1).T - 0.5
        self.q = orthonormal(np.where(empty, random, self.q))
        return m @ self.q

    def floats(self, exchange, dense):
        """So many does a worker send."""
        if dense or not self.small:
            return self.shape[0] * self.shape[1] if exchange == 0 else 0
        return self.rank * self.shape[exchange % 2]

    def take(self, mean, exchange, dense):
        """The mean is there. Returns the matrix that all know then."""
        if dense or not self.small:
            self.known = mean if exchange == 0 else self.known
        elif exchange % 2:
            self.q = mean
            self.known = self.p @ self.q.T
        else:
            self.p, self.known = orthonormal(mean), None
        return self.known


@rule("powersgd")
class PowerSgd(Rule):
    """The same paper, algorithm 2; two exchanges for each power iteration, and the models step after the last one:
        D_w <- g_w + e_w ;  e_w <- D_w - D' ;  m <- lambda m + D' ;  x <- x - gamma (D' + m)
    D' = P Q' of the means. (Line 7 has each worker's own Q in its error; the authors' code and this have the mean, which all
    know: the mean of the errors is the same.) momentum_form = heavy_ball: x <- x - gamma m; without momentum x <- x - gamma D'.
    Weight decay, as in the authors' code (paper-code/train.py): D' has it from the mean on. In the first compress_after steps the
    gradient is sent as it is and nothing is kept (PyTorch's powerSGD_hook, start_powerSGD_iter)."""

    own_momentum, decays = "aggregate_momentum", True

    def __init__(self, run):
        super().__init__(run)
        self.exchanges, self.first = int(run.key("exchanges")), int(run.key("compress_after"))

    def is_dense(self, number):
        return number // self.exchanges < self.first

    def travels(self, number):
        """Floats of message `number`."""
        return sum(f.floats(number % self.exchanges, self.is_dense(number)) for f in self.factors())

    def factors(self):
        shapes = [(size // shape[-1] if len(shape) > 1 else 1, shape[-1]) for size, shape in self.tensors()]
        rank, seed = int(self.run.key("rank")), self.run.seed
        exempt = [dimensions < self.run.key("min_dimensions") for dimensions in self.run.network.dimensions]
        return [Factors(shape, rank, lambda n, t=t: philox.uniform(n, seed, philox.FACTORS, t), exempt[t])
                for t, shape in enumerate(shapes)]  # fmt: skip

    def begin(self, w):
        w.factors, w.m = self.factors(), 0.0

    def tensors(self):
        return zip(self.run.network.sizes, self.run.network.shapes)

    def begin_worker(self, w):
        self.begin(w)
        w.error = 0.0
        w.accepted = 0

    def begin_server(self, s):
        self.begin(s)

    def step(self, w, d):
        w.whole = d + w.error

    def push(self, w, p):
        ends = np.cumsum(self.run.network.sizes)[:-1]
        parts = np.split(w.whole, ends)
        now = p.number % self.exchanges, self.is_dense(p.number)
        return [f.offer(m.reshape(f.shape), *now) for f, m in zip(w.factors, parts)]

    def take(self, w, means, number, rate, model):
        """(the model after message `number`, D' after the last one of a step)"""
        exchange = number % self.exchanges
        known = [f.take(mean, exchange, self.is_dense(number)) for f, mean in zip(w.factors, means)]
        if exchange + 1 < self.exchanges:
            return model, None
        known = np.concatenate([k.reshape(-1) for k in known])
        return steps.descend(model, rate, self.directed(w, known + self.decay(model))), known

    def directed(self, w, d):
        if self.momentum() == 0:
            return d
        w.m = self.momentum() * w.m + d
        return d + w.m if self.run.own["momentum_form"] == "paper" else w.m

    def update(self, s, pushes):
        s.means = [None if of_all[0] is None else steps.mean(of_all) for of_all in zip(*(p.message for p in pushes))]
        s.W, _ = self.take(s, s.means, s.version - 1, s.rate, s.W)

    def reply(self, s, worker):
        return s.means

    def accept(self, w, reply):
        w.x, known = self.take(w, reply, w.accepted, w.update_rate, w.x)
        if known is not None:
            compressed = not self.is_dense(w.accepted)
            kept = np.concatenate([np.full(f.shape, f.small and compressed).reshape(-1) for f in w.factors])
            w.error = np.where(kept & self.run.yes("memory"), w.whole - known, 0.0)
        w.accepted += 1
