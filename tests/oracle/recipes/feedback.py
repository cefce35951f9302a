"""Error feedback in units of the step: EF-SGD (Stich et al., NeurIPS 2018, arXiv:1809.07599, algorithm 1) and EF-signSGD
(Karimireddy et al., ICML 2019, arXiv:1901.09847, algorithm 1), with one memory at each worker:  p = gamma g + e;  sent = C(p);  e
= p - sent;  x <- x - mean of sent. Checked with github.com/epfml/error-feedback-SGD: the rate is in p, so that a falling rate
does not shrink what is kept. error_feedback = gradient keeps g instead:  p = g + e;  x <- x - gamma mean of sent."""
import torch

import joint_batch
import toy

WORKERS, STEPS, WARM = 4, joint_batch.STEPS, joint_batch.WARM
SETS = {"cluster.workers": WORKERS, "train.batch": 8, "experiment.iterations": WORKERS * STEPS, "train.learning_rate": 0.05,
        "train.schedule": "cosine", "train.warmup": WARM / STEPS, "codec.topk.ratio": 0.05}  # fmt: skip


def sign(p):
    """(what is read, how near to another decision, in sizes of rounding)"""
    size = p.abs().mean()
    return p.sign() * size, 0.1 * (p.abs().min() / size).item()


def topk(p, ratio=0.05):
    k = max(1, int(ratio * len(p)))
    size = p.abs().sort(descending=True)
    read = torch.zeros_like(p)
    read[size.indices[:k]] = p[size.indices[:k]]
    return read, (1 - size.values[k] / size.values[k - 1]).item() if k < len(p) else 1.0


CODECS = {"sign": sign, "topk": topk}


def train(run, codec, in_steps):
    net, feeds = run.net(), run.feeds()
    params = list(net.parameters())
    kept = [[torch.zeros(p.numel()) for p in params] for _ in feeds]
    gap = 1.0
    for rate in joint_batch.rates(joint_batch.cosine, 0.05, STEPS):
        mean = [torch.zeros(p.numel()) for p in params]
        for feed, e in zip(feeds, kept):
            toy.mean_gradient(net, [feed.next()])
            for i, p in enumerate(params):
                whole = (rate if in_steps else 1.0) * p.grad.reshape(-1) + e[i]
                read, near = codec(whole)
                e[i], mean[i], gap = whole - read, mean[i] + read / len(feeds), min(gap, near)
        for p, m in zip(params, mean):
            p.data -= (1.0 if in_steps else rate) * m.reshape(p.shape)
    return net, gap


def compare(bench, model, codec, feedback, in_steps=None):
    run = bench.play("bsp", {**SETS, "model.name": model, "algorithm.bsp.codec": codec, "algorithm.bsp.error_feedback": feedback})
    return run.away(*train(run, CODECS[codec], feedback != "gradient" if in_steps is None else in_steps))


def checks(bench):
    # BatchNorm leaves gradients with rounding errors that turn signs around: not even PyTorch's float32 is near its float64 then.
    for codec, models in (("sign", ["logreg"]), ("topk", toy.MODELS)):
        for model in models:
            for feedback in ("yes", "gradient"):
                yield f"bsp, {codec}, error_feedback = {feedback}: {model}", lambda: compare(bench, model, codec, feedback)


def others(bench):
    yield "EF-SGD that keeps gradients: logreg", lambda: compare(bench, "logreg", "topk", "yes", in_steps=False)
