"""Exchanges, computed a second time: how pushes become updates and how results come back, over a star or over a graph.

All networks speak alike with control.py: push() and reply() put a message of a worker in progress; pushes(t) and replies(t) play up
to t and return those that come through; next() is the next ns in which something may happen. Which messages there are is in
plans.py.
"""
import philox
import plans
from graph import NEVER, Cluster, Flow, Graph, nearest
from star import Star


class Accounts:
    """What crosses a worker's links: every message that has departed, by its exchange and its moments."""

    def __init__(self, workers, place):
        """place: {node of a shard: the worker where it is}"""
        self.flows, self.workers, self.place = [], workers, place

    def departs_or_arrives(self, flow):
        if flow.arrive is None:
            self.flows.append(flow)

    def host(self, node):
        return node if node < self.workers else self.place.get(node)

    def of(self, worker, exchanges=None):
        """(up, down): the messages on the worker's links, of these exchanges or of all"""
        mine = [flow for flow in self.flows if exchanges is None or flow.what[0] in exchanges]
        return [f for f in mine if self.host(f.source) == worker], [f for f in mine if self.host(f.target) == worker]

    def bytes(self, worker, exchanges=None):
        return tuple(sum(flow.size for flow in flows) for flows in self.of(worker, exchanges))

    def communication(self, worker, end, exchanges=None):
        up, down = self.of(worker, exchanges)
        return union([(f.depart, end if f.arrive is None else f.arrive) for f in up + down])

    def departed(self):
        """Bytes (of workers, of the PS or its shards): each message once, at its sender."""
        by_workers = sum(flow.size for flow in self.flows if flow.source < self.workers)
        return by_workers, sum(flow.size for flow in self.flows) - by_workers


def union(spans):
    """The time in which at least one of them lasts."""
    total, until = 0, 0
    for begin, finish in sorted(spans):
        total += max(0, finish - max(begin, until))
        until = max(until, finish)
    return total


class Network:
    whole = False       # every worker takes part in every exchange, the last one included, and gets its result
    has_server = False  # the conductor's one server serves the pushes
    ordered = False     # it has no server at all: workers decode what comes

    def __init__(self, setting, graph, workers, sizes):
        self.s, self.graph, self.workers, self.sizes = setting, graph, workers, sizes
        place = {workers + j: j for j in range(workers)} if setting.get('colocated') and setting.get('whole') else {}
        self.accounts = Accounts(workers, place)
        graph.watch = self.accounts.departs_or_arrives
        self.joined = [0] * workers    # pushes of each worker so far
        self.answered = [0] * workers  # replies
        self.came, self.results = [], []

    def push_bytes(self, e):
        return self.sizes.push(e)

    def reply_bytes(self, e):
        return self.sizes.reply(e)

    def departed(self, t):
        return self.accounts.departed()

    def stop(self, last):
        pass

    def take(self, name, t):
        """What has come by t of these, in the order of ranks."""
        self.play(t)
        items, rest = getattr(self, name), []
        setattr(self, name, rest)
        return [message for _, message in sorted(items, key=lambda item: item[0])]

    def pushes(self, t):
        return self.take('came', t)

    def replies(self, t):
        return self.take('results', t)

    def next(self):
        return self.graph.next()


class Coding:
    """Of a PS that adds up pushes: it decodes them if they are coded, and codes its replies if they are to be."""

    def __init__(self, setting, sizes, shards=1):
        self.s, self.sizes, self.shards = setting, sizes, shards

    def decoding(self, e):
        """Of a push, or of a shard's part. The factors of several exchanges of a step are added up as they are."""
        if self.s.get('exchanges', 1) > 1:
            return 0
        return nearest(self.s.get('decode_cost', 0) * plans.parts(self.sizes.coded('coded', e), self.shards))

    def encoding(self, e):
        """Of a reply, or of a shard's part."""
        return nearest(self.s.get('encode_cost', 0) * plans.parts(self.sizes.coded('reply_coded', e), self.shards))


class Server(Network):
    """One PS: the conductor's own pushes and replies, as over a star, on a graph."""
    has_server = True

    def __init__(self, setting, graph, workers, sizes):
        super().__init__(setting, graph, workers, sizes)
        coding = Coding(setting, sizes)
        self.decoding, self.encoding = coding.decoding, coding.encoding

    def service_bytes(self, e):
        return self.push_bytes(e)

    def push(self, part, t):
        number = self.joined[part.worker]
        self.joined[part.worker] += 1
        self.graph.depart(Flow(part.worker, self.workers, self.push_bytes(number), (number, 0), (number, part)), t)

    def reply(self, message, t):
        number = self.answered[message.worker]
        self.answered[message.worker] += 1
        self.graph.depart(Flow(self.workers, message.worker, self.reply_bytes(number), (number, 1), (number, message)), t)

    def play(self, t):
        for flow in self.graph.advance(t):
            _, message = flow.what
            if flow.target == self.workers:
                message.arrive, message.uploaded = t, True
                self.came.append((message.worker, message))
            else:
                self.results.append((message.worker, message))


SERVE, CODE = 'serve', 'code'


class Sharded(Network):
    """Each message in as many parts as there are shards, each shard with a queue of its own.

    With whole exchanges a shard answers all workers as soon as it has served their parts; else all shards answer a
    worker when the conductor does. A part for the shard at the worker's own place costs nothing.
    """

    def __init__(self, setting, graph, workers, sizes):
        super().__init__(setting, graph, workers, sizes)
        self.shards, self.whole = setting.get('shards', 1), setting['whole']
        self.colocated = setting.get('colocated', False)
        self.coding = Coding(setting, sizes, self.shards)
        self.lines = [[] for _ in range(self.shards)]  # of each shard: what it has to do, (what, worker, exchange)
        self.busy = [None] * self.shards               # until when it does the first of these
        self.uploads = {}    # (worker, exchange) -> shards that its parts are on the way to
        self.unserved = {}   # likewise, of the shards that have not served it
        self.messages, self.answers, self.missing = {}, {}, {}
        self.answering = set()  # (exchange, shard): all workers' parts are served
        self.last = NEVER

    def part_of(self, size):
        header = self.s['header']
        return plans.parts(size - header, self.shards) + header

    def to_others(self, worker):
        return [j for j in range(self.shards) if not (self.colocated and j == worker)]

    def push(self, part, t):
        i, e = part.worker, self.joined[part.worker]
        self.joined[i] += 1
        self.messages[i, e] = part
        part.uploaded = 'buckets' in self.s  # they queue on the link, and so do those of the next push
        self.uploads[i, e] = set(self.to_others(i))
        self.unserved[i, e] = set(self.to_others(i))
        for j in self.to_others(i):
            self.graph.depart(Flow(i, self.workers + j, self.part_of(self.push_bytes(e)), (e, 0), (e, 'part', i, j)), t)
        self.whole_push(i, e, t)
        for j in range(self.shards):
            self.shard_answers(e, j, t)

    def whole_push(self, i, e, t):
        """Nothing of it is in progress, or waits for service, any more."""
        if not self.uploads[i, e]:
            self.is_uploaded(i, e, t)
        if self.unserved[i, e]:
            return
        if not self.whole:
            self.come([(i, e)], t)
        elif all(self.unserved.get((k, e), True) == set() for k in range(self.workers)):
            self.come([(k, e) for k in range(self.workers)], t)

    def is_uploaded(self, i, e, t):
        """Without whole exchanges a push has arrived when all its parts have; its service follows."""
        message = self.messages[i, e]
        if not self.whole and not message.uploaded:
            message.arrive = t
        message.uploaded = True

    def come(self, names, t):
        """After the last update no whole exchange is an update any more."""
        for name in names if not self.whole or names[0][1] <= self.last else []:
            if self.whole:
                self.messages[name].arrive = t
            self.came.append((name[::-1] if self.whole else name, self.messages[name]))

    def shard_answers(self, e, j, t):
        if not self.whole or e > self.last or (e, j) in self.answering:
            return
        if all((k, e) in self.unserved and j not in self.unserved[k, e] for k in range(self.workers)):
            self.answering.add((e, j))
            everyone = range(self.workers)
            if self.coding.encoding(e) and any(j in self.to_others(i) for i in everyone):
                self.codes(j, everyone, e)
            else:
                for i in everyone:
                    self.answer(i, e, j, t)

    def codes(self, j, workers, e):
        """Replies are coded before what has come in the meantime is served."""
        line = self.lines[j]
        at = next((n for n, (what, *_) in enumerate(line) if what == SERVE and (n or self.busy[j] is None)), len(line))
        line.insert(at, (CODE, tuple(workers), e))

    def answer(self, i, e, j, t):
        self.missing.setdefault((i, e), set(range(self.shards)))
        if j in self.to_others(i):
            self.graph.depart(Flow(self.workers + j, i, self.part_of(self.reply_bytes(e)), (e, 1), (e, 'answer', i, j)), t)
        else:
            self.answered_by(i, e, j)

    def answered_by(self, i, e, j):
        self.missing[i, e].discard(j)

    def reply(self, message, t):
        i, e = message.worker, self.answered[message.worker]
        self.answered[i] += 1
        self.answers[i, e] = message
        if self.whole:
            return
        for j in range(self.shards):
            if self.coding.encoding(e) and j in self.to_others(i):
                self.missing.setdefault((i, e), set(range(self.shards)))
                self.codes(j, [i], e)
            else:
                self.answer(i, e, j, t)

    def stop(self, last):
        self.last = last

    def play(self, t):
        while True:
            flows = self.graph.advance(t)
            for flow in flows:
                e, what, i, j = flow.what
                if what == 'part':
                    self.lines[j].append((SERVE, i, e))
                    self.uploads[i, e].discard(j)
                    if not self.uploads[i, e]:
                        self.is_uploaded(i, e, t)
                else:
                    self.answered_by(i, e, j)
            served = [self.serve(j, t) for j in range(self.shards)]
            if self.came and not self.whole:  # the replies to these are coded before a shard serves the next push
                break
            if not flows and not any(served):
                break
        for name in [name for name, missing in self.missing.items() if not missing and name in self.answers]:
            del self.missing[name]
            self.results.append((name[0], self.answers.pop(name)))

    def serve(self, j, t):
        """One thing at a time, from max(its arrival, the end of the one before)."""
        if self.busy[j] is None and self.lines[j]:
            what, _, e = self.lines[j][0]
            self.busy[j] = t + (self.cost(e) if what == SERVE else self.coding.encoding(e))
        if self.busy[j] is None or self.busy[j] > t:
            return False
        what, i, e = self.lines[j].pop(0)
        self.busy[j] = None
        if what == CODE:
            for worker in i:
                self.answer(worker, e, j, t)
            return True
        self.unserved[i, e].discard(j)
        self.shard_answers(e, j, t)
        self.whole_push(i, e, t)
        return True

    def cost(self, e):
        return nearest(self.s['cost_per_byte'] * self.part_of(self.push_bytes(e))) + self.coding.decoding(e)

    def next(self):
        return min([self.graph.next()] + [until for until in self.busy if until is not None])


class Ordered(Network):
    """Exchanges without a server: plans whose messages depart when all that they wait for has happened.

    A worker takes part in exchange e from max(its joining, its result of e - 1) + overhead.
    """
    whole = ordered = True

    def __init__(self, setting, graph, workers, sizes, plan_of):
        """plan_of(gathers, payload)"""
        super().__init__(setting, graph, workers, sizes)
        self.plan_of = plan_of
        self.plans = {}      # exchange -> plan
        self.open = {}       # exchange -> {what is to happen: its needs that are not met}
        self.waiters = {}    # (exchange, need) -> what waits for it
        self.joins, self.done = {}, {}  # (worker, exchange) -> ns
        self.messages, self.answers = {}, {}
        self.timers = []     # (ns, exchange, worker): takes part
        self.last = NEVER

    def push(self, message, t):
        i, e = message.worker, self.joined[message.worker]
        self.joined[i] += 1
        message.uploaded = True  # a worker may join while it is in the exchange before
        self.messages[i, e] = message
        self.joins[i, e] = t
        if e == 0 or (i, e - 1) in self.done:
            self.takes_part(i, e)

    def gathers(self, number):
        """Whether the codes of push `number` do not add up."""
        return self.s.get('gathers', lambda number: False)(number)

    def takes_part(self, i, e):
        if e <= self.last:
            after = self.done[i, e - 1] if e else 0
            self.timers.append((max(self.joins[i, e], after) + self.s.get('overhead', 0), e, i))

    def reply(self, message, t):
        i, e = message.worker, self.answered[message.worker]
        self.answered[i] += 1
        self.answers[i, e] = message
        if (i, e) in self.done:
            self.results.append((i, self.answers.pop((i, e))))

    def stop(self, last):
        self.last = last

    def begin(self, e):
        plan = self.plans[e] = self.plan_of(self.gathers(self.sizes.place(e)[0]), self.push_bytes(e) - self.s['header'])
        todo = {('message', key): needs for key, (*_, needs) in plan.messages.items()}
        todo.update({('result', i): needs for i, needs in plan.results.items()})
        todo.update({('update', n): needs for n, needs in enumerate(plan.updates)})
        self.open[e] = {what: set(needs) for what, needs in todo.items()}
        for what, needs in todo.items():
            for need in needs:
                self.waiters.setdefault((e, need), []).append(what)

    def happens(self, e, need, t):
        ready = []
        for what in self.waiters.pop((e, need), []):
            missing = self.open[e][what]
            missing.discard(need)
            if not missing:
                ready.append(what)
        plan = self.plans[e]
        for kind, which in ready:
            if kind == 'message':
                source, target, size, order, _ = plan.messages[which]
                self.graph.depart(Flow(source, target, size, (e, order), (e, which)), t)
            elif kind == 'result':
                self.done[which, e] = t
                if (which, e) in self.answers:
                    self.results.append((which, self.answers.pop((which, e))))
                if (which, e + 1) in self.joins:
                    self.takes_part(which, e + 1)
            elif plan.updates:
                plan.updates = []  # the first of them
                for i in range(self.workers):
                    self.messages[i, e].arrive = t
                    self.came.append(((e, i), self.messages[i, e]))

    def play(self, t):
        while True:
            # an update comes first: if it ends the run, nothing of a later exchange begins in this ns
            parts = sorted(timer for timer in self.timers if timer[0] <= t) if not self.came else []
            self.timers = [timer for timer in self.timers if timer not in parts]
            for _, e, i in parts:
                if e <= self.last:
                    if e not in self.plans:
                        self.begin(e)
                    self.happens(e, ('in', i), t)
            flows = self.graph.advance(t)
            for flow in flows:
                self.happens(*flow.what, t)
            if not parts and not flows:
                break

    def next(self):
        return min([self.graph.next()] + [moment for moment, _, _ in self.timers])


def network(setting, draws, sizes):
    """The network of a setting: see draw_setting() in check_control.py and Cluster in graph.py.

    exchange: star (the PS over the star's own fluid), or server, sharded, ring ... over a graph. gathers(n): the codes of
    push n do not add up. With buckets a server is a shard, the only one, that takes part in whole exchanges.
    """
    s, kind = setting, setting.get('exchange', 'star')
    if kind == 'star':
        return Star(s, draws)
    if kind == 'server' and 'buckets' in s:
        s, kind = {**s, 'shards': 1, 'whole': True}, 'sharded'
    as_ever = kind == 'server' and 'topology' not in s
    if as_ever and s.get('window', NEVER) != NEVER:  # the window bounds a link, and a trace changes that bound, too
        bounds = [s['window'] / (2 * latency) if latency else NEVER for latency in s['latency']]
        s = {**s, **{way: list(map(min, s[way], bounds)) for way in ('up', 'down')}, 'window': NEVER}
    cluster, sigma, workers = Cluster(s), s.get('latency_jitter', 0), len(s['up'])

    def jitter(source, target, number):
        if as_ever:  # by worker, message and direction
            return draws.lognormal(sigma, philox.LATENCY, min(source, target), number, int(target < source))
        return draws.lognormal(sigma, philox.LATENCY, source, number, 2 + target)

    graph = Graph(cluster.route, s.get('latency_factor', 1), s.get('window', NEVER), jitter if sigma else None)
    if kind == 'server':
        return Server(s, graph, workers, sizes)
    if kind == 'sharded':
        return Sharded(s, graph, workers, sizes)

    def plan(gathers, payload):
        if gathers:
            return plans.all_gather(workers, payload, s['header'])
        if kind == 'tree':
            return plans.tree(workers, payload, s['header'], s['chunk'])
        if kind == 'hierarchical':
            return plans.hierarchical(cluster.parts(), payload, s['header'], s['chunk'])
        return {'ring': plans.ring, 'halving_doubling': plans.halving_doubling}[kind](workers, payload, s['header'])

    return Ordered(s, graph, workers, sizes, plan)
