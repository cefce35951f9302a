"""Random settings of runs; check_algorithms.py computes the numbers of these runs again. A setting has an algorithm, its steps, a
cluster and data. Rates are small enough that a run contracts: otherwise rounding errors grow, and a comparison says nothing."""
import random

import numpy as np

from small_data import TRAIN


class Draw:
    """Of one setting. Settings 2 i and 2 i + 1 are unlike: of two choices one has this, the other that; so both are in every pair."""

    def __init__(self, text, number):
        self.text, self.half = f"{text} {number // 2}", number % 2 / 2
        self.asked = {}  # how often

    def of(self, what):
        """In [0, 1). What is asked under a name of its own does not depend on what else is asked."""
        self.asked[what] = self.asked.get(what, 0) + 1
        return (random.Random(f"{self.text} {what} {self.asked[what]}").random() + self.half) % 1

    def choice(self, options):
        return options[int(self.of(str(options)) * len(options))]

    def randint(self, first, last):
        return self.choice(range(first, last + 1))

    def uniform(self, least, most):
        return least + self.of("uniform") * (most - least)


CODECS = {
    "identity": lambda draw: {},
    "maxabs": lambda draw: {"bits": draw.choice((4, 8, 16)), "rounding": draw.choice(("nearest", "stochastic"))},
    "numpy_l2": lambda draw: {"bits": draw.choice((12, 16)), "range": 1, "wrap": draw.choice(("yes", "no"))},
    "float16": lambda draw: {},
    "bfloat16": lambda draw: {},
    "fp4": lambda draw: {},
    "sign": lambda draw: {"scale": "mean"},
    "terngrad": lambda draw: {"clip": draw.choice((0, 2.5))},
    "qsgd": lambda draw: {"levels": draw.choice((7, 127)), "bucket": draw.choice((100, 512)), "norm": draw.choice(("l2", "max"))},
    "topk": lambda draw: {"ratio": draw.choice((0.01, 0.1, 0.7)), "warmup": draw.choice((0, 6)), "scope": draw.choice(("tensor", "model"))},
    "randomk": lambda draw: {"ratio": draw.choice((0.05, 0.3)), "mask": draw.choice(("shared", "own"))},
    "lowrank": lambda draw: {"rank": draw.choice((1, 2)), "iterations": draw.choice((1, 2))},
}


FEW_VALUES = {"maxabs", "numpy_l2", "fp4", "sign", "terngrad", "qsgd"}  # after which many are equally large: topk has no choice of its own


def shrinks(name, settings):
    """The error is shorter than the vector. Where it is not, error feedback makes residuals grow, and rounding with them."""
    return name not in ("qsgd", "terngrad") and settings.get("rounding") != "stochastic"


def choose_codecs(draw, keys, sets, chance):
    """keys: of the algorithm's section, that name a codec."""
    named, feedback = False, True
    for key in keys:
        if draw.of(key) < chance:
            ties = key == "reply_codec" and sets.get("codec", "maxabs") in FEW_VALUES
            name = sets[key] = draw.choice(sorted(set(CODECS) - {"topk"} if ties else CODECS))
            settings = CODECS[name](draw)
            sets.update({f"codec.{name}.{option}": value for option, value in settings.items()})
            named, feedback = True, feedback and shrinks(name, settings)
    sets["error_feedback"] = "yes" if named and feedback and draw.of("feedback") < 0.8 else "no"


# ---- the algorithms' own keys; a name with a dot is of another section ----


def periodic(draw, **own):
    return {"local_steps": draw.randint(1, 6), **own}


def with_codec(draw, own, keys=("codec",), chance=0.6):
    choose_codecs(draw, keys, own, chance)
    return own


def local_sgd(draw, n):
    own = periodic(draw, exchange=draw.choice(("model", "gradients")))
    return with_codec(draw, own) if own["exchange"] == "gradients" else own


def post_local_sgd(draw, n):
    return periodic(draw, switch_at=draw.choice((0, 0.3, 0.5, 0.8, 1)))


def fednova(draw, n):
    """Half of them with momentum, which adamw has not."""
    optimizer, momentum = draw.choice((("sgd", 0), ("sgd", 0.6), ("nesterov", 0.6), ("sgd", 0.8)))
    return with_codec(draw, {"local_epochs": draw.choice((1, 2)), "train.optimizer": optimizer, "train.momentum": momentum,
                             "train.learning_rate": 0.02, "train.state_on_reset": "zero"})  # fmt: skip


def overlap(draw, n):
    most = draw.randint(1, 6)
    own = {"max_local_steps": most, "min_local_steps": draw.randint(1, most), "weighting": draw.choice(("sum", "mean")),
           "drain": draw.choice(("yes", "no"))}  # fmt: skip
    return with_codec(draw, own)


def compensated(draw, own):
    form = draw.choice(("constant", "step", "cosine", "linear"))
    return {**own, "compensation": draw.choice((0.5, 1, 1.5)), "compensation_schedule": form,
            "compensation_warmup": draw.choice((0, 0.3)), "compensation_step_at": "0.3, 0.6", "compensation_step_factor": 0.5}  # fmt: skip


def losp(draw, n):
    return compensated(draw, overlap(draw, n))


def dqlosp(draw, n):
    return with_codec(draw, losp(draw, n), ("codec", "reply_codec"), 0.7)


def delayed(draw, n, name="delay", **own):
    steps = draw.randint(1, 6)
    return {"local_steps": steps, name: draw.randint(0, steps), **own}


def dasgd(draw, n):
    own = delayed(draw, n, merge=draw.choice((0.3, 0.5, 1)))
    if own["merge"] == 1:  # with the longest delay nothing moves: what is sent has just been overwritten
        own["delay"] = min(own["delay"], own["local_steps"] - 1)
    return own


def loscar(draw, n):
    """What the codec leaves it keeps itself. Numbers of each worker, or of all."""
    own = delayed(draw, n, "overlap_steps")
    if draw.of("uneven") < 0.5:
        steps = [draw.randint(1, 6) for _ in range(n)]
        own = {"local_steps": steps, "overlap_steps": [draw.randint(0, most) for most in steps]}
    own = with_codec(draw, own, ("codec", "reply_codec"), 0.7)
    return {**own, "error_feedback": "no"}


def outer_rate(draw, name):
    """How it falls."""
    return {f"{name}_schedule": draw.choice(("constant", "step", "cosine", "linear")), f"{name}_step_at": "0.3, 0.6", f"{name}_step_factor": 0.5}


def outer(draw, n):
    own = periodic(draw, outer_rate=draw.choice((0.4, 0.7, 1)), outer_momentum=draw.choice((0, 0.5, 0.8)))
    return with_codec(draw, {**own, **outer_rate(draw, "outer")})


def streaming(draw, n):
    fragments = draw.randint(1, 4)
    steps = draw.randint(fragments, 3 * fragments)
    mixing = draw.choice((0, 0.3, 0.5))  # with 0 and the longest delay nothing moves: a part is sent just when it was overwritten
    delay = min(draw.choice((0, 1, steps, steps // 2)), steps - (mixing == 0))
    layout = draw.choice(("runs", "strided"))
    return {**outer(draw, n), "local_steps": steps, "fragments": fragments, "delay": delay, "mixing": mixing, "layout": layout}


def asynchronous(draw, n, **own):
    return with_codec(draw, {"staleness_scaling": draw.choice(("yes", "no")), "delay_compensation": draw.choice((0, 0.04, 2)), **own})


def some_of(draw, n):
    return with_codec(draw, {"k": draw.randint(1, n)}, chance=0.9)


def quick_network(draw):
    """For algorithms that push on until a reply is there: so that few gradients are wasted, for each may come near to a tie."""
    return {"network.latency": draw.choice(("0", "0.1ms")), "network.bandwidth": "1Gbit/s", "network.server_bandwidth": "10Gbit/s"}


def sparse(draw, own, keys):
    """Mostly topk, which it is made for. What the codec leaves it keeps itself."""
    if draw.of("sparse") < 0.4:
        own = with_codec(draw, own, keys, 0.8)
    return {**own, "error_feedback": "no"} if "codec" in own else {
        **own, "codec": "topk", "codec.topk.ratio": draw.choice((0.01, 0.1, 0.7)), "codec.topk.warmup": draw.choice((0, 6)),
        "codec.topk.scope": draw.choice(("tensor", "model")), "error_feedback": "no"}  # fmt: skip


def slowmo(draw, n):
    """There is a momentum wherever it is averaged."""
    own = periodic(draw, slow_rate=draw.choice((0.7, 1)), slow_momentum=draw.choice((0.4, 0.7)))
    own["buffers"] = draw.choice(("", "keep", "zero", "average"))
    if own["buffers"] == "average":
        own.update({"optimizer": draw.choice(("sgd", "nesterov")), "momentum": 0.6, "learning_rate": 0.03})
    return {**own, "state_on_reset": ""} if own["buffers"] else own  # both are refused


def fedavg(draw, n):
    """Keys that the optimiser does not use are refused."""
    own = {"local_epochs": draw.choice((1, 2)), "server_optimizer": draw.choice(("none", "momentum", "adam", "yogi", "adagrad"))}
    if own["server_optimizer"] == "none":
        return own
    own.update(outer_rate(draw, "server"), server_beta1=draw.choice((0, 0.5, 0.9)), server_rate=draw.choice((0.7, 1)))
    if own["server_optimizer"] != "momentum":
        rate, tau = draw.choice(((0.01, 1e-3), (0.03, 1e-3), (0.05, 1e-2), (0.1, 1e-2)))  # so that W moves far beside its rounding
        own.update(server_rate=rate, server_tau=tau)
    if own["server_optimizer"] in ("adam", "yogi"):
        own["server_beta2"] = draw.choice((0.9, 0.99))
    return own


def own_momentum(draw, key):
    """Of an algorithm that has its own; where its key is left out, other keys give it."""
    return {key: draw.choice(("", 0, 0.5, 0.9)), "train.optimizer": "sgd", "train.momentum": draw.choice((0, 0.6)),
            "train.learning_rate": 0.04, "train.weight_decay": draw.choice((0, 0.1))}  # fmt: skip


def powersgd(draw, n):
    return {"rank": draw.choice((1, 2, 4)), "exchanges": draw.choice((2, 2, 4)), "memory": draw.choice(("yes", "no")),
            "momentum_form": draw.choice(("paper", "heavy_ball")), **own_momentum(draw, "aggregate_momentum")}  # fmt: skip


OWN = {
    "bsp": lambda draw, n: with_codec(draw, {}),
    "local_sgd": local_sgd,
    "post_local_sgd": post_local_sgd,
    "local_sgd_jsac": lambda draw, n: with_codec(draw, periodic(draw)),
    "osp": overlap,
    "losp": losp,
    "dqlosp": dqlosp,
    "pipe_sgd": lambda draw, n: with_codec(draw, {}),
    "cocod": lambda draw, n: periodic(draw),
    "overlap_local_sgd": lambda draw, n: periodic(draw, pullback=draw.choice((0.2, 0.6)), anchor_momentum=draw.choice((0, 0.7))),
    "eager_diloco": lambda draw, n: {**outer(draw, n), "eager": draw.choice(("yes", "no"))},
    "dga": delayed,
    "dasgd": dasgd,
    "loscar": loscar,
    "streaming_diloco": streaming,
    "diloco": outer,
    "slowmo": slowmo,
    "bmuf": lambda draw, n: periodic(draw, block_rate=draw.choice((0.8, 1)), block_momentum=draw.choice(("", 0.5, 0.8)),
                                     nesterov=draw.choice(("yes", "no"))),
    "asp": asynchronous,
    "ssp": lambda draw, n: asynchronous(draw, n, slack=draw.randint(0, 3)),
    "dc_asgd": lambda draw, n: with_codec(draw, {"lambda": draw.choice((0.04, 2))}),
    "k_sync": some_of, "k_batch_sync": lambda draw, n: {**some_of(draw, n), **quick_network(draw)}, "k_async": some_of, "k_batch_async": some_of,
    "easgd": lambda draw, n: periodic(draw, beta=draw.choice((0.3, 0.9)), alpha=draw.choice(("", 0.1, 0.3)), mode=draw.choice(("synchronous", "asynchronous"))),
    "dgc": lambda draw, n: sparse(draw, {**own_momentum(draw, "correction"), "masking": draw.choice(("yes", "no"))}, ("codec",)),
    "dgs": lambda draw, n: sparse(draw, own_momentum(draw, "waiting_momentum"), ("codec", "reply_codec")),
    "powersgd": powersgd,
    "doublesqueeze": lambda draw, n: with_codec(draw, {}, ("codec", "reply_codec"), 0.8),
    "fedavg": fedavg,
    "fedprox": lambda draw, n: {"local_epochs": draw.choice((1, 2)), "mu": draw.choice((0, 0.1, 1, 3))},
    "fednova": fednova,
    "scaffold": lambda draw, n: with_codec(draw, periodic(draw, global_rate=draw.choice((0.7, 1)))),
}  # fmt: skip


# ---- what all have ----


def cluster(draw, n):
    return {"cluster.workers": n, "compute.model": "fixed", "compute.seconds": "1ms",
            "compute.factor": ", ".join(f"{draw.uniform(1, 4):.3f}" for _ in range(n)), "compute.jitter": draw.choice((0, 0.2)),
            "network.latency": draw.choice(("0", "0.1ms", "2ms")), "network.sharing": draw.choice(("fair", "fifo")),
            "network.bandwidth": draw.choice(("20Mbit/s", "100Mbit/s", "1Gbit/s")), "network.server_bandwidth": "200Mbit/s",
            "server.cost_per_byte": draw.choice(("0", "10ns"))}  # fmt: skip


VALIDATION = 0.2, 0.3, 41  # at 200 samples each label has some on both sides


def validation(draw, samples):
    if samples < 200 or draw.of("validation") < 0.5:
        return {}
    return {"data.validation": VALIDATION[int(draw.of("validated") * len(VALIDATION))], "data.split_seed": 1 + int(3 * draw.of("split"))}


def shares(draw, n, number):
    """Every third: equal shares, each of them a batch."""
    if number % 3 == 0:
        batch = draw.choice((8, 12))
        return {"data.train_samples": n * batch, "data.partition": "iid", "train.batch": batch}
    partition = draw.choice(("full", "iid", "dirichlet", "shards", "label"))
    return {"data.train_samples": draw.randint(100, TRAIN), "data.partition": partition, "data.beta": draw.choice((0.3, 2)),
            "data.shards_per_worker": draw.choice((2, 3)), "train.batch": draw.randint(6, 12)}  # fmt: skip


def stepping(draw, model, divisor):
    """divisor: of the learning rate. The parameters of a run must move far beside their rounding."""
    optimizer, momentum = draw.choice((("sgd", 0), ("sgd", 0), ("sgd", 0.6), ("nesterov", 0.6), ("adamw", 0)))
    rate = 0.006 if optimizer == "adamw" else {"logreg": 0.06, "tiny_bn": 0.2}[model] * (1 - momentum)
    return {"train.optimizer": optimizer, "train.momentum": momentum, "train.learning_rate": f"{rate / divisor:.5g}",
            "train.weight_decay": draw.choice((0, 0, 0.01)), "train.clip_norm": draw.choice((0, 0, 1.5)),
            "train.epsilon": 1e-3, "train.state_on_reset": draw.choice(("keep", "keep", "zero")),
            "train.schedule": draw.choice(("constant", "step", "cosine", "linear", "polynomial", "list")), "train.power": draw.choice((0.5, 2)),
            "train.warmup": draw.choice((0, 0, 0.2, 0.5)), "train.warmup_from": draw.choice((0, 0, 0.3)),
            "train.step_at": "0.4, 0.7", "train.step_factor": 0.4, "train.list_at": "0.1, 0.5, 0.7", "train.list_factors": "0.5, 1.2, 0.3",
            "train.accumulate": draw.choice((1, 1, 1, 2, 3)),
            "train.weight_decay_on": draw.choice(("all", "matrices"))}  # fmt: skip


OTHERS = {"schedule": "cosine", "warmup": 0.5, "weight_decay": 0.3, "clip_norm": 0.2, "momentum": 0.3, "optimizer": "nesterov",
          "state_on_reset": "zero", "learning_rate": 0.01}  # fmt: skip


def compression(draw, algorithm, own):
    """What all codecs have: which error is kept, and what is not compressed."""
    if algorithm != "powersgd" and own.get("codec", "none") == "none" and algorithm not in ("dgc", "dgs", "loscar", "dqlosp", "doublesqueeze"):
        return {}
    sets = {"compress_after": draw.choice((0, 0, 2)), "min_dimensions": draw.choice((0, 1, 2, 3))}
    if own.get("fragments", 1) > 1:
        sets["min_dimensions"] = 0
    if own.get("error_feedback") == "yes":
        sets["error_feedback"] = draw.choice(("yes", "gradient", "step"))
    return sets


def own_instead(draw, algorithm, sets):
    """Some keys are in the algorithm's section; [train] has another value, which does not count."""
    for key, other in OTHERS.items():
        name = f"algorithm.{algorithm}.{key}"
        if draw.of(f"own {key}") < 0.25 and f"train.{key}" in sets and name not in sets:
            sets[name], sets[f"train.{key}"] = sets[f"train.{key}"], other


AT_SERVER = ("bsp", "asp", "ssp", "dc_asgd", "k_sync", "k_batch_sync", "k_async", "k_batch_async", "pipe_sgd", "doublesqueeze")


def place(draw, algorithm):
    """Of the optimiser, where there is a choice."""
    if algorithm not in AT_SERVER:
        return {}
    own, general = draw.choice((("", "auto"), ("", "server"), ("", "worker"), ("worker", "auto"), ("auto", "worker"), ("server", "worker")))
    return {"train.optimizer_at": general, f"algorithm.{algorithm}.optimizer_at": own}


SAMPLED = ("bsp", "local_sgd", "post_local_sgd", "slowmo", "bmuf", "diloco", "fedavg", "fedprox", "fednova", "scaffold")  # may have more clients than workers

DIVISOR = {}  # of the learning rate, where an algorithm takes longer steps: functions of the number of workers


def draw_setting(draw, algorithm, number):
    """The ini's keys."""
    n = draw.choice((4, 5))
    own = OWN[algorithm](draw, n)
    own.update(compression(draw, algorithm, own))
    divisor = DIVISOR.get(algorithm, lambda n: 1)(n)
    pushes = draw.randint(3, 5 if own.get("codec", "none") != "none" else 8)
    steps = np.max(own.get("local_steps", own.get("max_local_steps", 1 if "codec" in own else 2)))
    if algorithm in SAMPLED and own.get("buffers") != "average" and draw.of("clients") < 0.5:
        own = {**own, "cluster.clients": n + draw.randint(1, 6), "error_feedback": "no"}
    model = ("logreg", "tiny_bn")[number % 2]
    if model == "logreg" and "layout" in own:  # it has one layer
        own["layout"] = "runs"
    sets = {"experiment.algorithms": algorithm, "experiment.iterations": n * max(pushes * steps, 10) + draw.randint(0, n - 1),
            "model.name": model, **cluster(draw, n), **shares(draw, n, number), **stepping(draw, model, divisor),
            **place(draw, algorithm)}  # fmt: skip
    if "local_epochs" in own:  # some rounds
        of_step = sets["train.batch"] * sets["train.accumulate"]
        whole = -(-sets["data.train_samples"] // of_step) * (n if sets["data.partition"] == "full" else 1)
        sets["experiment.iterations"] = pushes * own["local_epochs"] * whole
    for key, value in own.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        sets[key if "." in key else f"algorithm.{algorithm}.{key}"] = text
    own_instead(draw, algorithm, sets)
    return {**sets, **validation(draw, sets["data.train_samples"])}


def described(sets):
    """In one line, what is not usual."""
    usual = ("experiment.algorithms", "compute.", "network.", "server.", "data.path", "output.")
    return " ".join(f"{key.split('.', 1)[1].rsplit('.', 1)[-1]}={value}" for key, value in sets.items()
                    if not key.startswith(usual)).replace(", ", ",")  # fmt: skip
