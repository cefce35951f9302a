"""The graph network, computed a second time: max-min fair sharing over routes, in exact fractions.

Written from the rules alone (a route is a list of links; entry, sharing, rounding and ties as the model of time says) and
sharing nothing with the C code. As naive as can be: whatever changes, all rates are found again from nothing.
"""
import math
from fractions import Fraction

EARLY = Fraction(1, 1024)  # an arrival is the finishing time less this, rounded up to a whole ns
NEVER = math.inf


def nearest(x):
    """The nearest whole number, a half up; exact, as all numbers here are: decimals of the ini, and doubles that were drawn."""
    return math.floor(Fraction(x) + Fraction(1, 2))


class Link:
    """One direction. bytes/ns; ns; trace: [(ns from which on, factor of the bandwidth)]."""

    def __init__(self, bandwidth, latency=0, trace=()):
        self.bandwidth, self.latency, self.trace = bandwidth, latency, trace

    def capacity(self, t):
        factor = [factor for since, factor in self.trace if since <= t][-1:]
        return self.bandwidth * factor[0] if factor and self.bandwidth != NEVER else self.bandwidth


class Flow:
    """A message: on its way from departure to arrival, in the fluid from entry on."""

    def __init__(self, source, target, size, order=(), what=None):
        self.source, self.target, self.size, self.order, self.what = source, target, size, order, what
        self.depart = self.ready = self.arrive = None
        self.links = ()
        self.cap = NEVER
        self.rate = None           # None: not in the fluid
        self.left = self.since = None  # bytes that remained when it got this rate

    def pair(self):
        return self.source, self.target

    def end(self):
        return self.since if self.rate == NEVER else self.since + self.left / self.rate


class Graph:
    def __init__(self, route, factor=1, window=NEVER, jitter=None):
        """route(source, target): its links. jitter(source, target, number): the factor of one message's latency."""
        self.route, self.factor, self.window, self.jitter = route, Fraction(factor), window, jitter
        self.now = Fraction(0)
        self.open = []         # flows in the fluid
        self.queue = {}        # pair -> flows that have departed and are not in the fluid
        self.free = {}         # pair -> arrival of the message before
        self.departed = {}     # pair -> how many
        self.watch = None      # called with every flow that departs or arrives

    def depart(self, flow, t):
        pair = flow.pair()
        number = self.departed.get(pair, 0)
        self.departed[pair] = number + 1
        flow.depart, flow.links = t, self.route(*pair)
        nominal = sum((Fraction(link.latency) for link in flow.links), Fraction(0))
        drawn = Fraction(self.jitter(*pair, number)) if self.jitter and nominal else 1
        flow.ready = t + nearest(nominal * self.factor * drawn)
        if self.window != NEVER and nominal:
            flow.cap = self.window / (2 * nominal)
        queue = self.queue.setdefault(pair, [])
        for other in self.open:  # it has entered in this very ns, and comes later in the order
            if other.pair() == pair and other.depart == t and other.order > flow.order:
                self.open.remove(other)
                other.rate = None
                queue.append(other)
                self.share()
        queue.append(flow)
        queue.sort(key=lambda f: (f.depart, f.order))
        if self.watch:
            self.watch(flow)

    # ---- the fluid ----

    def rates(self):
        """Progressive filling: the tightest link, again and again, gives its flows equal shares of what is left of it."""
        room, users, rate = {}, {}, {}
        for flow in self.open:
            if flow.cap != NEVER:
                room[flow], users[flow] = flow.cap, {flow}
            for link in flow.links:
                capacity = link.capacity(self.now)
                if capacity != NEVER:
                    room[link] = capacity
                    users.setdefault(link, set()).add(flow)
        while users:
            tightest = min(users, key=lambda link: room[link] / len(users[link]))
            share = room[tightest] / len(users[tightest])
            for flow in list(users[tightest]):
                rate[flow] = share
                for link in (flow, *set(flow.links)):
                    if link in users:
                        room[link] -= share
                        users[link].discard(flow)
                        if not users[link]:
                            del users[link]
        return rate

    def share(self):
        """New rates from now on; what a flow has left is counted again only if its own rate changes."""
        rates = self.rates()
        for flow in self.open:
            rate = rates.get(flow, NEVER)
            if rate != flow.rate:
                if flow.rate is not None:
                    flow.left = 0 if flow.rate == NEVER else flow.left - flow.rate * (self.now - flow.since)
                flow.rate, flow.since = rate, self.now

    def advance(self, t):
        """Moves the fluid to t, where messages may enter; the messages that arrive at t."""
        arrived = self.finish(t)
        self.now = Fraction(t)
        if self.enter(t) or self.turns_at(t):
            self.share()
            arrived += self.finish(t)  # of no length, or on links without bound
        return sorted(arrived, key=lambda f: (f.pair(), f.order))

    def finish(self, t):
        arrived = []
        while self.open:
            flow = min(self.open, key=lambda f: (f.end(), f.pair()))
            if flow.end() > t + EARLY:
                break
            self.now = max(self.now, min(flow.end(), Fraction(t)))  # in the 2^-10 ns after its arrival: at its arrival
            self.open.remove(flow)
            self.share()
            flow.arrive = self.free[flow.pair()] = t
            arrived.append(flow)
            if self.watch:
                self.watch(flow)
        return arrived

    # ---- what comes next ----

    def heads(self):
        """(entry, flow) of every message that can enter next: one at a time between two nodes."""
        busy = {flow.pair() for flow in self.open}
        for pair, queue in self.queue.items():
            if queue and pair not in busy:
                yield max(queue[0].ready, self.free.get(pair, 0)), queue[0]

    def enter(self, t):
        entering = [flow for moment, flow in self.heads() if moment <= t]
        for flow in entering:
            self.queue[flow.pair()].remove(flow)
            flow.left = Fraction(flow.size)
            self.open.append(flow)
        return entering

    def links(self):
        return {link for flow in self.open for link in flow.links}

    def turns_at(self, t):
        return any(since == t for link in self.links() for since, _ in link.trace)

    def next(self):
        """The next ns at which the fluid changes or a message arrives."""
        moments = [math.ceil(flow.end() - EARLY) for flow in self.open] + [moment for moment, _ in self.heads()]
        moments += [since for link in self.links() for since, _ in link.trace if since > self.now]
        return min(moments, default=NEVER)


# ---- which links a cluster has ----

class Cluster:
    """Nodes 0 .. N - 1 are workers, node N + j is shard j of the PS (or the PS, j = 0).

    setting: up, down (bytes/ns) and latency (ns) of each worker; server_up, server_down of each shard. topology:
    ('star',); ('groups', group of each worker, [(up, down, latency up, latency down)], the PS's group or None);
    ('sites', site of each worker, {(x, y): (bandwidth, latency)}, the PS's site).
    """

    def __init__(self, setting):
        s = setting
        self.workers = len(s['up'])
        self.shards = s.get('shards', 1)
        self.colocated = s.get('colocated', False)
        traces = s.get('link_trace', [()] * self.workers)
        self.up = [Link(b, l, trace) for b, l, trace in zip(s['up'], s['latency'], traces)]
        self.down = [Link(b, l, trace) for b, l, trace in zip(s['down'], s['latency'], traces)]
        if not self.colocated:
            trace = s.get('server_trace', ())
            self.card_in = [Link(s['server_up'], 0, trace) for _ in range(self.shards)]
            self.card_out = [Link(s['server_down'], 0, trace) for _ in range(self.shards)]
        self.kind, self.part, self.server_part = 'star', [0] * self.workers, 0
        if s.get('topology', ('star',))[0] == 'groups':
            self.kind, self.part, groups, self.server_part = s['topology']
            self.part_up = [Link(up, latency) for up, _, latency, _ in groups]
            self.part_down = [Link(down, latency) for _, down, _, latency in groups]
        elif s.get('topology', ('star',))[0] == 'sites':
            self.kind, self.part, pairs, self.server_part = s['topology']
            self.pair = {pair: Link(*link) for pair, link in pairs.items()}

    def at(self, node):
        """(own link up, own link down, group or site)"""
        if node >= self.workers and self.colocated:
            node -= self.workers
        if node < self.workers:
            return self.up[node], self.down[node], self.part[node]
        return self.card_out[node - self.workers], self.card_in[node - self.workers], self.server_part

    def between(self, x, y):
        if x == y or self.kind == 'star':
            return []
        if self.kind == 'sites':
            return [self.pair[x, y]]
        return ([] if x is None else [self.part_up[x]]) + ([] if y is None else [self.part_down[y]])

    def route(self, source, target):
        up, _, x = self.at(source)
        _, down, y = self.at(target)
        return [up, *self.between(x, y), down]

    def parts(self):
        """The workers of each group or site that has any, in the order of their lowest ranks."""
        members = {}
        for worker, part in enumerate(self.part):
            members.setdefault(part, []).append(worker)
        return list(members.values())
