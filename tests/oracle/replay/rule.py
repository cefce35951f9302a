"""What a rule is: one algorithm, as its paper has it. The framework (play.py) goes through the history; a rule says what the numbers
are. All vectors are 1-D float64 arrays of the model's length in the program's order of elements; none is changed in place."""
import numpy as np

from .steps import descend

RULES = {}


def rule(name):
    """Decorates the class of an algorithm: @rule("bsp")"""

    def known(kind):
        RULES[name] = kind
        kind.name = name
        return kind

    return known


class Rule:
    """What is not overridden is the commonest: a worker steps on its own model, gets a model and puts it in place of its own.

    run: settings (run.key("beta"), run.yes("drain"), run.own["mode"]), workers, clients, network.
    w (a worker): w.id, w.life.client (its client: itself, without sampled clients), w.x (its model, at first W_0), w.rate (in
    step: of this step), w.gamma (of the last reply), w.done (the place in the schedules of the model last accepted), w.update_rate (in accept: of the update
    that the reply brings), w.read(v, span=0, part=None): what the PS reads of v, through the codec of pushes; w.raw: of which elements it reads them as
    they are.
    s (the PS): s.W (its model, at first W_0), s.rate (of this update), s.version (its number), s.done (the place of W
    before it), s.direction(g): what the PS's optimiser makes of the mean gradient, s.read(v, span=0, part=None): what workers read
    of v, through the codec of replies.
    p (a push): p.worker, p.number, p.k, p.staleness, p.base (version of the model that it was computed from), p.samples (of its
    worker's share), p.rates (of its iterations), p.message.
    w and s are the rule's to keep what it needs: w.anything = ..."""

    tie, where = np.inf, ""  # how near a choice of the rule itself has come to its alternative, as of a codec, and where
    answers_all = True  # a reply goes to all workers; False: to single workers
    feedback = None  # what error feedback keeps by the paper: "gradient" or "step"; None: it has none
    codes_gradients = True  # what is coded is multiplied by a learning rate where it arrives; False: a difference of models
    optimizer_at = "worker"  # with optimizer_at = auto
    own_momentum = None  # the key of a momentum that the algorithm has instead of the optimiser
    decays = False  # weight decay is not the optimiser's
    one_rate = False  # True: a worker's steps have the rate of the last reply, as the PS steps with the same gradients

    def __init__(self, run):
        self.run, self.workers = run, run.workers

    def momentum(self):
        """By value: the own key's, where it is given; else the first that is more than 0; else the published 0.9."""
        if self.run.own[self.own_momentum]:
            return float(self.run.own[self.own_momentum])
        texts = self.run.own["momentum"], self.run.settings["train"]["momentum"], "0.9"
        return next(float(text) for text in texts if text and float(text) > 0)

    def decay(self, x):
        """Weight decay's part of the gradient at x."""
        return float(self.run.given("weight_decay")) * self.run.decays() * x

    def begin_worker(self, w):
        """Of every worker, before the first event."""

    def begin_server(self, s):
        """Before the first event."""

    def gradient(self, w, g):
        """That of the loss which the algorithm's worker minimises; g: of the data at w.x."""
        return g

    def step(self, w, d):
        """A local iteration. d: the direction that the worker's optimiser has made of the gradient at w.x; without one the
        gradient."""
        w.x = descend(w.x, w.rate, d)

    def push(self, w, p):
        """Returns what the PS reads: anything."""
        return w.x

    def update(self, s, pushes):
        """The PS's, in rank order: moves s.W."""
        raise NotImplementedError

    def weights(self, pushes):
        """Of the workers' models in their mean, and so of their statistics; None: equal ones."""
        return None

    def reply(self, s, worker):
        """Returns what a worker decodes, of any type. worker: None if the reply goes to all workers. Called right after the update."""
        return s.W

    def accept(self, w, reply):
        w.x = reply

    def on_reset(self):
        """What becomes of the worker's optimiser then: "keep" or "zero"."""
        return self.run.given("state_on_reset")


class GradientPush(Rule):
    """A push is the last gradient; only the PS makes steps, and has the optimiser for the mean gradient, as data-parallel
    training has it (Li et al., OSDI 2014; PyTorch's DDP, on replicas)."""

    optimizer_at = "server"

    def step(self, w, d):
        w.d = d

    def push(self, w, p):
        return w.read(w.d)
