"""Control, computed a second time: which worker steps, pushes, waits and gets a reply at which ns.

Written from the rules of time and the protocols alone and sharing nothing with the C code: one loop over
nanoseconds, exact fractions for the fluid of the links. Slow, and as literal as possible. The networks are in star.py, graph.py
and exchanges.py; protocols.py says when a worker steps, pushes and waits.
"""
from fractions import Fraction

import philox
from exchanges import network
from graph import NEVER, nearest
from protocols import PROTOCOLS


class Message:
    """A push or a reply in flight."""

    def __init__(self, worker, version, k=0, stop=False, cancel=False, final=False, answers=()):
        self.worker, self.version, self.k = worker, version, k
        self.stop, self.cancel, self.final, self.answers = stop, cancel, final, answers
        self.depart = self.arrive = self.reply = self.accept = -1
        self.uploaded = False  # nothing of it is on its sender's link any more
        self.round = 0
        self.staleness = None
        self.compute = self.waiting = 0


class Worker:
    def __init__(self, rank, duration):
        self.rank, self.duration_of = rank, duration
        self.begun = 0                # iterations
        self.version = self.base = 0  # updates in the model it holds, and in the one its gradients began with
        self.k = 0                    # iterations since the last push
        self.until = None             # end of the running iteration; None: it waits
        self.since = 0                # accounts are closed up to here
        self.compute = self.waiting = 0
        self.unanswered = []          # its pushes without an accepted reply
        self.upload = None            # its push that is still on its link
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

    def __init__(self, setting):
        self.s = setting
        self.name = setting['algorithm']
        self.draws = philox.Draws(setting.get('seed', 1))
        self.protocol = PROTOCOLS[self.name]
        self.net = network(setting, self.draws)
        self.workers = [Worker(i, self.duration) for i in range(len(setting['compute']))]
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

    # ---- the loop ----

    def run(self):
        for w in self.workers:
            self.to_decide.add(w.rank)
        t = 0
        while True:
            self.instant(t)
            if self.end is not None:
                return self.finish()
            t = min([self.net.next(), self.serving_until if self.serving_until is not None else NEVER]
                    + [w.until for w in self.workers if w.until is not None])
            if t == NEVER:
                raise RuntimeError('no worker can go on')

    def instant(self, t):
        """Push arrivals and their service, reply arrivals, decisions; again until nothing is left at t."""
        while True:
            pushes = self.net.pushes(t)
            self.served += pushes
            busy = bool(pushes)
            for w in self.workers:
                if w.upload and w.upload.uploaded:
                    w.upload = None
                    if w.until is None:
                        self.to_decide.add(w.rank)  # it may have waited for the link
            while self.serve(t):
                busy = True
            replies = self.net.replies(t)
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
            if not busy and not self.net.came and not self.net.results:
                break
        if self.stopping and not self.finals_due and not self.replies:
            self.end = t

    # ---- the server ----

    def cost(self):
        """Of the service of the first push that waits for it."""
        return nearest(self.s['cost_per_byte'] * self.net.service_bytes(self.served[0].number)) if self.net.has_server else 0

    def serve(self, t):
        """The single server at t: whether a push's service ended, and what follows."""
        if self.serving_until is None and self.served:
            self.serving_until = t + self.cost()
        if self.serving_until is None or self.serving_until > t:
            return False
        push = self.served.pop(0)
        self.serving_until = t + self.cost() if self.served else None
        if push.final:
            self.finals_due -= 1
            self.held.append(push)
            if not self.finals_due:
                finals = self.held
                self.update(finals)
                if self.net.whole:
                    self.answer(finals, t, final=True)
        elif not self.stopping:
            admit = self.admit_round if self.protocol.rounds else getattr(self, 'admit_' + self.name)
            admit(push, t)
        else:
            self.drop(push)
        return True

    def drop(self, push):
        """A push that comes too early for the last update, or too late, needs no answer."""
        w = self.workers[push.worker]
        if self.protocol.accepts_when_waiting:
            w.unanswered = [other for other in w.unanswered if other is not push]

    def update(self, pushes):
        for push in pushes:
            push.staleness = self.version - push.version
            push.round = self.version + 1
            self.total += push.k
        self.version += 1
        self.held = [push for push in self.held if push not in pushes]
        if self.total >= self.s['iterations'] and not self.stopping:
            self.stopping = True
            if self.s.get('drain'):
                self.finals_due = len(self.workers)
            for push in self.held:
                self.drop(push)
            self.net.stop(self.version - 1 + bool(self.finals_due))

    def answer(self, pushes, t, workers=None, **what):
        """Replies to the senders of these pushes, or to the workers given."""
        for rank in sorted({p.worker for p in pushes} if workers is None else workers):
            mine = [p for p in pushes if p.worker == rank]
            reply = Message(rank, self.version, stop=self.stopping, answers=mine, **what)
            self.replies.append(reply)
            self.net.reply(reply, t)

    def admit_round(self, push, t):
        """One push of every worker; of each the oldest."""
        self.held.append(push)
        firsts = {}
        for held in self.held:
            firsts.setdefault(held.worker, held)
        if len(firsts) == len(self.workers):
            pushes = list(firsts.values())
            self.update(pushes)
            self.answer(pushes, t)

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
        if reply.final:  # a result that ends the run; no row has a reply to a FINAL push
            return
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
        if not self.protocol.accepts_when_waiting:
            self.accept_all(w, t)
        while True:
            what = self.wants(w)
            if what == 'wait' and self.protocol.accepts_when_waiting and w.inbox:
                self.accept(w, w.inbox.pop(0), t)
            elif what == 'send' and w.upload is None:
                self.push(w, t)
            else:
                break
        w.close(t)
        if what == 'step':
            w.until = t + max(1, nearest(w.duration_of(w.rank, w.begun)))
            w.begun += 1

    def wants(self, w):
        if w.stopped:
            final = self.s.get('drain') and (w.k > 0 or self.net.whole) and not w.pushes[-1].final
            return 'send' if final else 'wait'
        what = self.protocol.wants(w, self.s)
        if what == 'step' and w.idle:
            return 'wait'
        return 'nothing' if what == 'send' and self.stopping else what  # it does not wait for a reply, either

    def accept_all(self, w, t):
        while w.inbox:
            self.accept(w, w.inbox.pop(0), t)

    def accept(self, w, reply, t):
        for push in reply.answers:
            push.accept = t
        w.version = reply.version
        w.unanswered = w.unanswered[1:] if self.protocol.accepts_when_waiting else []
        if reply.cancel:
            w.k = 0
        if w.k == 0:
            w.base = w.version
        w.stopped = w.stopped or reply.stop
        w.idle = w.idle or self.stopping

    def push(self, w, t):
        w.close(t)
        exchanges = self.s.get('exchanges', 1)
        exchange = len(w.pushes) % exchanges  # of a step of the model; all but the first follow from the reply before
        push = Message(w.rank, w.version if exchange else w.base, final=w.stopped)
        push.depart, push.number = t, len(w.pushes)
        push.compute, push.waiting = w.compute, w.waiting
        w.compute = w.waiting = 0
        if exchange == exchanges - 1:
            push.k, w.k = w.k, 0
        w.base = w.version
        w.pushes.append(push)
        w.upload = push
        if self.name != 'k_batch_sync':
            w.unanswered.append(push)
        self.net.push(push, t)

    # ---- the end ----

    def finish(self):
        """virtual_ns; for each worker, its rows of workers.csv; and its whole compute and waiting."""
        rows, totals = [], []
        for w in self.workers:
            self.accept_all(w, self.end)  # its iteration is cut at the end, and the boundary is there
            for p in w.pushes:
                if p.staleness is None:
                    p.staleness = self.version - p.version
            rows.append([(p.round, p.k, p.depart, p.arrive, p.reply, p.accept, p.staleness, p.compute, p.waiting)
                         for p in w.pushes])
            w.close(self.end)
            totals.append((sum(p.compute for p in w.pushes) + w.compute, sum(p.waiting for p in w.pushes) + w.waiting))
        return self.end, rows, totals
