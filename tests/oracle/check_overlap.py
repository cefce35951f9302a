#!/usr/bin/env python3
"""The second calculation of overlap and of coding time against closed forms and cases by hand, without the program."""
import sys
import unittest
from fractions import Fraction

from buckets import Rules, buckets, cut, runs, strided
from check_exchanges import HEADER, parts, report, setting
from control import Control
from layers_of import Layer, equal_layers, layers_of

FORWARD = Fraction(1, 3)


class Buckets(unittest.TestCase):
    """Forward: 10 operations with 100 floats, 30 without any, 20 with 50 and 3 floats, 40 with 5."""
    LAYERS = [Layer(10, [100]), Layer(30), Layer(20, [50, 3]), Layer(40, [5])]

    def of(self, **rules):
        return [(b.parameters, b.share) for b in buckets(Rules(**rules), self.LAYERS)]

    def test_one_a_layer(self):
        shares = [FORWARD + (1 - FORWARD) * Fraction(done, 100) for done in (40, 60)]
        self.assertEqual(self.of(limit=0), [(5, shares[0]), (58, shares[1]), (158, 1)])

    def test_limits(self):
        """The first bucket closes with 20 bytes, the next with the bias of 12, which is ready with its layer."""
        shares = [FORWARD + (1 - FORWARD) * Fraction(done, 100) for done in (40, 60, 60)]
        self.assertEqual(self.of(first=20, limit=12), [(5, shares[0]), (8, shares[1]), (58, shares[2]), (158, 1)])
        self.assertEqual(self.of(first=21, limit=600), [(8, shares[1]), (158, 1)])
        self.assertEqual(self.of(), [(158, 1)])

    def test_batches(self):
        """Only the last of four is cut."""
        self.assertEqual([share for _, share in self.of(limit=0, batches=4, forward=Fraction(1, 2))],
                         [Fraction(3, 4) + Fraction(x, 400) for x in (70, 80)] + [1])

    def test_bytes_add_up(self):
        three = buckets(Rules(limit=0), [Layer(1, [1]), Layer(1, [1]), Layer(1, [1])])
        self.assertEqual([cut(three, 10), cut(three, 11, 7), cut(three, 0)], [[3, 4, 3], [4, 3, 11], [0, 0, 0]])
        self.assertEqual(cut(buckets(Rules(limit=0), [Layer(1, [1]), Layer(1, [1])]), 5), [3, 2])  # a half up

    def test_fragments(self):
        each, inside = runs(self.LAYERS, 2)
        self.assertEqual(each, 80)
        halves = [[(b.parameters, b.share) for b in buckets(Rules(limit=0), self.LAYERS, of)] for of in inside]
        share = FORWARD + (1 - FORWARD) * Fraction(2, 5)
        of_second = FORWARD + (1 - FORWARD) * Fraction(3, 5)
        self.assertEqual(halves, [[(80, 1)], [(5, share), (58, of_second), (78, 1)]])
        self.assertEqual([[b.parameters for b in buckets(Rules(limit=0), self.LAYERS, of)] for of in strided(self.LAYERS, 2)],
                         [[5, 105], [53, 53]])

    def test_models(self):
        self.assertEqual([layer.operations for layer in layers_of('tiny', 'mnist') if layer.tensors], [14112, 56448, 1440])


def overlapped(exchange, workers, layers, rules, statistics=0, **more):
    whole = buckets(rules, layers)
    size = HEADER + 4 * whole[-1].parameters + statistics
    s = {**setting(exchange, workers, 0), 'size': size, 'statistics': statistics, 'buckets': lambda n: whole, **more}
    control = Control(s)
    control.run()
    return control, [part + 0 for part in cut(whole, size - HEADER - statistics, statistics)], whole


class Overlap(unittest.TestCase):
    def test_equal_workers_on_a_ring(self):
        """e_b = max(ready_b, e_(b-1)) + x_b"""
        for n, quick in ((2, 1), (4, 1), (3, 40)):
            layers = equal_layers(10 ** 6 + 7, 6)
            control, sizes, whole = overlapped('ring', n, layers, Rules(limit=0), 28, iterations=3 * n, up=[quick] * n, down=[quick] * n)
            end = 0
            for row in control.workers[0].pushes:
                start, end = end, 0
                for bucket, size in zip(whole, sizes):
                    ready = start + round(10 ** 6 * bucket.share)
                    end = max(ready, end) + 2 * (n - 1) * -(-(parts(size, n) + HEADER) // quick)
                self.assertEqual([row.depart, row.reply], [start + round(10 ** 6 * whole[0].share), end])
                self.assertEqual([row.compute, row.waiting], [10 ** 6, start and start - before])
                before = start + 10 ** 6

    def test_all_gather(self):
        control, sizes, whole = overlapped('tree', 3, equal_layers(3000, 3), Rules(limit=0), gathers=lambda n: True)
        row, end = control.workers[1].pushes[0], 0
        for bucket, size in zip(whole, sizes):
            end = max(round(10 ** 6 * bucket.share), end) + 2 * (size + HEADER)
        self.assertEqual([row.arrive, row.reply], [end, end])

    def test_server_queues_buckets(self):
        """Two workers with links of 1 byte/ns and a card of 1: the first bucket is through before the second is ready."""
        control, sizes, whole = overlapped('server', 2, equal_layers(1000, 2), Rules(limit=0))
        row = control.workers[0].pushes[0]
        self.assertEqual([row.depart, row.arrive, row.reply], [666667, 10 ** 6 + 2 * 2064, 10 ** 6 + 4 * 2064])
        self.assertEqual(control.net.accounts.bytes(0, control.sizes.exchanges(0)), (2 * 2064 + 0, 2 * 2064))

    def test_only_the_last_of_some_steps(self):
        control, _, whole = overlapped('ring', 2, equal_layers(100, 2), Rules(limit=0), algorithm='local_sgd', local_steps=3, iterations=6)
        self.assertEqual(control.workers[0].pushes[0].depart, 2 * 10 ** 6 + 666667)

    def test_delayed_is_not_overlapped(self):
        """While the first push is unanswered steps go on; later pushes depart as a whole."""
        control, _, whole = overlapped('ring', 2, equal_layers(10 ** 6, 2), Rules(limit=0), algorithm='cocod', local_steps=2, iterations=8)
        rows, x = control.workers[0].pushes, 2 * (10 ** 6 + HEADER)
        first = 10 ** 6 + 666667 + 2 * x
        self.assertEqual([rows[0].depart, rows[0].reply, rows[1].depart, rows[1].reply], [1666667, first, first, first + 2 * x])


class Coding(unittest.TestCase):
    COSTS = {'encode_cost': Fraction(3, 2), 'decode_cost': Fraction(1, 4), 'coded': lambda n: 1001}
    E, D = 1502, 250

    def first(self, exchange, workers, **more):
        control = Control(setting(exchange, workers, 1000, **{**self.COSTS, **more}))
        return control, control.run(), control.workers[0].pushes

    def test_server_decodes_each(self):
        """Raw replies: the PS decodes one push after the other."""
        for kind in ('server', 'sharded'):
            control, _, (row, *_) = self.first(kind, 2, shards=1)
            self.assertEqual([row.depart, row.reply, row.accept], [10 ** 6 + self.E, *2 * [10 ** 6 + self.E + 4 * 1064 + 2 * self.D]])
            self.assertEqual([row.compute, row.coding], [10 ** 6 + self.E, self.E])

    def test_coded_reply(self):
        """It is coded once for all, and each worker decodes it."""
        for kind in ('server', 'sharded'):
            control, _, (row, after) = self.first(kind, 2, shards=1, reply_coded=lambda n: 1001, iterations=4)
            self.assertEqual(row.reply, 10 ** 6 + 2 * self.E + 4 * 1064 + 2 * self.D)
            self.assertEqual([row.accept - row.reply, after.coding, control.updates[0][2]],
                             [self.D, self.E + self.D, row.reply - self.E - 2 * 1064])

    def test_one_after_the_other(self):
        """ASP: replies are coded one by one, and what has come in the meantime is served later."""
        for more in ({}, {'decode_cost': 0}):
            for kind in ('server', 'sharded'):
                control, _, (row, *_) = self.first(kind, 2, algorithm='asp', whole=False, reply_coded=lambda n: 1001, **more)
                other, decoding = control.workers[1].pushes[0], 0 if more else self.D
                self.assertEqual([row.arrive, row.reply, other.reply], [10 ** 6 + self.E + 2 * 1064] + [
                    10 ** 6 + 2 * self.E + 3 * 1064 + decoding + later for later in (0, decoding + self.E)])

    def test_gathered(self):
        control, _, (row, after) = self.first('ring', 4, gathers=lambda n: True, iterations=8)
        self.assertEqual([row.reply, row.accept - row.reply, after.coding], [10 ** 6 + self.E + 3 * 1064, 3 * self.D, 3 * self.D + self.E])

    def test_cancel_while_it_codes(self):
        """K-sync: the slower worker is still coding when the newer model comes, and sends nothing."""
        control, _, rows = self.first('server', 2, algorithm='k_sync', k=1, whole=False, compute=[10 ** 6 + 3700, 10 ** 6],
                                      iterations=2, encode_cost=2)
        newer = 10 ** 6 + 2002 + self.D + 3 * 1064
        self.assertEqual([rows, control.workers[1].pushes[0].reply, control.workers[0].coding], [[], newer, newer - 10 ** 6 - 3700])

    def test_buckets_pause_backward(self):
        whole = buckets(Rules(limit=0), equal_layers(500, 2), coded=lambda i, j: True)
        control = Control({**setting('ring', 2, 2000), **self.COSTS, 'coded': lambda n: 2000, 'buckets': lambda n: whole})
        control.run()
        row, hop = control.workers[0].pushes[0], 500 + HEADER
        self.assertEqual([row.depart, row.reply, row.compute, row.coding],
                         [666667 + 1500, 10 ** 6 + 3000 + 2 * hop, 10 ** 6 + 3000, 3000])


class Bounds(unittest.TestCase):
    def test_time(self):
        """Updates at 1 ms + 2 x 564 ns and so on: the first at or past the bound is the last."""
        hop = 500 + HEADER
        for bound, updates in ((10 ** 6, 1), (10 ** 6 + hop, 1), (10 ** 6 + hop + 1, 2)):
            control = Control({**setting('ring', 2, 1000), 'iterations': 100, 'virtual_time': bound})
            control.run()
            self.assertEqual(len(control.updates), updates)


if __name__ == '__main__':
    sys.exit(report(sys.modules[__name__]))
