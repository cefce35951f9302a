"""Control, computed a second time: which worker steps, codes, pushes, waits and gets a reply at which ns.

Written from the rules of time and the protocols alone and sharing nothing with the C code: one loop over
nanoseconds, exact fractions for the fluid of the links. Slow, and as literal as possible. The networks are in star.py, graph.py
and exchanges.py; protocols.py says when a worker steps, pushes and waits; buckets.py how a push is cut where it overlaps backward.
"""
from fractions import Fraction

import philox
from exchanges import network
from graph import NEVER, nearest
from messages import Sizes
from protocols import PROTOCOLS

STEP, ENCODE, DECODE = 'step', 'encode', 'decode'  # what a worker is busy with


class Part:
    """What one exchange carries of a push: all of it, or a bucket."""

    def __init__(self, push, number, last):
        self.worker, self.push, self.number, self.last = push.worker, push, number, last
        self.depart = self.arrive = -1
        self.uploaded = False  # nothing of it is on its sender's link any more


class Push:
    def __init__(self, worker, number):
        self.worker, self.number, self.parts, self.complete = worker, number, [], False
        self.k, self.final, self.round, self.staleness, self.version = 0, False, 0, None, 0
        self.depart = self.reply = self.accept = -1
        self.compute = self.waiting = self.coding = 0

    @property
    def arrive(self):
        return self.parts[-1].arrive if self.complete else -1

    @property
    def uploaded(self):
        return self.complete and all(part.uploaded for part in self.parts)


class Reply:
    def __init__(self, worker, version, stop=False, cancel=False, final=False, answers=(), bucket=False):
        self.worker, self.version, self.stop, self.cancel, self.final, self.answers = worker, version, stop, cancel, final, answers
        self.bucket = bucket  # a result of a bucket that is not a push's last one
        self.depart = self.arrive = -1


class Worker:
    def __init__(self, rank):
        self.rank = rank
        self.begun = 0                # iterations
        self.version = self.base = 0  # updates in the model it holds, and in the one its gradients began with
        self.k = 0                    # iterations since the last push
        self.doing = None             # None: it waits
        self.until = None             # end of what it does
        self.coded = []               # spans of time in which it codes
        self.decoded = None           # the reply that it decodes
        self.open = None              # a push of which buckets depart, or its encoding has begun
        self.departing = []           # moments of those that are left
        self.since = 0                # accounts are closed up to here
        self.compute = self.waiting = self.coding = 0
        self.unanswered = []          # its pushes without an accepted reply
        self.upload = None            # its push that is still on its link
        self.inbox = []
        self.pushes = []
        self.stopped = False          # it has accepted a reply that says stop
        self.idle = False             # after the last update it has accepted an older reply: it begins nothing more

    def close(self, t):
        if self.doing is None:
            self.waiting += t - self.since
        else:
            self.compute += t - self.since
            self.coding += sum(max(0, min(end, t) - max(begin, self.since)) for begin, end in self.coded)
        self.since = t

    def begin(self, what, t, until, coded=()):
        self.close(t)
        self.doing, self.until, self.coded = what, until, list(coded)

    def end(self, t):
        self.close(t)
        self.doing = self.until = None
        self.coded = []


class Control:
    """One run. setting: see draw_setting() in check_control.py; all times in ns, bandwidths in bytes/ns."""

    def __init__(self, setting):
        self.s = setting
        self.name = setting['algorithm']
        self.draws = philox.Draws(setting.get('seed', 1))
        self.protocol = PROTOCOLS[self.name]
        self.sizes = Sizes(setting)
        self.net = network(setting, self.draws, self.sizes)
        self.workers = [Worker(i) for i in range(len(setting['compute']))]
        self.served = []              # parts that have arrived: they queue for the one server
        self.serving_until = None     # of the first of these
        self.free = 0                 # until when the server codes replies
        self.encoded = []             # (ns, reply): it departs
        self.version = self.total = 0
        self.held = []                # pushes that wait for an update or an answer
        self.clock = [0] * len(self.workers)
        self.stopping = False
        self.replies = []             # in flight, or about to depart
        self.finals_due = 0
        self.end = None
        self.to_decide = set()
        self.updates = []             # (round, iterations, ns, used part of the bounds)
        self.sent_by = []             # of each update: bytes that have departed with the replies to its pushes

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

    def encodes(self, push, bucket):
        """How long a worker codes the buckets of a push up to this one. Of several exchanges of a step the first has all."""
        if push % self.s.get('exchanges', 1):
            return 0
        return nearest(self.s.get('encode_cost', 0) * self.sizes.upto('coded', self.sizes.until(push) + bucket))

    def decodes(self, reply):
        """How long a worker decodes what it gets."""
        exchanges = self.s.get('exchanges', 1)
        number = reply.answers[-1].number if reply.answers else 0
        if exchanges > 1:  # the factors of the whole step, after the last of them
            coded, times = self.sizes.whole('coded', number), number % exchanges == exchanges - 1
        elif self.net.ordered:
            coded, times = self.sizes.whole('coded', number), len(self.workers) - 1 if self.net.gathers(number) else 1
        else:
            coded, times = self.sizes.whole('reply_coded', number), 1
        return times * nearest(self.s.get('decode_cost', 0) * coded)

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
                    + [moment for moment, _ in self.encoded] + [moment for w in self.workers for moment in w.departing]
                    + [w.until for w in self.workers if w.until is not None])
            if t == NEVER:
                raise RuntimeError('no worker can go on')

    def instant(self, t):
        """Push arrivals and their service, reply arrivals, decisions; again until nothing is left at t."""
        while True:
            busy = self.departures(t)
            busy = self.arrivals(t) or busy
            replies = self.net.replies(t)
            for reply in replies:
                self.arrived_reply(reply, t)
            busy = busy or bool(replies)
            for w in self.workers:
                if self.buckets_depart(w, t):
                    busy = True
                if w.until == t:
                    self.boundary(w, t)
                    busy = True
            for rank in sorted(self.to_decide):
                self.to_decide.discard(rank)
                if self.workers[rank].doing is None:
                    self.decide(self.workers[rank], t)
                busy = True
            if not busy and not self.net.came and not self.net.results:
                break
        if self.stopping and not self.finals_due and not self.replies:
            self.end = t

    def arrivals(self, t):
        """Of pushes, and what the PS does with them at t. Whether there is any."""
        some = False
        while True:
            parts = self.net.pushes(t)
            for part in parts:
                if part.last:
                    self.served.append(part)
                else:  # a bucket's result follows without any decision
                    self.net.reply(Reply(part.worker, self.version, bucket=True), t)
            for w in self.workers:
                if w.upload and w.upload.uploaded:
                    w.upload = None
                    if w.doing is None:
                        self.to_decide.add(w.rank)  # it may have waited for the link
            while self.serve(t):
                some = True
            if not parts:
                return some
            some = True

    # ---- the server ----

    def cost(self):
        """Of the service of the first push that waits for it."""
        if not self.net.has_server:
            return 0
        e = self.served[0].number
        return nearest(self.s['cost_per_byte'] * self.net.service_bytes(e)) + self.net.decoding(e)

    def serve(self, t):
        """The single server at t: whether a push's service ended, and what follows."""
        if self.serving_until is None and self.served:
            self.serving_until = max(t, self.free) + self.cost()
        if self.serving_until is None or self.serving_until > t:
            return False
        push, self.serving_until = self.served.pop(0).push, None
        if push.final:
            self.finals_due -= 1
            self.held.append(push)
            if not self.finals_due:
                finals = self.held
                self.update(finals, t)
                if self.net.whole:
                    self.answer(finals, t, final=True)
        elif not self.stopping:
            admit = self.admit_round if self.protocol.rounds else getattr(self, 'admit_' + self.protocol.admit)
            admit(push, t)
        else:
            self.drop(push)
        self.sent_by += [self.net.departed(t)] * (len(self.updates) - len(self.sent_by))
        return True

    def drop(self, push):
        """A push that comes too early for the last update, or too late, needs no answer."""
        w = self.workers[push.worker]
        if self.protocol.accepts_when_waiting:
            w.unanswered = [other for other in w.unanswered if other is not push]

    def update(self, pushes, t):
        for push in pushes:
            push.staleness = self.version - push.version
            push.round = self.version + 1
            self.total += push.k
        self.version += 1
        self.held = [push for push in self.held if push not in pushes]
        used = self.used(t)
        self.updates.append((self.version, self.total, t, used))
        step = not any((push.number + 1) % self.s.get('exchanges', 1) for push in pushes)  # of the model; no run ends within one
        if used >= 1 and step and not self.stopping:
            self.stopping = True
            if self.s.get('drain'):
                self.finals_due = len(self.workers)
            for push in self.held:
                self.drop(push)
            last = self.version - 1 + bool(self.finals_due)
            self.net.stop(self.sizes.until(last + 1) - 1)

    def used(self, t):
        """The largest used part of all bounds of the run at an update."""
        bounds = [(self.total, 'iterations'), (t, 'virtual_time'), (sum(self.net.departed(t)), 'bytes')]
        return max(Fraction(have, self.s[bound]) for have, bound in bounds if bound in self.s)

    def answer(self, pushes, t, workers=None, **what):
        """Replies to the senders of these pushes, or to the workers given."""
        coding = self.net.encoding(self.version - 1) if self.net.has_server else 0
        if coding and not self.protocol.each:
            self.free = t + coding
        for rank in sorted({p.worker for p in pushes} if workers is None else workers):
            mine = [p for p in pushes if p.worker == rank]
            reply = Reply(rank, self.version, stop=self.stopping, answers=mine, **what)
            self.replies.append(reply)
            if coding and self.protocol.each:
                self.free = max(self.free, t) + coding
            if coding:
                self.encoded.append((self.free, reply))
            else:
                self.net.reply(reply, t)

    def departures(self, t):
        """Of replies that are coded now."""
        ready = [reply for moment, reply in self.encoded if moment <= t]
        self.encoded = [(moment, reply) for moment, reply in self.encoded if moment > t]
        for reply in ready:
            self.net.reply(reply, t)
        return bool(ready)

    def admit_round(self, push, t):
        """One push of every worker; of each the oldest."""
        self.held.append(push)
        firsts = {}
        for held in self.held:
            firsts.setdefault(held.worker, held)
        if len(firsts) == len(self.workers):
            pushes = list(firsts.values())
            self.update(pushes, t)
            self.answer(pushes, t)

    def admit_asp(self, push, t):
        self.update([push], t)
        self.answer([push], t)

    def admit_ssp(self, push, t):
        self.update([push], t)
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
            self.update(pushes, t)
            self.answer(pushes, t, range(len(self.workers)), cancel=True)

    def admit_k_async(self, push, t):
        self.held.append(push)
        if len(self.held) == self.s['k']:
            pushes = self.held
            self.update(pushes, t)
            self.answer(pushes, t)

    def admit_k_batch_async(self, push, t):
        self.held.append(push)
        if len(self.held) == self.s['k']:
            self.update(self.held, t)
        self.answer([push], t)

    # ---- the workers ----

    def arrived_reply(self, reply, t):
        if reply.bucket:
            return
        w = self.workers[reply.worker]
        self.replies.remove(reply)
        if reply.final:  # a result that ends the run; no row has a reply to a FINAL push
            return
        for push in reply.answers:
            push.reply = t
        w.inbox.append(reply)
        if w.doing is None:
            self.to_decide.add(w.rank)
        elif reply.cancel and w.doing != DECODE:
            w.end(t)
            w.open, w.departing = None, []  # what is being coded is not sent
            self.to_decide.add(w.rank)

    def boundary(self, w, t):
        """What the worker was busy with is over."""
        what = w.doing
        w.end(t)
        if what == STEP:
            w.k += 1
            self.decide(w, t)
        elif what == DECODE:
            reply, w.decoded = w.decoded, None
            self.accept(w, reply, t)
            self.decide(w, t)
        else:
            self.sent(w, t)
            self.decide(w, t, accepts=False)

    def decide(self, w, t, accepts=True):
        """accepts: what has come by now is accepted first."""
        if accepts and not self.protocol.accepts_when_waiting and not self.accepts(w, t):
            return
        while True:
            what = self.wants(w)
            if what == 'send' and w.upload is None:
                if not self.sends(w, t):
                    return
            elif w.inbox and what in (('wait',) if self.protocol.accepts_when_waiting else ('wait', 'nothing')):
                if not self.takes(w, t):
                    return
                if not self.protocol.accepts_when_waiting and not self.accepts(w, t):
                    return
            else:
                break
        if what == 'step':
            self.steps(w, t)
        else:
            w.close(t)

    def wants(self, w):
        if w.stopped:
            final = self.s.get('drain') and (w.k > 0 or self.net.whole) and not w.pushes[-1].final
            return 'send' if final else 'wait'
        what = self.protocol.wants(w, self.s)
        if what == 'step' and w.idle:
            return 'wait'
        return 'nothing' if what == 'send' and self.stopping else what  # it does not wait for a reply, either

    def steps(self, w, t):
        """Begins an iteration. Overlapped: its buckets depart as backward goes, and their coding makes it longer."""
        duration = max(1, nearest(self.duration(w.rank, w.begun)))
        w.begun += 1
        if not self.overlaps(w):
            w.begin(STEP, t, t + duration)
            return
        w.open = Push(w.rank, len(w.pushes))
        coded, before = [], 0
        for b, bucket in enumerate(self.sizes.buckets(w.open.number)):
            ready, until = t + nearest(duration * bucket.share), self.encodes(w.open.number, b)
            coded.append((ready + before, ready + until))
            before = until
        w.departing = [until for _, until in coded]
        w.begin(STEP, t, w.departing[-1], coded)

    def overlaps(self, w):
        if 'buckets' not in self.s or w.unanswered:
            return False
        w.k += 1
        what = self.protocol.wants(w, self.s)
        w.k -= 1
        return what == 'send'

    def buckets_depart(self, w, t):
        """All that are due but the last one, which departs with the decision to send."""
        some = False
        while len(w.departing) > 1 and w.departing[0] <= t:
            w.departing.pop(0)
            self.part_departs(w, t)
            some = True
        return some

    def part_departs(self, w, t):
        push, n = w.open, w.open.number
        part = Part(push, self.sizes.until(n) + len(push.parts), len(push.parts) == len(self.sizes.exchanges(n)) - 1)
        if not push.parts:
            push.depart = t
        push.parts.append(part)
        self.net.push(part, t)

    def sends(self, w, t):
        """Begins to code and send what it has. Whether all of it has departed."""
        if w.open is None:
            w.open = Push(w.rank, len(w.pushes))
            ends = [t + self.encodes(w.open.number, b) for b in range(len(self.sizes.exchanges(w.open.number)))]
            w.departing = ends
            if ends[-1] > t:
                w.begin(ENCODE, t, ends[-1], [(t, ends[-1])])
                self.buckets_depart(w, t)
                return False
            self.buckets_depart(w, t)
        self.sent(w, t)
        return True

    def sent(self, w, t):
        """The last part of its push departs."""
        w.close(t)
        push, w.departing = w.open, []
        if self.stopping and not w.stopped:  # too late: nothing departs any more
            w.open = None
            return
        exchanges = self.s.get('exchanges', 1)
        exchange = push.number % exchanges  # of a step of the model; all but the first follow from the reply before
        push.version, push.final, push.complete = w.version if exchange else w.base, w.stopped, True
        push.compute, push.waiting, push.coding = w.compute, w.waiting, w.coding
        w.compute = w.waiting = w.coding = 0
        if exchange == exchanges - 1:
            push.k, w.k = w.k, 0
        w.base = w.version
        w.pushes.append(push)
        w.upload = push
        if self.name != 'k_batch_sync':
            w.unanswered.append(push)
        self.part_departs(w, t)
        w.open = None

    def takes(self, w, t):
        """Begins to accept the first reply. Whether it has accepted it."""
        reply = w.inbox.pop(0)
        coding = self.decodes(reply)
        if coding:
            w.decoded = reply
            w.begin(DECODE, t, t + coding, [(t, t + coding)])
            return False
        self.accept(w, reply, t)
        return True

    def accepts(self, w, t):
        """Whether it has accepted all that have come."""
        while w.inbox:
            if not self.takes(w, t):
                return False
        return True

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

    # ---- the end ----

    def finish(self):
        """virtual_ns; for each worker, its rows of workers.csv; and its whole compute and waiting."""
        rows, totals = [], []
        for w in self.workers:
            for reply in ([w.decoded] if w.decoded else []) + w.inbox:
                self.accept(w, reply, self.end)  # what it does is cut at the end, and the boundary is there
            for p in w.pushes:
                if p.staleness is None:
                    p.staleness = self.version - p.version
            rows.append([(p.round, p.k, p.depart, p.arrive, p.reply, p.accept, p.staleness, p.compute, p.waiting)
                         for p in w.pushes])
            w.close(self.end)
            totals.append((sum(p.compute for p in w.pushes) + w.compute, sum(p.waiting for p in w.pushes) + w.waiting))
        return self.end, rows, totals

    def evaluations(self):
        """After every update with iterations that are new, and the last one: (round, iterations, ns, bytes up, bytes down)."""
        rows, before = [], 0
        for (version, total, t, _), bytes in zip(self.updates, self.sent_by):
            if total > before or version == self.version:
                rows.append((version, total, t, *bytes))
            before = total
        return rows

    def coding(self):
        """Of each worker: of its pushes, and in all."""
        return [([p.coding for p in w.pushes], sum(p.coding for p in w.pushes) + w.coding) for w in self.workers]
