"""Control, computed a second time: which worker steps, pushes, waits and gets a reply at which ns.

Written from the rules of time and the protocols alone and sharing nothing with the C code: one loop over
nanoseconds, exact fractions for the fluid of the links. Slow, and as literal as possible.
"""
import math
from fractions import Fraction

import philox

EARLY = Fraction(1, 1024)  # an arrival is the finishing time less this, rounded up to a whole ns
NEVER = math.inf


def nearest(x):
    """The nearest whole number, a half up; exact, as all numbers here are: decimals of the ini, and doubles that were drawn."""
    return math.floor(Fraction(x) + Fraction(1, 2))


class Message:
    """A push or a reply in flight."""

    def __init__(self, worker, version, k=0, stop=False, cancel=False, final=False, answers=()):
        self.worker, self.version, self.k = worker, version, k
        self.stop, self.cancel, self.final, self.answers = stop, cancel, final, answers
        self.depart = self.arrive = self.reply = self.accept = -1
        self.round = 0
        self.staleness = None
        self.compute = self.waiting = 0


class Links:
    """One direction: a link for each worker and the server link, shared by max-min fairness."""

    def __init__(self, bytes_per_ns, server, latency, size):
        self.rate, self.server, self.latency_of, self.size = bytes_per_ns, server, latency, size
        self.departed = [0] * len(bytes_per_ns)
        self.now = Fraction(0)
        self.left = {}     # flow in the fluid -> bytes that remain
        self.queue = {}    # worker -> [(departure + latency, message)], departed but not in the fluid
        self.free = {}     # worker -> arrival of the message before

    def depart(self, message, t):
        message.depart = t
        latency = nearest(self.latency_of(message.worker, self.departed[message.worker]))
        self.departed[message.worker] += 1
        self.queue.setdefault(message.worker, []).append((t + latency, message))

    def shares(self):
        """Equal shares; a flow that cannot use its share leaves the rest to the others."""
        rate, server, open_flows = {}, self.server, sorted(self.left, key=lambda m: self.rate[m.worker])
        for i, flow in enumerate(open_flows):
            rate[flow] = min(self.rate[flow.worker], server / (len(open_flows) - i) if server != NEVER else NEVER)
            server = server - rate[flow] if server != NEVER else NEVER
        return rate

    def ends(self):
        """(moment, worker, flow) of the last byte of each flow, if the set of flows stayed as it is."""
        return [(self.now + (self.left[flow] / rate if rate != NEVER else 0), flow.worker, flow)
                for flow, rate in self.shares().items()]

    def advance(self, t):
        """Moves the fluid to t; returns the messages that arrive by then."""
        arrived = []
        while True:
            end, _, flow = min(self.ends(), key=lambda e: e[:2], default=(NEVER, 0, None))
            if end > t + EARLY:
                break
            self.flow_to(min(end, t))  # what ends in the 2^-10 ns after its arrival leaves at its arrival
            del self.left[flow]
            flow.arrive = self.free[flow.worker] = t
            arrived.append(flow)
        self.flow_to(Fraction(t))
        return arrived

    def flow_to(self, t):
        rate = self.shares()
        for flow in self.left if t > self.now else ():
            self.left[flow] -= rate[flow] * (t - self.now)
        self.now = t

    def waiting(self):
        """(moment, worker) of every message that can enter next: one at a time on each link."""
        for worker, queue in self.queue.items():
            on_link = any(flow.worker == worker for flow in self.left)
            if queue and not on_link:
                yield max(queue[0][0], self.free.get(worker, 0)), worker

    def enter(self, t):
        for moment, worker in list(self.waiting()):
            if moment <= t:
                _, message = self.queue[worker].pop(0)
                self.left[message] = Fraction(self.size)

    def next(self):
        """The next ns at which the fluid changes or a message arrives."""
        ends = [math.ceil(end - EARLY) for end, _, _ in self.ends()]
        return min(ends + [moment for moment, _ in self.waiting()], default=NEVER)


class Worker:
    def __init__(self, rank, duration):
        self.rank, self.duration_of = rank, duration
        self.begun = 0                # iterations
        self.version = self.base = 0  # updates in the model it holds, and in the one its gradients began with
        self.k = 0                    # iterations since the last push
        self.until = None             # end of the running iteration; None: it waits
        self.since = 0                # accounts are closed up to here
        self.compute = self.waiting = 0
        self.unanswered = None        # its last push, while no reply to it has been accepted
        self.upload = None            # its push in flight
        self.inbox = []
        self.pushes = []
        self.stopped = False          # it has accepted a reply that says stop
        self.idle = False             # after the last update it has accepted an older reply: it begins nothing more

    def close(self, t):
        if self.until is None:
            self.waiting += t - self.since
        else:
            self.compute += t - self.since
        self.since = t


class Control:
    """One run. setting: see draw_setting() in check_control.py; all times in ns, bandwidths in bytes/ns."""

    BY_ROUNDS = ('bsp', 'local_sgd', 'losp')

    def __init__(self, setting):
        self.s = setting
        self.name = setting['algorithm']
        self.draws = philox.Draws(setting.get('seed', 1))
        size = setting['size']
        self.up = Links(setting['up'], setting['server_up'], lambda *message: self.latency(0, *message), size)
        self.down = Links(setting['down'], setting['server_down'], lambda *message: self.latency(1, *message), size)
        self.workers = [Worker(i, self.duration) for i in range(len(setting['compute']))]
        self.cost = nearest(setting['cost_per_byte'] * size)
        self.served = []              # pushes that have arrived: they queue for the one server
        self.serving_until = None     # of the first of these
        self.version = self.total = 0
        self.held = []                # pushes that wait for an update or an answer
        self.clock = [0] * len(self.workers)
        self.stopping = False
        self.replies = []             # in flight
        self.finals_due = 0
        self.end = None
        self.to_decide = set()

    # ---- formulas: exact, and rounded by their callers ----

    def duration(self, worker, iteration):
        """Of an iteration: what the ini says of a batch, times its batches, times what was drawn."""
        s, ns = self.s, Fraction(self.s['compute'][worker]) * self.s.get('batches', 1)
        if s.get('jitter'):
            ns *= Fraction(self.draws.lognormal(s['jitter'], philox.JITTER, worker, iteration))
        if s.get('spread'):
            ns *= Fraction(self.draws.lognormal(s['spread'], philox.SPREAD, worker))
        probability, factor, length = s.get('straggler', (0, 1, 0))
        if any(self.draws.uniform(philox.STRAGGLER, worker, begin) < probability
               for begin in range(max(0, iteration - length + 1), iteration + 1)):
            ns *= factor
        return ns

    def latency(self, direction, worker, number):
        ns = Fraction(self.s['latency'][worker])
        if self.s.get('latency_jitter'):
            ns *= Fraction(self.draws.lognormal(self.s['latency_jitter'], philox.LATENCY, worker, number, direction))
        return ns

    # ---- the loop ----

    def run(self):
        for w in self.workers:
            self.to_decide.add(w.rank)
        t = 0
        while True:
            self.instant(t)
            if self.end is not None:
                return self.finish()
            t = min([self.up.next(), self.down.next(), self.serving_until if self.serving_until is not None else NEVER]
                    + [w.until for w in self.workers if w.until is not None])
            if t == NEVER:
                raise RuntimeError('no worker can go on')

    def instant(self, t):
        """Push arrivals and their service, reply arrivals, decisions; again until nothing is left at t."""
        while True:
            pushes = self.arrivals(self.up, t)
            busy = bool(pushes)
            for push in pushes:
                self.arrived_push(push, t)
            while self.serve(t):
                busy = True
            replies = self.arrivals(self.down, t)
            for reply in replies:
                self.arrived_reply(reply, t)
            busy = busy or bool(replies)
            for w in self.workers:
                if w.until == t:
                    w.close(t)
                    w.until = None
                    w.k += 1
                    self.to_decide.add(w.rank)
            for rank in sorted(self.to_decide):
                self.to_decide.discard(rank)
                self.decide(self.workers[rank], t)
                busy = True
            if not busy:
                break
        if self.stopping and not self.finals_due and not self.replies:
            self.end = t

    @staticmethod
    def arrivals(links, t):
        """All that come through at t, in rank order; a message of no length enters and arrives at once."""
        arrived = links.advance(t)
        links.enter(t)
        arrived += links.advance(t)
        return sorted(arrived, key=lambda m: m.worker)

    # ---- the server ----

    def arrived_push(self, push, t):
        w = self.workers[push.worker]
        w.upload = None
        if w.until is None:
            self.to_decide.add(w.rank)  # it may have waited for the link
        self.served.append(push)

    def serve(self, t):
        """The single server at t: whether a push's service ended, and what follows."""
        if self.serving_until is None and self.served:
            self.serving_until = t + self.cost
        if self.serving_until is None or self.serving_until > t:
            return False
        push = self.served.pop(0)
        self.serving_until = t + self.cost if self.served else None
        if push.final:
            self.finals_due -= 1
            self.held.append(push)
            if not self.finals_due:
                self.update(self.held)
        elif not self.stopping:
            getattr(self, 'admit_' + self.name)(push, t)
        return True

    def update(self, pushes):
        for push in pushes:
            push.staleness = self.version - push.version
            push.round = self.version + 1
            self.total += push.k
        self.version += 1
        self.held = [push for push in self.held if push not in pushes]
        if self.total >= self.s['iterations']:
            self.stopping = True

    def answer(self, pushes, t, workers=None, cancel=False):
        """Replies to the senders of these pushes, or to the workers given."""
        for rank in sorted({p.worker for p in pushes} if workers is None else workers):
            mine = [p for p in pushes if p.worker == rank]
            reply = Message(rank, self.version, stop=self.stopping, cancel=cancel, answers=mine)
            self.replies.append(reply)
            self.down.depart(reply, t)

    def admit_bsp(self, push, t):
        self.held.append(push)
        if len(self.held) == len(self.workers):
            pushes = self.held
            self.update(pushes)
            if self.stopping and self.s.get('drain'):
                self.finals_due = len(self.workers)
            self.answer(pushes, t)

    admit_local_sgd = admit_losp = admit_bsp

    def admit_asp(self, push, t):
        self.update([push])
        self.answer([push], t)

    def admit_ssp(self, push, t):
        self.update([push])
        self.clock[push.worker] += 1
        self.held.append(push)
        free = [p for p in self.held if self.stopping or self.clock[p.worker] - min(self.clock) <= self.s['slack']]
        self.held = [p for p in self.held if p not in free]
        self.answer(free, t)

    def admit_k_sync(self, push, t):
        if push.version != self.version:
            push.staleness = self.version - push.version  # a laggard's: dropped without a reply
            return
        self.held.append(push)
        if len(self.held) == self.s['k']:
            pushes = self.held
            self.update(pushes)
            self.answer(pushes, t, range(len(self.workers)), cancel=True)

    admit_k_batch_sync = admit_k_sync

    def admit_k_async(self, push, t):
        self.held.append(push)
        if len(self.held) == self.s['k']:
            pushes = self.held
            self.update(pushes)
            self.answer(pushes, t)

    def admit_k_batch_async(self, push, t):
        self.held.append(push)
        if len(self.held) == self.s['k']:
            self.update(self.held)
        self.answer([push], t)

    # ---- the workers ----

    def arrived_reply(self, reply, t):
        w = self.workers[reply.worker]
        self.replies.remove(reply)
        for push in reply.answers:
            push.reply = t
        w.inbox.append(reply)
        if w.until is None:
            self.to_decide.add(w.rank)
        elif reply.cancel:
            w.close(t)
            w.until = None
            self.to_decide.add(w.rank)

    def decide(self, w, t):
        if w.until is not None:
            return
        for reply in w.inbox:
            self.accept(w, reply, t)
        w.inbox = []
        if self.ready(w):
            self.push(w, t)
        w.close(t)
        if self.may_step(w):
            w.until = t + max(1, nearest(w.duration_of(w.rank, w.begun)))
            w.begun += 1

    def accept(self, w, reply, t):
        for push in reply.answers:
            push.accept = t
        w.version = reply.version
        w.unanswered = None
        if reply.cancel:
            w.k = 0
        if w.k == 0:
            w.base = w.version
        w.stopped = w.stopped or reply.stop
        w.idle = w.idle or self.stopping

    def ready(self, w):
        if w.stopped:
            return bool(self.s.get('drain')) and w.k > 0 and not w.pushes[-1].final
        if self.stopping and self.name not in self.BY_ROUNDS:
            return False
        enough = {'losp': self.s.get('min_k', 1), 'local_sgd': self.s.get('local_steps', 1)}.get(self.name, 1)
        return w.k >= enough and w.unanswered is None and w.upload is None

    def may_step(self, w):
        if w.stopped or w.idle:
            return False
        if self.name == 'losp':
            return w.k < self.s['max_k']
        if self.name == 'local_sgd':
            return w.unanswered is None and w.k < self.s['local_steps']
        return w.unanswered is None and w.k < 1

    def push(self, w, t):
        w.close(t)
        push = Message(w.rank, w.base, k=w.k, final=w.stopped)
        push.compute, push.waiting = w.compute, w.waiting
        w.compute = w.waiting = w.k = 0
        w.base = w.version
        w.pushes.append(push)
        w.upload = push
        if self.name != 'k_batch_sync':
            w.unanswered = push
        self.up.depart(push, t)

    # ---- the end ----

    def finish(self):
        """virtual_ns; for each worker, its rows of workers.csv; and its whole compute and waiting."""
        rows, totals = [], []
        for w in self.workers:
            for reply in w.inbox:  # its iteration is cut at the end, and the boundary is there
                self.accept(w, reply, self.end)
            for p in w.pushes:
                if p.staleness is None:
                    p.staleness = self.version - p.version
            rows.append([(p.round, p.k, p.depart, p.arrive, p.reply, p.accept, p.staleness, p.compute, p.waiting)
                         for p in w.pushes])
            w.close(self.end)
            totals.append((sum(p.compute for p in w.pushes) + w.compute, sum(p.waiting for p in w.pushes) + w.waiting))
        return self.end, rows, totals
