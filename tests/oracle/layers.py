"""What PyTorch's layers compute, each alone: every shape of the model zoo and some odd ones, batches of 1, 31, 32."""
import numpy as np
import torch
import torch.nn.functional as F

import draws

BATCHES = (1, 31, 32)

# inputs, outputs, kernel, stride, pad, bias, height, width
CONV = [
    (1, 32, 3, 1, 0, 1, 28, 28), (32, 64, 3, 1, 0, 1, 26, 26),  # cnn
    (3, 64, 11, 4, 5, 1, 32, 32), (64, 192, 5, 1, 2, 1, 4, 4), (192, 384, 3, 1, 1, 1, 2, 2),  # alexnet
    (384, 256, 3, 1, 1, 1, 2, 2), (256, 256, 3, 1, 1, 1, 2, 2),
    (3, 16, 3, 1, 1, 0, 32, 32), (16, 16, 3, 1, 1, 0, 32, 32), (16, 32, 3, 2, 1, 0, 32, 32),  # resnet14
    (32, 32, 3, 1, 1, 0, 16, 16), (32, 64, 3, 2, 1, 0, 16, 16), (64, 64, 3, 1, 1, 0, 8, 8),
    (3, 64, 3, 1, 1, 0, 32, 32), (64, 64, 3, 1, 1, 0, 32, 32),  # resnet18
    (64, 128, 3, 2, 1, 0, 32, 32), (128, 128, 3, 1, 1, 0, 16, 16), (64, 128, 1, 2, 0, 0, 32, 32),
    (128, 256, 3, 2, 1, 0, 16, 16), (256, 256, 3, 1, 1, 0, 8, 8), (128, 256, 1, 2, 0, 0, 16, 16),
    (256, 512, 3, 2, 1, 0, 8, 8), (512, 512, 3, 1, 1, 0, 4, 4), (256, 512, 1, 2, 0, 0, 8, 8),
    (1, 8, 3, 2, 1, 1, 28, 28), (3, 8, 3, 2, 1, 1, 32, 32), (8, 16, 3, 1, 1, 1, 7, 7),  # tiny
    (7, 13, 3, 1, 1, 0, 9, 7), (17, 5, 3, 2, 1, 0, 7, 5), (20, 33, 3, 1, 1, 1, 15, 17),  # odd
    (5, 7, 5, 1, 2, 1, 6, 3), (3, 6, 11, 4, 5, 1, 29, 35), (20, 4, 1, 1, 0, 0, 5, 6),
    (6, 9, 1, 2, 0, 1, 7, 9), (3, 10, 3, 1, 0, 1, 11, 13), (4, 6, 3, 1, 1, 1, 1, 1), (2, 3, 2, 3, 0, 1, 9, 8),
]  # fmt: skip
# inputs as channels, height, width; outputs
LINEAR = [(64, 12, 12, 128), (128, 1, 1, 10), (256, 1, 1, 10), (64, 1, 1, 10), (512, 1, 1, 10), (16, 3, 3, 10),
          (16, 4, 4, 10), (1, 28, 28, 10), (3, 32, 32, 10), (5, 3, 7, 13)]  # fmt: skip
# channels, height, width
BATCHNORM = [(16, 32, 32), (32, 16, 16), (64, 8, 8), (64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4),
             (3, 5, 7), (21, 3, 3)]  # fmt: skip
RELU = [(32, 26, 26), (64, 24, 24), (64, 8, 8), (192, 4, 4), (128, 1, 1), (16, 32, 32), (5, 3, 7)]
RESIDUAL = [(16, 32, 32), (64, 8, 8), (512, 4, 4), (5, 3, 7)]
# channels, height, width, kernel
MAXPOOL = [(64, 24, 24, 2), (64, 8, 8, 2), (192, 4, 4, 2), (256, 2, 2, 2), (8, 14, 14, 2), (16, 7, 7, 2),
           (17, 7, 5, 2), (5, 9, 10, 3)]  # fmt: skip
AVGPOOL = [(64, 8, 8), (512, 4, 4), (19, 4, 5)]
CLASSES = (10, 7)


class Case:
    """One layer on one shape: draws its inputs and runs it in float64 and in float32."""

    def __init__(self, out, name, kind, **fields):
        self.out, self.name, self.kind, self.fields = out, f"{name} n{fields['n']}", kind, fields

    def draw(self, what, shape, base=0.0, scale=1.0):
        v = draws.values(self.out.seed, f"{self.name}/{what}", shape)
        return np.float32(base) + np.float32(scale) * v

    def run(self, layer, inputs, stats=()):
        """layer(x, ..): y. Writes y, the gradients of the inputs ("dx" of "x") and the statistics, which layer
        changes in place."""
        results = []
        for dtype in (torch.float64, torch.float32):
            args = {k: torch.from_numpy(v.copy()).to(dtype).requires_grad_() for k, v in inputs.items()}
            kept = {k: torch.from_numpy(v.copy()).to(dtype) for k, v in stats}
            y = layer(*args.values(), *kept.values())
            y.backward(torch.from_numpy(self.draw("dy", tuple(y.shape))).to(dtype))
            named = {"y": y.detach(), **{"d" + k: a.grad for k, a in args.items()}, **kept}
            results.append({k: t.numpy() for k, t in named.items()})
        self.write(*results)

    def write(self, exact, single):
        self.out.case(self.name, self.kind, [(k, exact[k], [single[k]]) for k in exact], **self.fields)


def conv(out, n):
    for c, o, k, s, p, bias, h, w in CONV:
        case = Case(out, f"conv {c}x{h}x{w} {o} k{k} s{s} p{p}", "conv", n=n, c=c, h=h, w=w, outputs=o, kernel=k,
                    stride=s, pad=p, bias=bias)  # fmt: skip
        inputs = {"x": case.draw("x", (n, c, h, w)), "weight": case.draw("weight", (o, c, k, k))}
        if bias:
            inputs["bias"] = case.draw("bias", (o,))
        case.run(lambda x, weight, b=None: F.conv2d(x, weight, b, s, p), inputs)


def linear(out, n):
    for c, h, w, o in LINEAR:
        case = Case(out, f"linear {c}x{h}x{w} {o}", "linear", n=n, c=c, h=h, w=w, outputs=o)
        inputs = {"x": case.draw("x", (n, c, h, w)), "weight": case.draw("weight", (o, c * h * w)),
                  "bias": case.draw("bias", (o,))}  # fmt: skip
        case.run(lambda x, weight, b: F.linear(x.flatten(1), weight, b), inputs)


def batchnorm(out, n):
    for c, h, w in BATCHNORM:
        for training in (1, 0):
            case = Case(out, f"batchnorm {c}x{h}x{w} t{training}", "batchnorm", n=n, c=c, h=h, w=w, training=training)
            inputs = {"x": case.draw("x", (n, c, h, w), 0.5, 2), "weight": case.draw("weight", (c,)),
                      "bias": case.draw("bias", (c,))}  # fmt: skip
            stats = [("running_mean", case.draw("running_mean", (c,))),
                     ("running_var", case.draw("running_var", (c,), 1, 0.5))]  # fmt: skip
            case.run(lambda x, weight, b, mean, var: F.batch_norm(x, mean, var, weight, b, bool(training)), inputs, stats)


def without_parameters(out, n):
    def each(kind, shapes, layer):
        for c, h, w, *k in shapes:
            size = k[0] if k else 0
            case = Case(out, f"{kind} {c}x{h}x{w} k{size}", kind, n=n, c=c, h=h, w=w, kernel=size)
            inputs = {"x": case.draw("x", (n, c, h, w))}
            if kind == "residual":
                inputs["side"] = case.draw("side", (n, c, h, w))
            case.run(lambda *args: layer(*args, *k), inputs)

    each("relu", RELU, F.relu)
    each("residual", RESIDUAL, torch.add)
    each("maxpool", MAXPOOL, F.max_pool2d)
    each("avgpool", AVGPOOL, lambda x: F.adaptive_avg_pool2d(x, 1))


def loss(out, n):
    """Logits of +-12; the gradient is that of the mean."""
    for classes in CLASSES:
        case = Case(out, f"loss {classes}", "loss", n=n, c=classes, h=1, w=1)
        logits = case.draw("x", (n, classes), 0, 12)
        labels = (draws.draws(out.seed, case.name + "/label", n) % np.uint64(classes)).astype(np.int64)
        results = []
        for dtype in (torch.float64, torch.float32):
            x = torch.from_numpy(logits).to(dtype).requires_grad_()
            y = F.cross_entropy(x, torch.from_numpy(labels), reduction="none")
            y.mean().backward()
            results.append({"y": y.detach().numpy(), "dx": x.grad.numpy()})
        case.write(*results)


def write(seed, path):
    out = draws.Writer(seed)
    for n in BATCHES:
        for kind in (conv, linear, batchnorm, without_parameters, loss):
            kind(out, n)
    out.write(path)
