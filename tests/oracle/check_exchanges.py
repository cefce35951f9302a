#!/usr/bin/env python3
"""The second calculation of exchanges against closed forms and cases by hand. Without the program: what control.py says of
exchanges has to be right before it is compared with anything."""
import sys
import unittest
from fractions import Fraction

from control import Control
from graph import NEVER, Flow, Graph, Link, nearest

HEADER = 64


def parts(whole, number):
    return -(-whole // number)


def setting(exchange, workers, payload, **more):
    """Equal workers with 1 byte/ns and 1 ms a step; one round of BSP."""
    return {'algorithm': 'bsp', 'exchange': exchange, 'header': HEADER, 'size': payload + HEADER, 'compute': [10 ** 6] * workers,
            'up': [1] * workers, 'down': [1] * workers, 'latency': [0] * workers, 'server_up': 1, 'server_down': 1,
            'cost_per_byte': 0, 'iterations': workers, 'whole': True, 'chunk': 4 << 20, **more}


def played(s):
    """(update, result of each worker) of the first round, from the joining on"""
    control = Control(s)
    control.run()
    rows = [w.pushes[0] for w in control.workers]
    joined = max(row.depart for row in rows)
    return rows[0].arrive - joined, [row.reply - joined for row in rows], getattr(control.net, 'accounts', None)


class Graphs(unittest.TestCase):
    def play(self, flows, route, **more):
        """[(departure, flow)] -> arrivals"""
        graph, t, todo = Graph(route, **more), 0, sorted(flows, key=lambda f: f[0])
        while todo or graph.next() != NEVER:
            t = min([graph.next()] + [moment for moment, _ in todo])
            graph.advance(t)
            while todo and todo[0][0] == t:
                graph.depart(todo.pop(0)[1], t)
        return [flow.arrive for _, flow in flows]

    def test_tight_link_leaves_the_rest(self):
        a, b, c = Link(10), Link(4), Link(100)
        links = {(0, 9): [a, c], (1, 9): [a, b], (2, 9): [b]}
        # b is the tightest: 2 each; a leaves 8 to the first
        got = self.play([(0, Flow(0, 9, 800)), (0, Flow(1, 9, 800)), (0, Flow(2, 9, 200))], lambda *pair: links[pair])
        # at 100 the first and the third are through; the second has 600 left and runs at 4
        self.assertEqual(got, [100, 250, 100])

    def test_pairs_are_served_one_after_the_other(self):
        link = Link(1, 5)
        got = self.play([(0, Flow(0, 1, 10, (1,))), (0, Flow(0, 1, 20, (0,))), (3, Flow(0, 1, 10, (0,)))], lambda *pair: [link])
        self.assertEqual(got, [35, 25, 45])

    def test_traces_and_windows(self):
        link = Link(2, 10, [(100, Fraction(1, 2))])
        self.assertEqual(self.play([(0, Flow(0, 1, 200))], lambda *pair: [link]), [120])  # 90 ns at 2, 20 at 1
        self.assertEqual(self.play([(0, Flow(0, 1, 200))], lambda *pair: [link], window=10, factor=3), [430])  # 1/2 byte/ns

    def test_rounding(self):
        self.assertEqual([nearest(Fraction(n, 2)) for n in (4, 5, 6)], [2, 3, 3])
        late = Link(Fraction(1024, 1025)), Link(Fraction(2048, 2049))  # 1 byte in 1 + 2^-10 and in 1 + 2^-11 ns
        for link, more in ((late[0], 0), (late[1], 0), (Link(Fraction(100, 101)), 1)):
            self.assertEqual(self.play([(0, Flow(0, 1, 1))], lambda *pair: [link]), [1 + more])
        # it leaves the link at its arrival, so the next one is not late
        links = {(0, 1): [late[1]], (2, 1): [late[1]]}
        self.assertEqual(self.play([(0, Flow(0, 1, 1)), (1, Flow(2, 1, 2))], lambda *pair: links[pair]), [1, 3])


class ClosedForms(unittest.TestCase):
    """Equal workers; b = 3/7 byte/ns each way, latency 1234 ns a link."""
    B, L = Fraction(3, 7), 1234

    def equal(self, exchange, n, payload, **more):
        own = {'up': [self.B] * n, 'down': [self.B] * n, 'latency': [self.L] * n, **more}
        return played(setting(exchange, n, payload, **own))

    def hop(self, payload):
        return 2 * self.L + -(-(payload + HEADER) // self.B)

    def test_ring(self):
        for n, payload in ((2, 1000), (3, 1000), (7, 99999), (16, 12345)):
            update, results, accounts = self.equal('ring', n, payload)
            self.assertEqual(results, [2 * (n - 1) * self.hop(parts(payload, n))] * n)
            self.assertEqual(update, (n - 1) * self.hop(parts(payload, n)))
            self.assertEqual(accounts.bytes(0, {0}), (2 * (n - 1) * (parts(payload, n) + HEADER),) * 2)

    def test_halving_doubling(self):
        for n, payload in ((2, 1000), (4, 1001), (8, 99999), (16, 12345)):
            update, results, _ = self.equal('halving_doubling', n, payload)
            half = sum(self.hop(parts(payload, 2 ** j)) for j in range(1, n.bit_length()))
            self.assertEqual([update] + results, [half] + [2 * half] * n)

    def test_halving_doubling_of_six(self):
        """Ranks 0 and 2 fold into 1 and 3; 1, 3, 4, 5 are the fellows 0 .. 3. 4 and 5 join at once and wait."""
        payload = 4000
        update, results, accounts = self.equal('halving_doubling', 6, payload)
        # 4 has sent its first step at once, too, and shares the link down of 1 with the fold
        fold = self.hop(payload + 2000 + HEADER)
        two, one = self.hop(2000), self.hop(1000)
        self.assertEqual(update, fold + two + one)
        self.assertEqual(results[4], fold + two + one + one + two)
        self.assertEqual(results[0], results[1] + self.hop(payload))
        self.assertEqual(accounts.bytes(0, {0}), (4064, 4064))

    def test_all_gather(self):
        for n in (2, 5):
            update, results, _ = self.equal('ring', n, 1000, gathers=lambda e: True)
            self.assertEqual([update] + results, [(n - 1) * self.hop(1000)] * (n + 1))

    def test_chain_of_one_group(self):
        """Chunks follow each other down the chain of three and back up."""
        update, results, _ = self.equal('hierarchical', 3, 3000, chunk=1000, latency=[0] * 3, topology=(
            'groups', [0, 0, 0], [(1, 1, 0, 0)], None))
        hop = self.hop(1000) - 2 * self.L
        self.assertEqual(update, 4 * hop)
        self.assertEqual(results, [4 * hop, 7 * hop, 8 * hop])

    def test_groups_of_one_are_a_ring(self):
        n, payload = 4, 10000
        groups = ('groups', list(range(n)), [(NEVER, NEVER, 0, 0)] * n, None)
        self.assertEqual(self.equal('hierarchical', n, payload, topology=groups)[:2], self.equal('ring', n, payload)[:2])

    def test_tree_of_three(self):
        """Roots 0 and 2, with the others as leaves. 1 sends to 0 in the first tree and to 2 in the second."""
        update, results, _ = self.equal('tree', 3, 2000, latency=[0] * 3)
        size = 1000 + HEADER
        # up: 0 sends to 2; 1 to 0 and 2; 2 to 0: each link down has two flows, and so has 1's up: all at b / 2
        up = -(-2 * size // self.B)
        self.assertEqual(update, up)
        # down: 0 sends to 1 and 2, 2 to 1 and 0: links up and 1's link down have two
        self.assertEqual(results, [2 * up] * 3)

    def test_shards(self):
        n, payload = 4, 1000
        size = parts(payload, n) + HEADER
        update, results, accounts = self.equal('sharded', n, payload, colocated=True, shards=n)
        self.assertEqual([update] + results, [2 * self.L + -(-(n - 1) * size // self.B)] + [2 * (2 * self.L + -(-(n - 1) * size // self.B))] * n)
        self.assertEqual(accounts.bytes(1, {0}), (2 * (n - 1) * size,) * 2)
        update, results, _ = self.equal('sharded', n, payload, shards=2, server_up=self.B, server_down=self.B)
        up = self.L + -(-n * (parts(payload, 2) + HEADER) // self.B)
        self.assertEqual([update] + results, [up] + [2 * up] * n)

    def test_one_shard_is_the_server(self):
        for more in ({}, {'cost_per_byte': Fraction(1, 3)}):
            star, server, shard = (self.equal(kind, 5, 3333, shards=1, **more)[:2] for kind in ('star', 'server', 'sharded'))
            self.assertEqual(star[1], server[1])
            self.assertEqual(star[1], shard[1])


class Orders(unittest.TestCase):
    def test_late_joiner_of_a_ring(self):
        """Worker 1 of two joins 1 ms late: the message of the other one waits there, and both then wait for its own."""
        update, results, _ = played(setting('ring', 2, 1000, compute=[10 ** 6, 2 * 10 ** 6]))
        hop = 500 + HEADER
        self.assertEqual([update] + results, [hop, 2 * hop, 2 * hop])

    def test_overhead(self):
        update, results, _ = played(setting('ring', 2, 1000, overhead=777))
        self.assertEqual(results, [777 + 2 * (500 + HEADER)] * 2)

    def test_exchanges_follow_each_other(self):
        """Two fragments with hardly any steps between them: the second exchange begins at the result of the first."""
        control = Control(setting('ring', 2, 1000, algorithm='streaming_diloco', compute=[10, 10], local_steps=2, fragments=2,
                                  delay=2, iterations=8))
        control.run()
        rows, whole = control.workers[0].pushes, 2 * (500 + HEADER)
        self.assertEqual([row.depart for row in rows[:2]], [10, 20])
        self.assertEqual([row.reply for row in rows[:2]], [10 + whole, 10 + 2 * whole])

    def test_update_that_ends_the_run(self):
        """A root of a tree has its result in the ns of the update, and begins nothing more if that one ends the run."""
        control = Control(setting('tree', 2, 1000, algorithm='streaming_diloco', compute=[10 ** 5, 10], local_steps=2, fragments=2,
                                  delay=2, iterations=2))
        control.run()
        rows, update = control.workers[1].pushes, 10 ** 5 + 2 * (500 + HEADER)  # the first tree's result, then the second's chunk
        self.assertEqual([len(rows), rows[0].arrive, rows[0].reply, rows[1].arrive], [2, update, update, -1])
        self.assertEqual({flow.what[0] for flow in control.net.accounts.flows}, {0})


def report(module):
    """Plays the tests of a module; the exit status."""
    failures, subject = 0, module.__file__.rsplit('_', 1)[1][:-3]
    for test in unittest.defaultTestLoader.loadTestsFromModule(module):
        for case in test:
            result = case.run()
            bad = result.failures + result.errors
            failures += len(bad)
            print('not ok' if bad else 'ok', f'{subject}:', case.shortDescription() or case.id().split('.')[-1].replace('_', ' '))
            for _, trace in bad:
                print(trace)
    return failures > 0


if __name__ == '__main__':
    sys.exit(report(sys.modules[__name__]))
