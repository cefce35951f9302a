"""Sizes of messages by the number of the push, and by the number of the exchange where a push consists of several: buckets.

setting: size (wire bytes of a push), or sizes and reply_sizes by number, or push_size(n) and reply_size(n); statistics: bytes of
these that are BatchNorm's; header; coded(n), reply_coded(n): the bytes of floats that really go through a codec in push or reply n;
buckets(n): those of push n.
"""
from buckets import FLOAT, cut


class Sizes:
    def __init__(self, setting):
        self.s = setting
        self.places, self.firsts = [], [0]  # of each exchange (push, bucket); of each push its first exchange
        self.parts = {}

    def by_number(self, name, number):
        of = self.s.get('push_size' if name == 'sizes' else 'reply_size')
        if of:
            return of(number)
        sizes = self.s.get(name) or self.s.get('sizes') or [self.s['size']]
        return sizes[number % len(sizes)]

    def buckets(self, n):
        return self.s['buckets'](n) if 'buckets' in self.s else [None]

    def place(self, e):
        """(push, bucket) of exchange e."""
        while len(self.places) <= e:
            self.until(len(self.firsts))
        return self.places[e]

    def until(self, n):
        """The first exchange of push n."""
        while len(self.firsts) <= n:
            push = len(self.firsts) - 1
            self.places += [(push, b) for b in range(len(self.buckets(push)))]
            self.firsts.append(len(self.places))
        return self.firsts[n]

    def exchanges(self, n):
        return range(self.until(n), self.until(n + 1))

    def of(self, name, e):
        """Wire bytes of the message of exchange e."""
        n, b = self.place(e)
        size = self.by_number(name, n)
        if 'buckets' not in self.s:
            return size
        if (name, n) not in self.parts:
            header, statistics = self.s['header'], self.s.get('statistics', 0)
            self.parts[name, n] = [part + header for part in cut(self.buckets(n), size - header - statistics, statistics)]
        return self.parts[name, n][b]

    def push(self, e):
        return self.of('sizes', e)

    def reply(self, e):
        return self.of('reply_sizes', e)

    def whole(self, name, n):
        """Coded bytes of push (name = coded) or reply (reply_coded) n."""
        return self.s[name](n) if name in self.s else 0

    def upto(self, name, e):
        """Coded bytes of the buckets of a message up to that of exchange e."""
        n, b = self.place(e)
        buckets, whole = self.buckets(n), self.whole(name, n)
        return whole if b == len(buckets) - 1 else min(whole, FLOAT * buckets[b].coded) if whole else 0

    def coded(self, name, e):
        """Coded bytes in exchange e alone."""
        _, b = self.place(e)
        return self.upto(name, e) - (self.upto(name, e - 1) if b else 0)
