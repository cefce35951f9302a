"""What a receiver reads of a message: codecs (codecs.py) and error feedback. Conventions of algorithms/codecs/coding.h: a vector is
coded tensor by tensor, with draws of key (seed, DRAW_CODEC, sender) and counter (message, tensor); a part of one
(streaming_diloco's) as one tensor, filled up with zeros, and with a residual of its own. A tensor with fewer dimensions than
min_dimensions is sent as it is, and so are all tensors of messages below compress_after. With topk.scope = model the others are one
vector.

Error feedback (Seide et al., Interspeech 2014; Karimireddy et al., ICML 2019, arXiv:1901.09847, algorithm 2):
    p = v + e ;  sent = Q(p) ;  e = p - sent
v is a gradient in the former ("gradient"), eta times a gradient in the latter ("step"), where the sum of what is sent stays that of
the steps if eta changes. Here a gradient is sent in both, so the latter keeps e = (what is left of eta g) / eta, by the eta of the
message that it comes with next."""
from typing import NamedTuple

import numpy as np

from . import codecs, defects, philox

SERVER = -1  # as a sender
KEEPS_STEPS = ("sign", "topk", "randomk")  # Karimireddy et al.; Stich et al., NeurIPS 2018, arXiv:1809.07599, algorithm 1: eta g + e


class Piece(NamedTuple):
    """A tensor of a message, or all of them that are coded together."""

    n: int
    rows: int
    raw: bool
    places: object  # of its elements in the vector


def tensors(network):
    """(floats, rows, dimensions) of each: outputs lie side by side in a row, a bias is one row."""
    rows = [size // shape[-1] if len(shape) > 1 else 1 for size, shape in zip(network.sizes, network.shapes)]
    return list(zip(network.sizes, rows, network.dimensions))


def kept_error(run, rule, codec):
    """"no", "gradient" or "step": what the sender keeps. `yes`: as the method's paper has it, else the codec's."""
    asked = run.own["error_feedback"]
    if asked != "yes":
        return asked
    return rule.feedback or ("step" if codec.name in KEEPS_STEPS else "gradient")


class Sender:
    """A worker, or the PS."""

    def __init__(self, run, key, sender, rule=None):
        """key: of the algorithm's section, which names the codec. Without a rule: without error feedback."""
        self.run, self.sender = run, sender
        name = run.own.get(key) or run.own["codec"]
        keys = run.settings.get(f"codec.{name}", {})
        self.codec = None if name == "none" else codecs.make(name, keys)
        self.kept = kept_error(run, rule, self.codec) if rule and self.codec else "no"
        self.follows = self.kept == "step" and rule.codes_gradients
        self.joint = keys.get("scope") == "model"
        self.least, self.first = (int(run.own[k]) for k in ("min_dimensions", "compress_after"))
        self.residual = {}  # of each span and part: (what is kept, the rate when it was)
        self.before = {}  # the same before the last message
        self.tie, self.where = np.inf, ""

    def note_tie(self, v):
        """A float of the run is as exact as the largest number that has been in its sum: a model delta, a difference of models, is as
        exact as they are. So a gap in steps of the codec counts relative to the model's size where that is larger."""
        size = np.abs(v).mean()
        gap = self.codec.tie / max(1.0, np.abs(self.run.first).max() / size) if size > 0 else np.inf
        if gap < self.tie:
            self.tie, self.where = gap, self.codec.where
        self.codec.tie = np.inf

    def pieces(self, shapes, message):
        """shapes: (floats, rows, dimensions)."""
        pieces, at = [], 0
        for n, rows, dimensions in shapes:
            raw = self.codec is None or message < self.first or dimensions < self.least
            pieces.append(Piece(n, rows, raw, np.arange(at, at + n)))
            at += n
        together = [p for p in pieces if not p.raw]
        if not self.joint or not together:
            return pieces
        return [p for p in pieces if p.raw] + [Piece(sum(p.n for p in together), 1, False, np.concatenate([p.places for p in together]))]

    def is_raw(self, message):
        """Of each element of a whole vector."""
        raw = np.zeros(self.run.network.n, bool)
        for p in self.pieces(tensors(self.run.network), message):
            raw[p.places] = p.raw
        return raw

    def coded(self, v, message, part):
        shapes = tensors(self.run.network) if part is None else [(len(v), 1, 1)]
        read = v.copy()
        for number, p in enumerate(self.pieces(shapes, message)):
            if p.raw:
                continue
            tensor = 0 if self.joint else number
            key = dict(seed=self.run.seed, purpose=philox.CODEC, rank=self.sender, round=message, iteration=tensor)
            read[p.places] = self.codec.decoded(v[p.places], key, p.rows, message)
            self.note_tie(v[p.places])
        return read

    def rescaled(self, place, rate):
        """What has been kept, in units of this message."""
        kept, before = self.residual.get(place, (0.0, 0.0))
        return kept * before / rate if self.follows and before > 0 and rate > 0 and not defects.is_in("rescaled") else kept

    def restore(self):
        """The last message has come to nothing."""
        if not defects.is_in("restored"):
            self.residual.update(self.before)

    def read(self, v, message, rate, span=0, part=None, each=0):
        """What every receiver of v decodes. rate: of the sender. each: the length to which a fragment is padded with zeros."""
        if self.codec is None:
            return v
        place = span, part
        p = v + self.rescaled(place, rate)
        read = self.coded(np.pad(p, (0, max(each - len(p), 0))), message, part)[: len(p)]
        if self.kept != "no" and not (defects.is_in("residual") and place in self.residual):
            self.before[place] = self.residual.get(place, (0.0, 0.0))
            self.residual[place] = p - read, rate
        return read
