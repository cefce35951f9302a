"""Random clusters of workers that overlap their exchange with backward, take time to code, or have a budget: Case with more keys.

The parts are those of draw_networks.py; here messages are drawn once more: models with layers, profiles, codecs of which the length is simple.
"""
from fractions import Fraction

import layers_of as zoo
from buckets import FLOAT, Rules, buckets, runs, strided
from draw_networks import ALONE, HEADER, Case, decimal

DELAYED = ('cocod', 'dga')
OVERLAPPING = ('bsp', 'local_sgd', 'diloco', 'scaffold', 'streaming_diloco', *DELAYED)
CODING = ('bsp', 'diloco', 'scaffold', 'streaming_diloco', 'losp', 'osp', 'pipe_sgd', 'powersgd')
CODED_REPLIES = ('doublesqueeze', 'dqlosp', 'dgs')
PLAIN = ('local_sgd', *DELAYED)  # they push models, which no codec takes
NOT_WHOLE = (*ALONE, 'dgs')
ADDITIVE = {'bfloat16': lambda n: 2 * n, 'float16': lambda n: 2 * n, 'identity': lambda n: 4 * n, 'randomk': lambda n: 4 * kept(n)}
CODECS = {**ADDITIVE, 'maxabs': lambda n: 4 + n, 'fp4': lambda n: 4 + (n + 1) // 2, 'sign': lambda n: 4 + (n + 7) // 8,
          'topk': lambda n: 4 + 8 * kept(n)}
KINDS = ('overlap', 'coding', 'budget')


def kept(n):
    """Of topk and randomk with a ratio of 1/10."""
    return max(1, n // 10)


def qualify(kind, exchange):
    with_server = exchange in ('server', 'sharded')
    if kind == 'overlap':
        return OVERLAPPING + (('doublesqueeze',) if with_server else ())
    if kind == 'coding':
        return CODING + (CODED_REPLIES + ALONE if with_server else ())
    return ('bsp', 'local_sgd', 'osp', 'pipe_sgd', 'streaming_diloco', 'powersgd') + (('dqlosp', *ALONE) if with_server else ())


class TimedCase(Case):
    def __init__(self, draw, kind, exchange, algorithm, most):
        self.overlap = kind == 'overlap'
        self.coding = kind == 'coding' or kind == 'overlap' and draw.random() < 0.4
        self.budget = kind == 'budget' or draw.random() < 0.2
        super().__init__(draw, exchange, algorithm, most)
        self.setting['whole'] = algorithm not in NOT_WHOLE
        if self.budget:
            self.budgets()

    def own(self, key, value, text=None):
        """Of the algorithm."""
        self.setting[key] = value
        self.sets[f'algorithm.{self.algorithm}.{key}'] = value if text is None else text

    def protocol(self):
        super().protocol()
        draw = self.draw
        if self.algorithm in ('diloco', 'scaffold'):
            self.own('local_steps', draw.randint(1, 4))
        if self.algorithm == 'scaffold':
            self.setting['spans'] = 2
        if self.overlap and self.algorithm in ('dga', 'streaming_diloco') and draw.random() < 0.6:
            self.own('delay', 0)
        if draw.random() < 0.3:
            self.setting['batches'] = self.sets['train.accumulate'] = draw.choice((2, 3, 7))

    # ---- what messages hold ----

    def messages(self):
        self.model()
        self.codec()
        self.fragments()
        if self.overlap:
            self.buckets()
        if self.algorithm == 'powersgd':
            self.factors()
        else:
            self.lengths()
        if self.coding:
            self.costs()
        self.rest()

    def model(self):
        draw = self.draw
        models = ('tiny', 'tiny_bn', 'logreg') + (('resnet14', 'profile', 'profile', 'profile') if self.overlap else ('profile',))
        name = self.sets['model.name'] = 'tiny' if self.algorithm == 'powersgd' else draw.choice(models)
        if name != 'profile':
            shape = 'cifar' if name == 'resnet14' else 'mnist'
            self.sets.update({'data.set': 'synthetic', 'data.shape': shape})
            self.layers = zoo.layers_of(name, shape)
        elif draw.random() < 0.5:
            parameters, number = draw.randint(100, 10 ** draw.randint(3, 8)), draw.randint(1, 9)
            self.sets.update({'profile.parameters': parameters, 'profile.layers': number})
            self.layers = zoo.equal_layers(parameters, number)
        else:
            self.profile_file()
        self.vectors = name == 'profile'

    def profile_file(self):
        draw = self.draw
        sizes = [draw.choice((draw.randint(1, 300), draw.randint(1, 10 ** draw.randint(3, 6)))) for _ in range(draw.randint(1, 9))]
        shares = None
        if draw.random() < 0.6:
            shares = [draw.choice((0, draw.randint(1, 500))) for _ in sizes]
            shares[draw.randrange(len(shares))] = 17
        self.layers = [zoo.Layer(uses, [size]) for size, uses in zip(sizes, shares or sizes)]
        rows = [f'layer{i},{size}' + (f',{draw.randint(1, 9)},{decimal(shares[i], 100)}' if shares else '')
                for i, size in enumerate(sizes)]
        self.files['tensors.csv'] = '\n'.join(['tensor,parameters' + ',forward_share,backward_share' * bool(shares), *rows]) + '\n'
        self.sets['profile.file'] = 'tensors.csv'

    def tensors(self):
        """(layer, number in it) of all, and their dimensions: those of a layer with operations are a matrix and a bias."""
        for i, layer in enumerate(self.layers):
            for j in range(len(layer.tensors)):
                matrix = not self.vectors and layer.operations and j == 0
                yield i, j, (4 if self.sets['model.name'] != 'logreg' and i < len(self.layers) - 1 else 2) if matrix else 1

    def codec(self):
        draw, name = self.draw, self.algorithm
        self.code, self.least, self.dense = None, 0, 0
        if name in PLAIN or name == 'powersgd':
            return
        always = name in CODED_REPLIES or self.coding and name in ('k_sync', 'k_batch_sync')  # which may cancel encoding
        if not always and draw.random() < (0.15 if self.coding else 0.6):
            return
        names = list(CODECS)
        if name in ('dqlosp', 'doublesqueeze'):
            names = ['maxabs', 'fp4', 'sign', 'topk']
        if name == 'streaming_diloco' and self.overlap and self.setting['fragments'] > 1:
            names = ['bfloat16', 'float16', 'identity']  # a bucket has parts of what others look at as a whole
        self.code = draw.choice(names)
        self.sets[f'algorithm.{name}.codec'] = self.code
        if self.code in ('topk', 'randomk'):
            self.sets[f'codec.{self.code}.ratio'] = 0.1
        self.joint = self.code == 'topk' and not self.overlap and draw.random() < 0.4
        if self.joint:
            self.sets['codec.topk.scope'] = 'model'
        if name != 'streaming_diloco' and draw.random() < 0.4:
            self.least = draw.choice((1, 2, 3))
            self.sets[f'algorithm.{name}.min_dimensions'] = self.least
        if name != 'dgs' and draw.random() < 0.3:
            self.dense = draw.choice((1, 3))
            self.sets[f'algorithm.{name}.compress_after'] = self.dense

    def fragments(self):
        """What fragment p has of each tensor."""
        number = self.setting.get('fragments', 1)
        self.each, self.inside = None, [None]
        if self.algorithm != 'streaming_diloco':
            return
        with_tensors = sum(bool(layer.tensors) for layer in self.layers)
        if number <= with_tensors and self.draw.random() < 0.5:
            self.sets['algorithm.streaming_diloco.layout'] = 'strided'
            self.inside = strided(self.layers, number)
        else:
            self.each, self.inside = runs(self.layers, number)

    def pieces(self, p):
        """Of fragment p: (floats, dimensions) of each vector that is coded by itself."""
        if len(self.inside) > 1:
            return [(self.each or sum(self.inside[p](i, j) for i, j, _ in self.tensors()), 1)]
        return [(self.layers[i].tensors[j], dimensions) for i, j, dimensions in self.tensors()]

    def coded_floats(self, p):
        return sum(n for n, dimensions in self.pieces(p) if dimensions >= self.least) if self.code else 0

    def payload(self, p, coded):
        if not coded:
            return FLOAT * sum(n for n, _ in self.pieces(p))
        raw = FLOAT * sum(n for n, dimensions in self.pieces(p) if dimensions < self.least)
        if self.joint:
            return raw + (CODECS[self.code](self.coded_floats(p)) if self.coded_floats(p) else 0)
        return raw + sum(CODECS[self.code](n) for n, dimensions in self.pieces(p) if dimensions >= self.least)

    def lengths(self):
        s, spans, statistics = self.setting, self.setting.get('spans', 1), FLOAT * zoo.statistics(self.layers)
        number = len(self.inside)
        s['statistics'] = statistics

        def size(n, coded):
            return HEADER + statistics + spans * self.payload(n % number, coded and n >= self.dense)

        coded_replies = self.algorithm in CODED_REPLIES
        s['size'] = size(self.dense, bool(self.code))
        s['push_size'] = lambda n: size(n, bool(self.code))
        s['reply_size'] = lambda n: size(n, coded_replies and bool(self.code))
        s['coded'] = lambda n: FLOAT * spans * self.coded_floats(n % number) if n >= self.dense else 0
        if coded_replies:
            s['reply_coded'] = s['coded']
        if self.code and self.code not in ADDITIVE:
            s['gathers'] = lambda n: n >= self.dense

    def buckets(self):
        draw, spans = self.draw, self.setting.get('spans', 1)
        self.sets['network.overlap'] = 'backward'
        if draw.random() < 0.3:
            del self.sets['network.overlap']
            self.sets[f'algorithm.{self.algorithm}.overlap'] = 'backward'
        whole = FLOAT * zoo.parameters(self.layers)
        few = self.n <= 4 or len(self.layers) < 10  # else it would take minutes
        backward = [FLOAT * size for layer in reversed(self.layers) for size in reversed(layer.tensors)]
        cut = draw.randint(1, len(backward))
        exact = sum(backward[:cut]), sum(backward[cut:draw.randint(cut, len(backward))])  # with the last tensor they are full
        small = (0, draw.randint(1, 400)) if few else (whole // 4, whole // 3)
        limits = [draw.choice((*small, draw.randint(1, whole), exact[1] if few and exact[1] else whole // 2 + 1, 25 << 20)),
                  draw.choice((1, draw.randint(1, whole), exact[0], 1 << 20))]
        texts = ['1/3', '0.25', '0', '2/7', '0.999']
        forward = draw.choice([None, *texts])
        for key, value, usual in zip(('bucket', 'first_bucket'), limits, (25 << 20, 1 << 20)):
            if value != usual and (key == 'bucket' or limits[0]):
                self.sets[f'network.{key}'] = f'{value}B'
        if forward is not None:
            self.sets['compute.forward'] = forward
        rules = Rules(*limits, Fraction(forward or '1/3'), self.setting.get('batches', 1))
        dimensions = {(i, j): d for i, j, d in self.tensors()}

        def coded(i, j):
            return bool(self.code) and (len(self.inside) > 1 or dimensions[i, j] >= self.least)

        made = [buckets(rules, self.layers, inside if len(self.inside) > 1 else None, coded, spans) for inside in self.inside]
        self.setting['buckets'] = lambda n: made[n % len(made)]

    def factors(self):
        """PowerSGD's: two exchanges a step, of the left and of the right factors; vectors travel with the first."""
        draw, s = self.draw, self.setting
        rank = self.sets['algorithm.powersgd.rank'] = draw.randint(1, 4)
        s['exchanges'], dense = 2, draw.choice((0, 0, 2))
        matrices = [(9, 8), (72, 16), (144, 10)]
        vectors = 8 + 16 + 10
        first, second = vectors + rank * sum(rows for rows, _ in matrices), rank * sum(columns for _, columns in matrices)
        raw = zoo.parameters(self.layers)

        def size(n):
            floats = ((raw, 0) if n // 2 < dense else (first, second))[n % 2]
            return HEADER + FLOAT * floats

        if dense:
            self.sets['algorithm.powersgd.compress_after'] = dense
        s['size'], s['push_size'], s['reply_size'] = size(2 * dense), size, size
        s['coded'] = lambda n: FLOAT * sum(rows * columns for rows, columns in matrices) if n // 2 >= dense else 0

    def costs(self):
        """Of coding: one key of [compute], of the codec or of the algorithm each; a cost that nothing has is refused."""
        draw = self.draw
        largest = max(self.setting['coded'](n) for n in range(12))
        if not largest:
            return
        places = ['compute', f'algorithm.{self.algorithm}'] + [f'codec.{self.code}'] * bool(self.code)
        for key in ('encode_cost', 'decode_cost')[:1 if self.algorithm == 'k_batch_sync' else 2]:  # a PS that is too slow for it never ends
            most = min(max(1, 3 * 10 ** 9 // largest), 10 ** 9)  # in 1/1000 ns: up to 3 ms for the whole message
            cost = draw.choice((most if self.algorithm == 'k_sync' else 0, draw.randint(1, most), draw.randint(1, most), draw.randint(1, max(1, most // 100))))
            if cost:
                self.sets[f'{draw.choice(places)}.{key}'] = f'{decimal(cost, 1000)}ns'
                self.setting[key] = Fraction(cost, 1000)

    def rest(self):
        draw = self.draw
        if self.exchange not in ('server', 'sharded') and draw.random() < 0.4:
            self.key('network.collective_overhead', draw.randint(1, 10 ** 6))
            self.setting['overhead'] = self.setting['collective_overhead']
            self.sets['network.collective_overhead'] = f"{self.setting['overhead']}ns"
        if self.exchange in ('tree', 'hierarchical'):
            size = FLOAT * zoo.parameters(self.layers)
            self.key('network.chunk', draw.choice((max(300, size // 8), draw.randint(max(300, size // 20), 300 + size), 4 << 20)))
            self.sets['network.chunk'] = f"{self.setting['chunk']}B"

    # ---- how long the run is ----

    def budgets(self):
        draw, s = self.draw, self.setting
        bounds = draw.choice((('virtual_time',), ('bytes',), ('virtual_time', 'bytes'), ('iterations', 'virtual_time'),
                              ('iterations', 'bytes'), ('iterations', 'virtual_time', 'bytes')))
        steps = max(s.get('local_steps', 1), 1)
        round_ns = int(max(s['compute'])) * s.get('batches', 1) * steps
        if 'virtual_time' in bounds:
            self.key('experiment.virtual_time', draw.randint(1, 6 * round_ns))
            self.sets['experiment.virtual_time'] = f"{s['virtual_time']}ns"
        if 'bytes' in bounds:
            self.key('experiment.bytes', draw.randint(1, 5 * 2 * self.n * s['size']))
            self.sets['experiment.bytes'] = f"{s['bytes']}B"
        if 'iterations' not in bounds:
            del s['iterations'], self.sets['experiment.iterations']
