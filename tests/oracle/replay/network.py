"""Forward and backward of the test models, in float64: PyTorch's definitions of the layers, mean cross-entropy.

Activations are (n, height, width, channels). A model is one flat vector, tensor after tensor, in the program's order of
elements (models/ops/conv.h, linear.c): a convolution's weights (KH, KW, C, O), a linear layer's (H, W, C, O), then the bias;
parameters.bin has PyTorch's order instead, (O, C, KH, KW), which of_file and to_file translate."""
import numpy as np


class Conv:
    """y[p, q, o] = sum over i, j, c of w[i, j, c, o] x[s p + i - pad, s q + j - pad, c]"""

    def __init__(self, shape, outputs, kernel, stride, pad):
        h, w, c = shape
        self.kernel, self.stride, self.pad, self.outputs = kernel, stride, pad, outputs
        self.out = ((h + 2 * pad - kernel) // stride + 1, (w + 2 * pad - kernel) // stride + 1, outputs)
        self.tensors = [(kernel, kernel, c, outputs)]
        self.statistics = 0

    def windows(self, x):
        """(n, out h, out w, kernel, kernel, channels), a view"""
        windows = np.lib.stride_tricks.sliding_window_view(x, (self.kernel, self.kernel), axis=(1, 2))
        return windows[:, :: self.stride, :: self.stride].transpose(0, 1, 2, 4, 5, 3)

    def forward(self, w, x):
        padded = np.pad(x, ((0, 0), (self.pad, self.pad), (self.pad, self.pad), (0, 0)))
        columns = self.windows(padded).reshape(-1, w[0][..., 0].size)
        self.kept = padded.shape, columns
        return (columns @ w[0].reshape(-1, self.outputs)).reshape(len(x), *self.out)

    def backward(self, w, dy):
        shape, columns = self.kept
        flat = dy.reshape(-1, self.outputs)
        dx = np.zeros(shape)
        dcolumns = (flat @ w[0].reshape(-1, self.outputs).T).reshape(len(dy), *self.out[:2], *w[0].shape[:3])
        for i in range(self.kernel):
            for j in range(self.kernel):
                rows = slice(i, i + self.stride * self.out[0], self.stride)
                dx[:, rows, j : j + self.stride * self.out[1] : self.stride] += dcolumns[:, :, :, i, j]
        end = [size - self.pad for size in shape[1:3]]
        return dx[:, self.pad : end[0], self.pad : end[1]], [(columns.T @ flat).reshape(w[0].shape)]


class BatchNorm:
    """y = gamma (x - mean) / sqrt(var + epsilon) + beta, mean and biased variance of the batch; running statistics
    r <- (1 - momentum) r + momentum (mean; unbiased variance). Ioffe, Szegedy, ICML 2015, algorithm 1; PyTorch's
    BatchNorm2d with its defaults."""

    EPSILON, MOMENTUM = 1e-5, 0.1

    def __init__(self, shape):
        self.out = shape
        self.channels = shape[2]
        self.tensors = [(self.channels,), (self.channels,)]
        self.statistics = 2 * self.channels

    def forward(self, w, x):
        rows = x.size // self.channels
        mean, var = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        self.measured = np.concatenate([mean, var * rows / max(rows - 1, 1)])
        inverse = 1 / np.sqrt(var + self.EPSILON)
        hat = (x - mean) * inverse
        self.kept = hat, inverse
        return w[0] * hat + w[1]

    def test(self, w, x, running):
        """By the running statistics."""
        mean, var = np.split(running, 2)
        return w[0] * (x - mean) / np.sqrt(var + self.EPSILON) + w[1]

    def backward(self, w, dy):
        """dx = gamma / sigma (dy - mean(dy) - xhat mean(dy xhat))"""
        hat, inverse = self.kept
        axes = (0, 1, 2)
        dx = w[0] * inverse * (dy - dy.mean(axes) - hat * (dy * hat).mean(axes))
        return dx, [(dy * hat).sum(axes), dy.sum(axes)]


class Linear:
    def __init__(self, shape, outputs):
        self.out = (1, 1, outputs)
        self.outputs = outputs
        self.tensors = [(*shape, outputs), (outputs,)]
        self.statistics = 0

    def forward(self, w, x):
        self.kept = x
        return x.reshape(len(x), -1) @ w[0].reshape(-1, self.outputs) + w[1]

    def backward(self, w, dy):
        x = self.kept
        dx = (dy @ w[0].reshape(-1, self.outputs).T).reshape(x.shape)
        return dx, [(x.reshape(len(x), -1).T @ dy).reshape(w[0].shape), dy.sum(axis=0)]


def layers_of(model, shape, classes):
    """What models/zoo/ says."""
    if model == "logreg":
        return [Linear(shape, classes)]
    assert model == "tiny_bn", f"the oracle does not know the model {model}"
    layers = [Conv(shape, 6, 5, 4, 2)]
    layers.append(BatchNorm(layers[-1].out))
    layers.append(Conv(layers[-1].out, 8, 3, 2, 1))
    layers.append(BatchNorm(layers[-1].out))
    layers.append(Linear(layers[-1].out, classes))
    return layers


class Network:
    def __init__(self, model, shape, classes):
        self.layers = layers_of(model, shape, classes)
        self.shapes = [t for layer in self.layers for t in layer.tensors]
        self.sizes = [int(np.prod(s)) for s in self.shapes]
        # Of PyTorch's tensors: a linear layer's weights are (O, I).
        self.dimensions = [2 if isinstance(layer, Linear) and len(t) > 1 else len(t) for layer in self.layers for t in layer.tensors]
        self.n = sum(self.sizes)
        self.statistics = sum(layer.statistics for layer in self.layers)

    def tensors(self, flat):
        ends = np.cumsum(self.sizes)[:-1]
        return [part.reshape(shape) for part, shape in zip(np.split(flat, ends), self.shapes)]

    def first_statistics(self):
        """Running means 0, variances 1."""
        parts = [[0.0] * (l.statistics // 2) + [1.0] * (l.statistics // 2) for l in self.layers]
        return np.array([v for part in parts for v in part])

    def of_file(self, values):
        """parameters.bin: the parameters in the program's order, and the statistics."""
        parts, at = [], 0
        for shape, size in zip(self.shapes, self.sizes):
            tensor = values[at : at + size].astype(np.float64)
            if len(shape) == 4:
                tensor = tensor.reshape(shape[3], shape[2], shape[0], shape[1]).transpose(2, 3, 1, 0)
            parts.append(tensor.reshape(-1))
            at += size
        assert len(values) == at + self.statistics, "parameters.bin: another model"
        return np.concatenate(parts), values[at:].astype(np.float64)

    def weights(self, flat):
        """Of each layer."""
        tensors = iter(self.tensors(flat))
        return [[next(tensors) for _ in layer.tensors] for layer in self.layers]

    def test(self, flat, statistics, x, labels):
        """(mean loss, accuracy)"""
        ends = np.cumsum([layer.statistics for layer in self.layers])
        for layer, w, end in zip(self.layers, self.weights(flat), ends):
            running = statistics[end - layer.statistics : end]
            x = layer.test(w, x, running) if layer.statistics else layer.forward(w, x)
        logits = x.reshape(len(labels), -1)
        logits = logits - logits.max(axis=1, keepdims=True)
        loss = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels]
        return loss.mean(), (logits.argmax(axis=1) == labels).mean()

    def gradient(self, flat, x, labels):
        """(loss, gradient of the mean loss, what BatchNorm's layers have measured)"""
        weights = self.weights(flat)
        for layer, w in zip(self.layers, weights):
            x = layer.forward(w, x)
        logits = x - x.max(axis=1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        loss = -np.log(p[rows, labels]).mean()
        p[rows, labels] -= 1
        dy, gradients = p / len(labels), []
        for layer, w in zip(reversed(self.layers), reversed(weights)):
            dy, dw = layer.backward(w, dy)
            gradients = dw + gradients
        measured = [layer.measured for layer in self.layers if layer.statistics]
        return loss, np.concatenate([g.reshape(-1) for g in gradients]), np.concatenate(measured or [np.zeros(0)])
