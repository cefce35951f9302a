"""Faults that can be inserted into the oracle on purpose: a comparison that cannot tell them from the right numbers is worth
nothing. One at a time, by algorithms.py --defect."""

KNOWN = {
    "sign": "every step goes up the gradient",
    "share": "a mean over workers lacks its 1/N",
    "residual": "error feedback adds the residual of the message before the last",
    "rescaled": "what is kept of a step stays as it is when the learning rate changes",
    "restored": "a dropped push leaves its residual",
    "statistics": "an accepted mean overwrites the worker's running statistics",
    "weight": "weights of pushes are forgotten",
    "late": "the learning rate of an update is that of the update before",
    "bounds": "with a budget, schedules follow the iterations alone",
    "replies": "bytes of an update's own replies count before it",
    "place": "the optimiser of gradients is at the workers",
    "vectors": "vectors decay where only matrices do",
    "round": "local steps have the learning rate of the reply before them",
    "unkept": "workers have the validation samples, too",
    "momentum": "optimisers forget their states at every push",
}
chosen = None


def is_in(name):
    assert name in KNOWN
    return chosen == name


def choose(name):
    global chosen
    assert name is None or name in KNOWN
    chosen = name
