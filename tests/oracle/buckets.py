"""Overlap with back-propagation, from the rules alone: into which buckets a push is cut, when each is ready, and its bytes.

    forward, a part f of an iteration   |   backward: the layers from last to first, each in proportion to its operations
                                        |        bucket 1 ready          bucket 2 ready            the last one: at the end

Tensors are joined in backward order. A fragment without the first layer has an empty bucket for the end of the iteration. All in whole
numbers and exact fractions.
"""
from fractions import Fraction

from graph import nearest

FLOAT = 4


class Bucket:
    def __init__(self, parameters, share, coded):
        """parameters and coded floats: with those of the buckets before it; share: of the iteration, when it is ready."""
        self.parameters, self.share, self.coded = parameters, share, coded


class Rules:
    """limit, first: bytes; 0: one bucket a layer. forward: the part of an iteration before backward. batches: of an iteration."""

    def __init__(self, limit=25 << 20, first=1 << 20, forward=Fraction(1, 3), batches=1):
        self.limit, self.first, self.forward, self.batches = limit, first, forward, batches


def share(rules, done, whole):
    """Of the iteration, when `done` of all operations of backward are through: only its last batch is cut."""
    backward = Fraction(done, whole) if whole else Fraction(1)
    of_batch = rules.forward + (1 - rules.forward) * backward
    return (rules.batches - 1 + of_batch) / rules.batches


def buckets(rules, layers, inside=None, coded=None, spans=1):
    """Of a push. layers: as in layers_of.py. inside(layer, tensor): how many of its floats the push has (all of them if left out).
    coded(layer, tensor): whether they go through a codec. spans: vectors of that length in the push;
    limits are about one of them."""
    whole, done, result = sum(layer.operations for layer in layers), 0, []
    parameters = floats = filled = reached = 0

    def close():
        nonlocal filled
        result.append(Bucket(parameters, share(rules, reached, whole), floats))
        filled = 0

    for i in reversed(range(len(layers))):
        done += layers[i].operations
        for j in reversed(range(len(layers[i].tensors))):
            size = inside(i, j) if inside else layers[i].tensors[j]
            reached = done if size else reached
            parameters += size
            floats += spans * size * (coded(i, j) if coded else 0)
            filled += FLOAT * size
            if size and rules.limit and filled >= (rules.limit if result else rules.first):
                close()
        if filled and not rules.limit:
            close()
    if filled or not result:
        close()
    if inside and parameters and result[-1].share < 1:  # the layers of a fragment do not wait for those below them
        result.append(Bucket(parameters, Fraction(1), floats))
    result[-1].share = Fraction(1)
    return result


def cut(buckets, size, last=0):
    """Of `size` bytes to each bucket its part, rounded cumulatively; `last` more to the last one."""
    whole = buckets[-1].parameters
    until = [nearest(Fraction(size * b.parameters, whole)) if whole else 0 for b in buckets[:-1]] + [size]
    parts = [b - a for a, b in zip([0] + until, until)]
    parts[-1] += last
    return parts


def runs(layers, fragments, lines=16):
    """inside() of each fragment, if fragments are equal pieces of the vector, in whole lines of the cache."""
    each = sum(sum(layer.tensors) for layer in layers)
    if fragments > 1:
        each = -(-(-(-each // fragments)) // lines) * lines
    begins, at = {}, 0
    for i, layer in enumerate(layers):
        for j, size in enumerate(layer.tensors):
            begins[i, j] = at
            at += size

    def of(p):
        return lambda i, j: max(0, min(begins[i, j] + layers[i].tensors[j], (p + 1) * each) - max(begins[i, j], p * each))

    return each, [of(p) for p in range(fragments)]


def strided(layers, fragments):
    """Likewise, if fragment p has the layers p, p + fragments, ... of those that have parameters."""
    numbers, number = {}, 0
    for i, layer in enumerate(layers):
        if layer.tensors:
            numbers[i] = number
            number += 1
    return [lambda i, j, p=p: layers[i].tensors[j] if numbers[i] % fragments == p else 0 for p in range(fragments)]
