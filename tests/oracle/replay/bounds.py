"""The bounds of a run besides its iterations, and which part of them is used: the place of a model in the schedules.

With a budget, the place of the model of update j is the largest used part of all bounds at that update: iterations that are in the model,
virtual time, bytes of messages that have departed before the update (its own replies depart after it)."""
from . import defects
from .history import rows_of


UNITS = {"": 1.0, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0,
         "B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "kB": 1e3, "MB": 1e6, "GB": 1e9}  # fmt: skip


def quantity(text):
    """Of resolved.ini: a number, perhaps with a unit of seconds or bytes."""
    digits = text.rstrip("".join(UNITS))
    return float(digits) * UNITS[text[len(digits) :]]


class Bounds:
    def __init__(self, run):
        experiment = run.settings["experiment"]
        self.of = {key: quantity(experiment[key]) for key in ("iterations", "virtual_time", "bytes") if experiment.get(key)}
        self.budget = bool(self.of.keys() & {"virtual_time", "bytes"})
        if self.budget:
            self.read(run)

    def read(self, run):
        """From eval.csv with a row for every update, and from timeline.csv."""
        replies, first = {}, None
        for row in rows_of(run.folder / "timeline.csv"):
            if row["what"] == "reply":
                key = int(row["version"]), int(row["begin_ns"])
                replies[key] = replies.get(key, 0) + int(row["bytes"])
            elif row["what"] == "push" and first is None:
                first = int(row["bytes"])
        self.places = {}
        for row in rows_of(run.folder / "eval.csv"):
            version, ns = int(row["round"]), round(float(row["virtual_s"]) * 1e9)
            own = 0 if defects.is_in("replies") else replies.get((version, ns), 0)
            departed = int(row["bytes_up"]) + int(row["bytes_down"]) - own
            self.places[version] = self.used(float(row["iterations"]), ns / 1e9, departed) if version else 0.0
        longest = run.accumulate * quantity(run.settings["compute"]["seconds"]) * max(
            float(factor) for factor in run.settings["compute"]["factor"].split(","))
        self.ahead = self.used(run.workers, longest, run.workers * first)

    def used(self, iterations, seconds, bytes):
        if defects.is_in("bounds"):
            seconds = bytes = 0.0
        have = {"iterations": iterations, "virtual_time": seconds, "bytes": bytes}
        return max(have[key] / bound for key, bound in self.of.items())
