"""The star, computed a second time: each worker's links, and the card of the one PS, in exact fractions."""
import math
from fractions import Fraction

import philox
from graph import EARLY, NEVER, nearest


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


class Star:
    """Pushes on the links up and replies on the links down, which do not disturb each other."""
    whole = ordered = False
    has_server = True
    came = results = ()

    def service_bytes(self, e):
        return self.s['size']

    def decoding(self, e):
        return 0

    encoding = decoding

    def departed(self, t):
        return tuple(sum(links.departed) * links.size for links in (self.up, self.down))

    def __init__(self, setting, draws):
        self.s, self.draws = setting, draws
        size = setting['size']
        self.up = Links(setting['up'], setting['server_up'], lambda *message: self.latency(0, *message), size)
        self.down = Links(setting['down'], setting['server_down'], lambda *message: self.latency(1, *message), size)

    def latency(self, direction, worker, number):
        ns = Fraction(self.s['latency'][worker]) * self.s.get('latency_factor', 1)
        if self.s.get('latency_jitter'):
            ns *= Fraction(self.draws.lognormal(self.s['latency_jitter'], philox.LATENCY, worker, number, direction))
        return ns

    def push(self, message, t):
        self.up.depart(message, t)

    def reply(self, message, t):
        self.down.depart(message, t)

    def pushes(self, t):
        messages = self.arrivals(self.up, t)
        for message in messages:
            message.uploaded = True
        return messages

    def replies(self, t):
        return self.arrivals(self.down, t)

    @staticmethod
    def arrivals(links, t):
        """All that come through at t, in rank order; a message of no length enters and arrives at once."""
        arrived = links.advance(t)
        links.enter(t)
        arrived += links.advance(t)
        return sorted(arrived, key=lambda m: m.worker)

    def next(self):
        return min(self.up.next(), self.down.next())

    def stop(self, last):
        pass
