"""The layers of models, forward: operations (any unit) and the sizes of their tensors. From the definitions of the networks."""


class Layer:
    def __init__(self, operations, tensors=(), statistics=0):
        self.operations, self.tensors, self.statistics = operations, tuple(tensors), statistics

    def __repr__(self):
        return f'Layer({self.operations}, {self.tensors}, {self.statistics})'


class Net:
    """Builds the list layer by layer. An operation is a multiply-accumulate; what has none of these costs nothing."""

    def __init__(self, channels, side):
        self.c, self.side, self.layers = channels, side, []

    def conv(self, outputs, kernel, stride, pad, bias=True, side=None):
        self.side = ((self.side if side is None else side) + 2 * pad - kernel) // stride + 1
        uses = outputs * self.side ** 2 * self.c * kernel ** 2
        self.layers.append(Layer(uses, [outputs * self.c * kernel ** 2] + [outputs] * bias))
        self.c = outputs

    def batchnorm(self):
        self.layers.append(Layer(0, [self.c, self.c], 2 * self.c))

    def pool(self, by):
        self.side //= by
        self.other()

    def other(self):
        self.layers.append(Layer(0))

    def linear(self, outputs):
        inputs = self.c * self.side ** 2
        self.layers.append(Layer(inputs * outputs, [inputs * outputs, outputs]))
        self.c, self.side = outputs, 1

    def normed(self, outputs, kernel, stride, pad, side=None):
        self.conv(outputs, kernel, stride, pad, False, side)
        self.batchnorm()

    def block(self, outputs, halves):
        """Of a residual network: two convolutions; the shortcut of one that halves the image is a third."""
        inputs, side = self.c, self.side
        self.normed(outputs, 3, 1 + halves, 1)
        self.other()
        self.normed(outputs, 3, 1, 1)
        if halves:
            self.c = inputs
            self.normed(outputs, 3, 2, 1, side)
        self.other()


def tiny(net):
    for outputs, stride in ((8, 2), (16, 1)):
        net.conv(outputs, 3, stride, 1)
        net.other()
        net.pool(2)
    net.linear(10)


def tiny_bn(net):
    net.normed(6, 5, 4, 2)
    net.normed(8, 3, 2, 1)
    net.linear(10)


def cnn(net):
    net.conv(32, 3, 1, 0)
    net.other()
    net.conv(64, 3, 1, 0)
    net.other()
    net.pool(2)
    net.linear(128)
    net.linear(10)


def logreg(net):
    net.linear(10)


def resnet14(net):
    net.normed(16, 3, 1, 1)
    for outputs in (16, 32, 64):
        net.block(outputs, outputs > 16)
        net.block(outputs, False)
    net.pool(net.side)
    net.linear(10)


NETS = {'tiny': tiny, 'tiny_bn': tiny_bn, 'cnn': cnn, 'logreg': logreg, 'resnet14': resnet14}
SHAPES = {'mnist': (1, 28), 'cifar': (3, 32)}


def layers_of(model, shape):
    net = Net(*SHAPES[shape])
    NETS[model](net)
    return net.layers


def parameters(layers):
    return sum(sum(layer.tensors) for layer in layers)


def statistics(layers):
    return sum(layer.statistics for layer in layers)


def equal_layers(parameters, number):
    """Of a profile: they take equal times, and the first ones have a parameter more if the division leaves a rest."""
    return [Layer(1, [parameters // number + (i < parameters % number)]) for i in range(number)]
