"""How long messages are, in closed form, and whether timeline.csv says the same of every push and reply of a run.

A message is 64 bytes of header, its vectors and, where the model has any, BatchNorm's statistics as floats. A vector is coded or
plain floats; which, the papers say: gradients and differences of models may be coded, models are sent as they are."""
from . import messages
from .history import rows_of

HEADER, FLOAT = 64, 4
CODED, PLAIN = "coded", "plain"

GRADIENT_FOR_MODEL = [CODED], [PLAIN]
MODEL_FOR_MODEL = [PLAIN], [PLAIN]
BOTH_CODED = [CODED], [CODED]
VECTORS = {  # of a push and of a reply; others are GRADIENT_FOR_MODEL
    **dict.fromkeys(("easgd", "fedavg", "fedprox", "post_local_sgd", "slowmo", "bmuf", "cocod", "overlap_local_sgd", "dga", "dasgd"), MODEL_FOR_MODEL),
    **dict.fromkeys(("dgs", "doublesqueeze", "dqlosp", "loscar"), BOTH_CODED),
    "scaffold": ([CODED, CODED], [PLAIN, PLAIN]),
}  # fmt: skip


def vectors_of(run):
    if run.algorithm == "slowmo" and run.own["buffers"] == "average":
        return [PLAIN, PLAIN], [PLAIN, PLAIN]
    if run.algorithm == "local_sgd" and run.own["exchange"] == "model":
        return MODEL_FOR_MODEL
    return VECTORS.get(run.algorithm, GRADIENT_FOR_MODEL)


class Sizes:
    def __init__(self, run, rule):
        self.run, self.rule = run, rule
        self.push, self.reply = vectors_of(run)
        self.sender = {"push": messages.Sender(run, "codec", 0), "reply": messages.Sender(run, "reply_codec", messages.SERVER)}

    def tensors(self, number):
        """(floats, rows, dimensions) of what the vectors of message `number` hold."""
        if hasattr(self.rule, "travels"):  # factors instead of tensors
            return [(self.rule.travels(number), 1, 1)]
        if hasattr(self.rule, "part") and self.rule.part(number)[2] < self.run.network.n:
            return [(self.rule.part(number)[2], 1, 1)]
        return messages.tensors(self.run.network)

    def of(self, what, number):
        """number: of the push; of a reply its version less one."""
        sender, size = self.sender[what], HEADER + FLOAT * self.run.network.statistics
        for vector in self.push if what == "push" else self.reply:
            for p in sender.pieces(self.tensors(number), number):
                size += sender.codec.size(p.n, p.rows, number) if vector == CODED and not p.raw else FLOAT * p.n
        return size

    def differences(self):
        """A line for every message with a wrong size."""
        pushes = [0] * self.run.workers
        for row in rows_of(self.run.folder / "timeline.csv"):
            worker, what = int(row["worker"]), row["what"]
            if what == "push":
                number, pushes[worker] = pushes[worker], pushes[worker] + 1
            elif what == "reply":
                number = max(int(row["version"]) - 1, 0)
            else:
                continue
            expected = self.of(what, number)
            if int(row["bytes"]) != expected:
                yield f"{what} {number} of worker {worker}: expected {expected} bytes, got {row['bytes']}"
