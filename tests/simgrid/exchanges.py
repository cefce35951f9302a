#!/usr/bin/python3
"""Random exchanges on random networks, and when they are reduced and done according to SimGrid.

usage: exchanges.py SEED COUNT PROGRAM OUT    writes COUNT cases to the file OUT; PROGRAM: exchanges.cpp, compiled

The kinds of exchange take turns. `colocated` is a sharded PS at the workers, `all_gather` a ring of codes that do not add
up. Half of the cases have one latency for all routes, the others have random ones; a third of the cases has equal links.
The lines of a case (ns, bytes, bytes/s; answers in seconds):

    exchange KIND WORKERS EXCHANGES SHARDS CHUNK HEADER OVERHEAD    SHARDS: 0 without a server
    network star|groups|sites PARTS SERVER_PART SERVER_UP SERVER_DOWN    SERVER_PART -1: the core; UP is towards the PS
    WORKERS times: UP DOWN LATENCY PART                             the worker's link
    groups, PARTS times: UP DOWN LATENCY_UP LATENCY_DOWN            the group's link to the core
    sites, PARTS x PARTS times: BANDWIDTH LATENCY                   from, to
    EXCHANGES times:
        WORKERS times: JOIN BYTES REPLY                             without the header of a message
    EXCHANGES times: reduced REDUCED RESULT...                      the answers; a result for each worker

Where exchanges have no order (server, sharded, colocated) a worker joins at JOIN, but not before the exchange before is
reduced; elsewhere it joins at JOIN.
"""
import random
import subprocess
import sys

KINDS = ("server", "sharded", "colocated", "ring", "halving_doubling", "tree", "hierarchical", "all_gather")
MOST_WORKERS, MOST_EXCHANGES, HEADER = 16, 3, 64


def log_uniform(draw, low, high):
    return int(low * (high / low) ** draw.random())


class Case:
    def __init__(self, draw, kind):
        self.draw, self.kind = draw, kind
        self.workers = draw.randint(2, MOST_WORKERS)
        self.exchanges = draw.randint(1, MOST_EXCHANGES)
        self.shards = {"server": 1, "sharded": draw.randint(2, 6), "colocated": self.workers}.get(kind, 0)
        self.topology = draw.choice(("groups", "sites") if kind == "hierarchical" else ("star", "groups", "sites"))
        self.parts = 1 if self.topology == "star" else draw.randint(1, self.workers)
        self.equal_latency, self.equal_links = draw.random() < 0.5, draw.random() < 1 / 3
        self.bandwidth, self.latency = log_uniform(draw, 2e7, 2e9), log_uniform(draw, 1e4, 1e7)
        self.bytes = max(100_000, int(self.bandwidth * draw.uniform(0.2, 2)))
        self.chunk = int(self.bytes / draw.uniform(1, 20))
        self.overhead = 0 if self.shards else draw.choice((0, draw.randint(1, 50_000_000)))

    def speed(self, most=1.0):
        """A link's bandwidth. most: of the usual ones, for a link that many messages share."""
        return int(self.bandwidth * most) if self.equal_links else log_uniform(self.draw, self.bandwidth / 5, self.bandwidth * most)

    def delay(self, of_part=False):
        """Of a worker's link, or of a link between parts. Routes of one latency: all of it at the workers."""
        if self.equal_latency:
            return 0 if of_part else self.latency
        return self.draw.randint(0, self.latency)

    def part_of(self):
        """Each part has a worker; groups are ranges of ranks, sites are not."""
        parts = list(range(self.parts)) + [self.draw.randrange(self.parts) for _ in range(self.workers - self.parts)]
        self.draw.shuffle(parts)
        return sorted(parts) if self.topology == "groups" else parts

    def network(self):
        server_part = {"star": 0, "groups": self.draw.randint(-1, self.parts - 1),
                       "sites": self.draw.randrange(self.parts)}[self.topology]
        yield "network", self.topology, self.parts, server_part, self.speed(4), self.speed(4)
        for part in self.part_of():
            yield self.speed(), self.speed(), self.delay(), part
        if self.topology == "groups":
            for _ in range(self.parts):
                yield self.speed(3), self.speed(3), self.delay(True), self.delay(True)
        if self.topology == "sites":
            for _ in range(self.parts ** 2):
                yield self.speed(2), self.delay(True)

    def pushes(self):
        spread = self.draw.choice((0, 0.1, 3)) * self.bytes / self.bandwidth * 1e9
        joins = [0] * self.workers
        for _ in range(self.exchanges):
            joins = [join + self.draw.randint(0, int(spread)) for join in joins]
            size, reply = self.bytes + self.draw.randint(0, 100), self.draw.randint(self.bytes // 2, self.bytes)
            for join in joins:
                if self.kind == "all_gather":
                    size = self.draw.randint(self.bytes // 3, self.bytes)
                yield join, size, reply

    def lines(self):
        yield "exchange", self.kind, self.workers, self.exchanges, self.shards, self.chunk, HEADER, self.overhead
        yield from self.network()
        yield from self.pushes()

    def text(self):
        return "".join(" ".join(map(str, line)) + "\n" for line in self.lines())


def main():
    seed, count, program, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    draw = random.Random(f"exchanges {seed}")
    cases = [Case(draw, KINDS[i % len(KINDS)]) for i in range(count)]
    texts = [case.text() for case in cases]
    answers = iter(subprocess.run([program], input="".join(texts), stdout=subprocess.PIPE, text=True,
                                  check=True).stdout.splitlines(keepends=True))
    with open(out, "w", encoding="ascii") as file:
        for case, text in zip(cases, texts):
            file.write(text)
            for _ in range(case.exchanges):
                file.write(next(answers))


if __name__ == "__main__":
    main()
