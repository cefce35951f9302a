"""Which messages an exchange without a server consists of, and what each of them waits for: plain lists, no clock.

A plan is {key: (source, target, payload in bytes, order, needs)}, {worker: needs of its result}, [needs of an update]: the update
happens when one of the last list is met (most kinds have only one). A need is ('in', worker): that worker takes part, or the key
of a message: it has arrived. A message waits at its receiver until that one takes part, so that what was received needs both.
Ranks and steps are numbered as in the definitions of the exchanges.
"""


def parts(whole, number):
    """ceil(whole / number)"""
    return -(-whole // number)


class Plan:
    def __init__(self, header):
        self.header = header
        self.messages, self.results, self.updates = {}, {}, []

    def send(self, key, source, target, payload, order, needs):
        self.messages[key] = (source, target, payload + self.header, order, {('in', source), *needs})

    def got(self, key):
        """The needs of a message that was received."""
        return {key, ('in', self.messages[key][1])}


def ring_of(plan, members, sizes, entry, order=(0,)):
    """One message a step and member round a ring, in len(sizes) steps. entry[i]: what member i needs besides, before it starts.
    Returns what the receipt of step s at the i-th member needs: needs(i, s)."""
    n = len(members)

    def needs(i, s):
        return plan.got(('ring', (i - 1) % n, s)) | entry[i]

    for s, size in enumerate(sizes):
        for i in range(n):
            plan.send(('ring', i, s), members[i], members[(i + 1) % n], size(i), (*order, s),
                      needs(i, s - 1) | {('ring', i, s - 1)} if s else entry[i])
    return needs


def ring(workers, payload, header):
    plan, last = Plan(header), 2 * (workers - 1) - 1
    needs = ring_of(plan, range(workers), [lambda i: parts(payload, workers)] * (last + 1), [set() for _ in range(workers)])
    plan.updates = [set().union(*(needs(i, workers - 2) for i in range(workers)))]
    plan.results = {i: needs(i, last) for i in range(workers)}
    return plan


def all_gather(workers, payload, header):
    """Step s of worker i carries the code of worker i - s, all of one size here."""
    plan = Plan(header)
    needs = ring_of(plan, range(workers), [lambda i: payload] * (workers - 1), [set() for _ in range(workers)])
    whole = [set().union(*(needs(i, s) for s in range(workers - 1))) for i in range(workers)]
    plan.updates, plan.results = whole, dict(enumerate(whole))
    return plan


def halving_doubling(workers, payload, header):
    plan, power = Plan(header), 1
    while 2 * power <= workers:
        power *= 2
    extra = workers - power
    fellows = [2 * i + 1 for i in range(extra)] + list(range(2 * extra, workers))
    fold = [set() for _ in fellows]
    for i in range(extra):
        plan.send(('fold', i), 2 * i, 2 * i + 1, payload, (0, 0), set())
        fold[i] = plan.got(('fold', i))
    distances = []
    while power > 1:
        power //= 2
        distances.append(power)
    steps = [(d, j + 1) for j, d in enumerate(distances)]
    steps += steps[::-1]  # the same distances and sizes backwards

    def needs(v, s):
        return plan.got(('step', v ^ steps[s][0], s)) | fold[v]

    for s, (distance, j) in enumerate(steps):
        for v, rank in enumerate(fellows):
            plan.send(('step', v, s), rank, fellows[v ^ distance], parts(payload, 2 ** j), (1, s),
                      needs(v, s - 1) | {('step', v, s - 1)} if s else fold[v])
    # a worker may receive a step before the one before it: they come from different partners
    everyone, halvings = range(len(fellows)), range(len(distances))
    plan.updates = [set().union(*(needs(v, s) for v in everyone for s in halvings))]
    plan.results = {fellows[v]: set().union(*(needs(v, s) for s in range(len(steps)))) for v in everyone}
    for i in range(extra):
        plan.send(('back', i), 2 * i + 1, 2 * i, payload, (2, 0), plan.results[2 * i + 1])
        plan.results[2 * i] = plan.got(('back', i))
    return plan


def cut(payload, chunk):
    """Chunks of one size, the last one shorter; at least one, since a message without content is one, too."""
    return [min(chunk, payload - at) for at in range(0, payload, chunk)] or [0]


def tree(workers, payload, header, chunk):
    plan = Plan(header)
    chunk = max(chunk, parts(payload, 1024))
    halves = (parts(payload, 2), payload - parts(payload, 2))
    rooted, leaves = set(), {i: set() for i in range(workers)}
    for which, half in enumerate(halves):
        def name(v):
            return workers - 1 - v if which else v

        for k, size in enumerate(cut(half, chunk)):
            for v in reversed(range(workers)):  # children before parents
                below = set().union(*(plan.got(('up', which, c, k)) for c in (2 * v + 1, 2 * v + 2) if c < workers))
                if v:
                    plan.send(('up', which, v, k), name(v), name((v - 1) // 2), size, (which, 0, k), below)
                else:
                    top = below | {('in', name(0))}
            rooted |= top
            leaves[name(0)] |= top
            for v in range(1, workers):
                above = (v - 1) // 2
                plan.send(('down', which, v, k), name(above), name(v), size, (which, 1, k),
                          plan.got(('down', which, above, k)) if above else top)
                leaves[name(v)] |= plan.got(('down', which, v, k))
    plan.updates, plan.results = [rooted], leaves
    return plan


def hierarchical(groups, payload, header, chunk):
    """groups: the ranks in each, rising; their leaders come first, and the groups are in the order of these."""
    plan = Plan(header)
    sizes = list(enumerate(cut(payload, max(chunk, parts(payload, 1024)))))
    leaders, ready = [group[0] for group in groups], [{('in', group[0])} for group in groups]
    for g, group in enumerate(groups):
        for k, size in sizes:
            for i in reversed(range(1, len(group))):
                plan.send(('up', g, i, k), group[i], group[i - 1], size, (0, k),
                          plan.got(('up', g, i + 1, k)) if i + 1 < len(group) else set())
            if len(group) > 1:
                ready[g] |= plan.got(('up', g, 1, k))
    rings = len(groups)
    if rings > 1:
        last = 2 * (rings - 1) - 1
        needs = ring_of(plan, leaders, [lambda i: parts(payload, rings)] * (last + 1), ready, (1,))
        plan.updates = [set().union(*(needs(g, rings - 2) for g in range(rings)))]
        done = [needs(g, last) for g in range(rings)]
    else:
        plan.updates, done = [ready[0]], ready
    for g, group in enumerate(groups):
        plan.results[group[0]] = done[g]
        for i in range(1, len(group)):
            plan.results[group[i]] = set()
            for k, size in sizes:
                plan.send(('down', g, i, k), group[i - 1], group[i], size, (2, k), plan.got(('down', g, i - 1, k)) if i > 1 else done[g])
                plan.results[group[i]] |= plan.got(('down', g, i, k))
    return plan
