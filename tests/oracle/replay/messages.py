"""What a receiver reads of a message: codecs (codecs.py) and error feedback. Conventions of algorithms/codecs/coding.h: a vector is
coded tensor by tensor, with draws of key (seed, DRAW_CODEC, sender) and counter (message, tensor); a part of one
(streaming_diloco's) as one tensor, filled up with zeros, and with a residual of its own.

Error feedback (Seide et al., Interspeech 2014; Karimireddy et al., ICML 2019, arXiv:1901.09847, algorithm 2):
    p = v + e ;  sent = Q(p) ;  e = p - sent"""
import numpy as np

from . import codecs, defects, philox

SERVER = -1  # as a sender


def tensors(network):
    """(floats, rows) of each: outputs lie side by side in a row, a bias is one row."""
    return [(size, size // shape[-1] if len(shape) > 1 else 1) for size, shape in zip(network.sizes, network.shapes)]


class Sender:
    """A worker, or the PS."""

    def __init__(self, run, key, sender, feedback):
        """key: of the algorithm's section, which names the codec."""
        self.run, self.sender, self.feedback = run, sender, feedback
        name = run.own.get(key) or run.own["codec"]
        self.codec = None if name == "none" else codecs.make(name, run.settings.get(f"codec.{name}", {}))
        self.residual = {}  # of each span and part
        self.tie, self.where = np.inf, ""

    def note_tie(self, v):
        """A float of the run is as exact as the largest number that has been in its sum: a model delta, a difference of models, is as
        exact as they are. So a gap in steps of the codec counts relative to the model's size where that is larger."""
        size = np.abs(v).mean()
        gap = self.codec.tie / max(1.0, np.abs(self.run.first).max() / size) if size > 0 else np.inf
        if gap < self.tie:
            self.tie, self.where = gap, self.codec.where
        self.codec.tie = np.inf

    def coded(self, v, message, part):
        shapes = tensors(self.run.network) if part is None else [(len(v), 1)]
        read, at = [], 0
        for number, (n, rows) in enumerate(shapes):
            key = dict(seed=self.run.seed, purpose=philox.CODEC, rank=self.sender, round=message, iteration=number)
            read.append(self.codec.decoded(v[at : at + n], key, rows, message))
            self.note_tie(v[at : at + n])
            at += n
        return np.concatenate(read)

    def read(self, v, message, span=0, part=None, each=0):
        """What every receiver of v decodes. each: the length to which a fragment is padded with zeros."""
        if self.codec is None:
            return v
        place = span, part
        p = v + self.residual.get(place, 0.0)
        read = self.coded(np.pad(p, (0, max(each - len(p), 0))), message, part)[: len(p)]
        if self.feedback and not (defects.is_in("residual") and place in self.residual):
            self.residual[place] = p - read
        return read
