"""The four networks of the model zoo in PyTorch, without dropout, trained for a few steps of plain SGD.

Modules have the names that the zoo gives them, so that parameters are matched by name."""
import itertools

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import draws

IMAGES = 96


def cnn():
    conv1, conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
    parts = [("conv1", conv1), ("relu1", nn.ReLU()), ("conv2", conv2), ("relu2", nn.ReLU()), ("pool", nn.MaxPool2d(2)),
             ("flatten", nn.Flatten()), ("fc1", nn.Linear(9216, 128)), ("relu3", nn.ReLU()),
             ("fc2", nn.Linear(128, 10))]  # fmt: skip
    net = nn.Sequential()
    for name, part in parts:
        net.add_module(name, part)
    return net


class AlexNet(nn.Module):
    # inputs, outputs, kernel, stride, pad, followed by a pool
    TABLE = [(3, 64, 11, 4, 5, True), (64, 192, 5, 1, 2, True), (192, 384, 3, 1, 1, False),
             (384, 256, 3, 1, 1, False), (256, 256, 3, 1, 1, True)]  # fmt: skip

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential()
        for i, o, k, s, p, pool in self.TABLE:
            # the Identity stands for Dropout2d, so that the numbers of the modules are right
            for part in [nn.Conv2d(i, o, k, s, p), nn.Identity(), nn.ReLU()] + [nn.MaxPool2d(2)] * pool:
                self.features.add_module(str(len(self.features)), part)
        self.classifier = nn.Linear(256, 10)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Block(nn.Module):
    """Two 3x3 convolutions around which the input, or its projection, is added."""

    def __init__(self, inputs, outputs, stride, side_name, side_kernel):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.side = None
        if stride != 1:
            projection = nn.Conv2d(inputs, outputs, side_kernel, stride, side_kernel // 2, bias=False)
            self.side = side_name
            self.add_module(side_name, nn.Sequential(projection, nn.BatchNorm2d(outputs)))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (getattr(self, self.side)(x) if self.side else x))


class ResNet(nn.Module):
    def __init__(self, widths, first, side_name, side_kernel, last):
        super().__init__()
        self.names = [first[0], first[1], last]
        self.add_module(first[0], nn.Conv2d(3, widths[0], 3, 1, 1, bias=False))
        self.add_module(first[1], nn.BatchNorm2d(widths[0]))
        self.stages = []
        for i, width in enumerate(widths):
            before, stride = (widths[i - 1], 2) if i else (width, 1)
            blocks = [Block(before, width, stride, side_name, side_kernel), Block(width, width, 1, None, 0)]
            self.stages.append(f"layer{i + 1}")
            self.add_module(self.stages[-1], nn.Sequential(*blocks))
        self.add_module(last, nn.Linear(widths[-1], 10))

    def forward(self, x):
        conv, bn, last = (getattr(self, name) for name in self.names)
        x = F.relu(bn(conv(x)))
        for stage in self.stages:
            x = getattr(self, stage)(x)
        return last(x.mean((2, 3)))


class Run:
    """What is trained, from where, with what.

    Where a ReLU or a pool is within rounding of its other branch, float32 and float64 part: one such element moves a
    gradient by 1e-3 and more. So gradients are compared from parameters that keep most pre-activations away from 0
    (calm), the drift of losses from PyTorch's own first parameters."""

    def __init__(self, net, make, channels, side, norm, batch, rate, steps, calm):
        self.net, self.make, self.channels, self.side, self.norm = net, make, channels, side, norm
        self.batch, self.rate, self.steps, self.calm = batch, rate, steps, calm


def resnet14():
    return ResNet([16, 32, 64], ("conv", "bn"), "downsample", 3, "fc")


def resnet18():
    return ResNet([64, 128, 256, 512], ("conv1", "bn1"), "shortcut", 1, "linear")


MNIST, CIFAR = (1, 28, (0.1307, 0.3081)), (3, 32, (0.5, 0.5))
RUNS = {
    "cnn": Run("cnn", cnn, *MNIST, 32, 0.05, 20, True),
    "alexnet": Run("alexnet", AlexNet, *CIFAR, 32, 0.05, 20, True),
    "resnet14": Run("resnet14", resnet14, *CIFAR, 32, 0.1, 2, True),
    "resnet18": Run("resnet18", resnet18, *CIFAR, 8, 0.01, 2, True),
    "resnet14-drift": Run("resnet14", resnet14, *CIFAR, 32, 0.03, 20, False),
    "resnet18-drift": Run("resnet18", resnet18, *CIFAR, 8, 0.002, 20, False),
}


def starts(run, net):
    """For each parameter (base, scale, flip): its first values are base + scale * draw, with the draw's sign when flip.
    PyTorch's ranges, but for the calm ones."""
    result = {}
    for name, module in net.named_modules():
        for own, parameter in module.named_parameters(recurse=False):
            start = (0, 1 / np.sqrt(module.weight[0].numel()), 0)
            if isinstance(module, nn.BatchNorm2d):
                sign = name in ("bn", "bn1") or name.endswith(".bn1")  # elsewhere the block's other end is added
                calm = (0.25, 0.0625, 0) if own == "weight" else (1, 0.125, sign)
                start = calm if run.calm else (own == "weight", 0, 0)
            elif run.calm and isinstance(module, nn.Conv2d) and own == "bias":
                start = (1, 0.25, 1)
            result[f"{name}.{own}"] = np.array(start, np.float32)
    return result


def first_values(seed, stream, start, shape):
    base, scale, flip = start
    v = draws.values(seed, stream, shape)
    first = base + scale * v
    return torch.from_numpy(np.where(flip and v < 0, -first, first).astype(np.float32))


def batches(seed, name, run):
    """Noise, made brighter by 128 in one of ten parts of the image that says its class."""
    size = run.channels * run.side**2
    pixels = (draws.draws(seed, name + "/pixels", IMAGES * size) >> np.uint64(57)).astype(np.uint8).reshape(IMAGES, size)
    labels = (draws.draws(seed, name + "/labels", IMAGES) % np.uint64(10)).astype(np.int64)
    part = size // 10
    for i, label in enumerate(labels):
        pixels[i, label * part : (label + 1) * part] += 128
    mean, deviation = (np.float32(x) for x in run.norm)
    x = (pixels.astype(np.float32) / np.float32(255) - mean) / deviation
    order = (draws.draws(seed, name + "/order", run.steps * run.batch) % np.uint64(IMAGES)).astype(np.int64)
    x = x.reshape(IMAGES, run.channels, run.side, run.side)
    return [(torch.from_numpy(x[i]), torch.from_numpy(labels[i])) for i in order.reshape(run.steps, run.batch)]


def train(net, data, rate):
    """Losses, the first gradient, BatchNorm's statistics in the end, how far parameters moved."""
    first = {k: p.detach().clone() for k, p in net.named_parameters()}
    net.train()
    losses, grads = [], {}
    for x, y in data:
        loss = F.cross_entropy(net(x), y)
        net.zero_grad()
        loss.backward()
        losses.append(loss.item())
        grads = grads or {"grad " + k: p.grad.clone().numpy() for k, p in net.named_parameters()}
        with torch.no_grad():
            for p in net.parameters():
                p -= rate * p.grad
    moved = {"moved " + k: (p.detach() - first[k]).numpy() for k, p in net.named_parameters()}
    stats = {k: b.numpy() for k, b in net.named_buffers() if "running" in k}
    return {"loss": np.array(losses), **grads, **moved, **stats}


class Margin:
    """How near to 0 the inputs of the ReLUs behind hidden linear layers come, relative to their size: one on the other side
    of it, by rounding alone, changes a whole sample's gradient of that unit."""

    def __init__(self):
        self.least = np.inf

    def watch(self, net):
        for layer in [m for m in net.modules() if isinstance(m, nn.Linear)][:-1]:
            layer.register_forward_hook(self.see)

    def see(self, _layer, _inputs, output):
        self.least = min(self.least, (output.abs().min() / output.square().mean().sqrt()).item())


CLEAR = 1e-5  # ten times what float32 leaves of Winograd's sums


def train_all(seed, name, run):
    """Once in float64; in float32 some times, which differ in the order of their sums; the margin of the first."""
    data = batches(seed, name, run)
    margin = Margin()

    def once(dtype, memory, onednn):
        net = run.make()
        for parameter_name, start in starts(run, net).items():
            parameter = net.get_parameter(parameter_name)
            parameter.data = first_values(seed, f"{name}/{parameter_name}", start, tuple(parameter.shape))
        net.to(dtype=dtype).to(memory_format=memory)
        if dtype == torch.float64:
            margin.watch(net)
        with torch.backends.mkldnn.flags(enabled=onednn):
            return train(net, [(x.to(dtype).to(memory_format=memory), y) for x, y in data], run.rate)

    plain, last = torch.contiguous_format, torch.channels_last
    singles = [once(torch.float32, *how) for how in ((plain, True), (last, True), (plain, False))]
    return once(torch.float64, plain, False), singles, margin.least


def compared(run, name):
    """Which results a fixture is about: where BatchNorm makes float32 drift, only the losses of a long run."""
    if name == "loss":
        return True
    if run.steps > 2 and run.net.startswith("resnet"):
        return False
    return run.steps > 2 or not name.startswith("moved")


def write(seed, path, name):
    """"drift": the distance of the losses in float32 from those in float64, relative, the largest of the runs. Where
    rounding could decide, other draws are taken: the case's name says which."""
    run, first = RUNS[name], name
    for attempt in itertools.count(2):
        exact, singles, margin = train_all(seed, name, run)
        if margin > CLEAR:
            break
        name = f"{first} {attempt}"
    apart = [np.abs(s["loss"] - exact["loss"]) / exact["loss"] for s in singles]
    tensors = [("norm", np.array(run.norm, np.float32), []), ("drift", np.max(apart, axis=0), [])]
    tensors += [("start " + k, start, []) for k, start in starts(run, run.make()).items()]
    tensors += [(k, exact[k], [s[k] for s in singles]) for k in exact if compared(run, k)]
    out = draws.Writer(seed)
    out.case(name, run.net, tensors, rate=run.rate, n=run.batch, c=run.channels, h=run.side, w=run.side, outputs=10,
             steps=run.steps)  # fmt: skip
    out.write(path)
