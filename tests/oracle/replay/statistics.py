"""BatchNorm's running statistics. A worker moves them with every batch, s <- r s + (1 - r) measured, r = 1 - momentum; they
travel with every push, and the PS's mean of them with every reply.

At a worker. The update is linear: what a worker holds after k own batches from s is r^k s + (what these batches add), whatever
s. So the exact answer to push j, which had s_j, is to have started from the mean instead:
    shift = mean - s_j ;  own <- own + r^k shift      k: own iterations since push j
and a younger push l that is not answered yet, which was sent i iterations after j, had r^i shift too little:
    s_l <- s_l + r^i shift                            (of the worker's copy; what was sent is sent)
With k = 0: own = mean. A reply that answers no push since the last accept counts as the answer to what own was then.

At the PS. If a reply goes to all workers: the mean over the pushes of this update; if it goes to single workers: over the last
statistics of each worker that has pushed at least once. Weighted where the model's mean is."""
from dataclasses import dataclass

from . import defects, steps
from .network import BatchNorm

STAYS = 1 - BatchNorm.MOMENTUM  # r


@dataclass
class Sent:
    number: int  # of the push
    iterations: int  # own ones before it
    statistics: object


class OfWorker:
    def __init__(self, first):
        self.own = first.copy()
        self.iterations = 0
        self.unanswered = []  # Sent, oldest first
        self.accepted = Sent(-1, 0, first.copy())

    def measure(self, measured):
        self.own = STAYS * self.own + (1 - STAYS) * measured
        self.iterations += 1

    def push(self, number):
        self.unanswered.append(Sent(number, self.iterations, self.own.copy()))
        return self.own.copy()

    def accept(self, mean, answers):
        """answers: number of the push that the reply answers; None: of none."""
        older = [sent for sent in self.unanswered if answers is not None and sent.number <= answers]
        self.unanswered = self.unanswered[len(older) :]
        base = older[-1] if older else self.accepted
        shift = mean - base.statistics
        if defects.is_in("statistics"):
            self.own = mean.copy()
        else:
            self.own = self.own + STAYS ** (self.iterations - base.iterations) * shift
        for sent in self.unanswered:
            sent.statistics = sent.statistics + STAYS ** (sent.iterations - base.iterations) * shift
        self.accepted = Sent(-1, self.iterations, self.own.copy())


class OfServer:
    def __init__(self, first):
        self.mean = first.copy()
        self.last = {}  # of workers that have pushed

    def update(self, pushes, of_all, weights):
        """pushes: of this update. of_all: the reply goes to all workers."""
        for push in pushes:
            self.last[push.worker] = push.statistics
        values = [p.statistics for p in pushes] if of_all else [self.last[i] for i in sorted(self.last)]
        self.mean = steps.weighted_mean(values, weights) if weights else steps.mean(values)
