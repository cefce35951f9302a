"""Random clusters with a graph network and an exchange: what control.py takes, and the ini and files that say the same."""
from fractions import Fraction

from graph import NEVER

HEADER = 64
PARAMETERS = 2698  # of the model tiny
MATRICES, VECTORS = ((9, 8), (72, 16), (144, 10)), 8 + 16 + 10  # inputs by outputs; biases
TENSORS = 6
WHOLE = ('bsp', 'local_sgd', 'losp', 'osp', 'cocod', 'dga', 'pipe_sgd', 'streaming_diloco', 'powersgd')
CODED = ('dqlosp',)  # whole exchanges, too, but only the PS can code its replies
ALONE = ('asp', 'ssp', 'k_sync', 'k_batch_sync', 'k_async', 'k_batch_async')
EXCHANGES = ('server', 'sharded', 'ring', 'halving_doubling', 'tree', 'hierarchical')


def decimal(parts, of):
    """parts / of, of being a power of ten, in full."""
    places = len(str(of)) - 1
    return f'{parts // of}.{parts % of:0{places}d}'


def whole_lines(parameters, fragments):
    """Of the cache, of 16 floats, in each fragment but the only one."""
    return parameters if fragments == 1 else -(-parameters // fragments // 16) * 16


class Case:
    """setting: for control.py; sets: of the ini; files: name -> text."""

    def __init__(self, draw, exchange, algorithm, most):
        self.draw, self.exchange, self.algorithm = draw, exchange, algorithm
        self.even = draw.random() < 0.3  # full of ties
        least = 1 if exchange in ('server', 'sharded') else 2
        self.n = draw.randint(least, most if draw.random() < 0.3 else min(most, 6))
        self.files = {}
        self.setting = {'algorithm': algorithm, 'exchange': exchange, 'header': HEADER, 'whole': algorithm in WHOLE + CODED,
                        'seed': draw.randint(1, 2 ** 31), 'cost_per_byte': 0}
        self.sets = {'experiment.algorithms': algorithm, 'experiment.seed': self.setting['seed'], 'model.name': 'tiny',
                     'cluster.workers': self.n, 'network.exchange': exchange, 'output.eval_every': 1}
        for part in (self.compute, self.links, self.topology, self.changes, self.server, self.protocol, self.messages):
            part()

    def key(self, name, value, text=None):
        self.setting[name.rsplit('.', 1)[1]] = value
        self.sets[name] = value if text is None else text

    def bandwidth(self, many):
        """(text, bytes/ns) of many links"""
        draw, pairs = self.draw, []
        for _ in range(many):
            mbit = draw.choice((100, 1000)) if self.even else draw.randint(5, 2000)
            none = draw.random() < (0.3 if self.even else 0.05)
            pairs.append(('inf', NEVER) if none else (f'{mbit}Mbit/s', Fraction(mbit, 8000)))
        if self.even and draw.random() < 0.5:
            pairs = pairs[:1] * many
        return ', '.join(text for text, _ in pairs), [rate * self.efficiency if rate != NEVER else NEVER for _, rate in pairs]

    def latencies(self, many):
        draw = self.draw
        if self.even:
            ns = [draw.choice((0, 100000))] * many
        else:
            ns = [draw.choice((0, draw.randint(0, 400000))) for _ in range(many)]
        return ', '.join(f'{l}ns' for l in ns), [Fraction(l) for l in ns]

    def compute(self):
        draw = self.draw
        seconds = draw.choice((10 ** 6, 10 ** 5)) if self.even else draw.randint(10 ** 4, 3 * 10 ** 6)
        same = self.even and draw.random() < 0.5
        factors = [1000 if same else draw.choice((1000, 2000)) if self.even else draw.randint(1000, 4000) for _ in range(self.n)]
        self.setting['compute'] = [Fraction(seconds * factor, 1000) for factor in factors]
        self.sets.update({'compute.model': 'fixed', 'compute.seconds': f'{seconds}ns',
                          'compute.factor': ', '.join(decimal(f, 1000) for f in factors)})
        if not self.even and draw.random() < 0.3:
            self.setting['jitter'] = self.sets['compute.jitter'] = draw.choice((0.1, 0.35))

    def links(self):
        draw = self.draw
        self.efficiency = Fraction(draw.choice((1000, 1000, 956, draw.randint(500, 999))), 1000)
        if self.efficiency != 1:
            self.sets['network.efficiency'] = decimal(int(self.efficiency * 1000), 1000)
        for way in ('up', 'down'):
            self.sets['network.bandwidth_' + way], self.setting[way] = self.bandwidth(self.n)
        self.sets['network.latency'], self.setting['latency'] = self.latencies(self.n)

    def topology(self):
        kinds = ('groups', 'sites') if self.exchange == 'hierarchical' else ('star', 'groups', 'sites')
        getattr(self, self.draw.choice(kinds))()

    def star(self):
        pass

    def groups(self):
        draw, n = self.draw, self.n
        self.sets['network.topology'] = 'groups'
        divisors = [g for g in range(1, n + 1) if n % g == 0]
        if draw.random() < 0.5:
            number = draw.choice(divisors)
            sizes, text = [n // number] * number, str(number)
        else:
            cuts = sorted(draw.sample(range(1, n), draw.randint(1, n - 1))) if n > 1 else []
            sizes = [b - a for a, b in zip([0, *cuts], [*cuts, n])]
            text = ', '.join(map(str, sizes))
            if len(sizes) == 1:
                text = '1'
        self.sets['network.groups'] = text
        links = []
        for way in ('up', 'down'):
            self.sets['network.group_bandwidth_' + way], rates = self.bandwidth(len(sizes))
            self.sets['network.group_latency_' + way], latencies = self.latencies(len(sizes))
            links += [rates, latencies]
        where = None
        if self.exchange in ('server', 'sharded') and draw.random() < 0.5:
            self.place = where = self.sets['network.server_group'] = draw.randrange(len(sizes))
        part = [g for g, size in enumerate(sizes) for _ in range(size)]
        self.setting['topology'] = ('groups', part, [(up, down, l_up, l_down) for up, l_up, down, l_down in zip(*links)], where)

    def sites(self):
        draw, n = self.draw, self.n
        names = ['here', 'there', 'far away', 'further', 'last'][:draw.randint(2, 5)]
        rows, pairs = ['from,to,bandwidth,latency'], {}
        for x, a in enumerate(names):
            for y, b in enumerate(names):
                if x != y:
                    (bandwidth, (rate,)), (latency, (ns,)) = self.bandwidth(1), self.latencies(1)
                    rows.append(f'{a},{b},{bandwidth},{latency}')
                    pairs[x, y] = (rate, ns)
        self.files['sites.csv'] = '\n'.join(rows) + '\n'
        part = [draw.randrange(len(names)) for _ in range(n)]
        self.sets.update({'network.topology': 'sites', 'network.sites': 'sites.csv',
                          'network.site_of': ', '.join(names[x] for x in part)})
        where = 0
        if self.exchange in ('server', 'sharded') and draw.random() < 0.5:
            where = draw.randrange(len(names))
            self.sets['network.server_site'] = names[where]
        self.setting['topology'] = ('sites', part, pairs, where)

    def changes(self):
        """Of latencies and bandwidths: factors, windows, jitter, traces."""
        draw = self.draw
        if draw.random() < 0.3:
            thousandths = draw.randint(500, 14000)
            self.key('network.latency_factor', Fraction(thousandths, 1000), decimal(thousandths, 1000))
        if draw.random() < 0.25:
            window = draw.choice((536, 4096, 65536))
            self.setting['window'] = window * self.efficiency
            self.sets['network.tcp_window'] = f'{window}B'
        if not self.even and draw.random() < 0.3:
            self.setting['latency_jitter'] = self.sets['network.jitter'] = draw.choice((0.1, 0.5))
        if draw.random() < 0.2:
            traces, rows = [], ['seconds,factor,worker']
            for worker in range(self.n):
                moments = sorted(draw.sample(range(1, 5 * 10 ** 7), draw.randint(0, 6)))
                traces.append([(at, Fraction(draw.randint(100, 3000), 1000)) for at in moments])
                rows += [f'{decimal(at, 10 ** 9)},{decimal(int(factor * 1000), 1000)},{worker}' for at, factor in traces[-1]]
            if len(rows) > 1 and all(traces):
                self.setting['link_trace'] = traces
                self.files['links.csv'] = '\n'.join(rows) + '\n'
                self.sets['network.trace'] = 'links.csv'

    def server(self):
        draw = self.draw
        if self.exchange not in ('server', 'sharded'):
            self.setting.update(server_up=NEVER, server_down=NEVER)
            return
        if self.exchange == 'sharded':
            self.setting['colocated'] = draw.random() < 0.4
            self.setting['shards'] = self.n
            if self.setting['colocated']:
                self.sets['server.colocated'] = 'yes'
            elif draw.random() < 0.8:
                self.key('server.shards', draw.randint(1, 6))
        for way in ('up', 'down'):
            text, (self.setting['server_' + way],) = self.bandwidth(1)
            if not self.setting.get('colocated'):
                self.sets['network.server_bandwidth_' + way] = text
        if draw.random() < 0.3:
            moments = sorted(draw.sample(range(1, 5 * 10 ** 7), draw.randint(1, 6)))
            trace = [(at, Fraction(draw.randint(100, 3000), 1000)) for at in moments]
            if not self.setting.get('colocated'):
                self.setting['server_trace'] = trace
                self.files['server.csv'] = 'seconds,factor\n' + ''.join(
                    f'{decimal(at, 10 ** 9)},{decimal(int(factor * 1000), 1000)}\n' for at, factor in trace)
                self.sets['network.server_trace'] = 'server.csv'
        if draw.random() < 0.4 and self.algorithm != 'k_batch_sync':  # a server that cannot keep up with it would never end
            cost = draw.randint(1, 300000)  # in 1/10000 ns
            self.key('server.cost_per_byte', Fraction(cost, 10000), decimal(cost, 10000) + 'ns')

    def protocol(self):
        draw, name = self.draw, self.algorithm
        own = {'iterations': draw.randint(1, 6 * self.n)}
        if name in ('local_sgd', 'cocod', 'dga'):
            own['local_steps'] = draw.randint(1, 4)
        if name == 'dga':
            own['delay'] = draw.randint(0, own['local_steps'])
        if name in ('osp', 'losp', 'dqlosp'):
            own['max_k'] = draw.randint(1, 6)
            own['min_k'] = draw.randint(1, own['max_k'])
            own['drain'] = draw.random() < 0.5
        if name == 'streaming_diloco':
            own['fragments'] = draw.randint(1, 5)
            own['local_steps'] = draw.randint(own['fragments'], 9)
            own['delay'] = draw.randint(0, own['local_steps'])
        if name == 'ssp':
            own['slack'] = draw.randint(0, 4)
        if name.startswith('k_'):
            own['k'] = draw.randint(1, self.n)
        keys = {'iterations': 'experiment.iterations', 'max_k': f'algorithm.{name}.max_local_steps',
                'min_k': f'algorithm.{name}.min_local_steps'}
        for key, value in own.items():
            self.setting[key] = value
            self.sets[keys.get(key, f'algorithm.{name}.{key}')] = {True: 'yes', False: 'no'}.get(value, value) if key == 'drain' else value

    def messages(self):
        """Sizes of pushes and replies, and whether their codes add up."""
        draw, name, parameters = self.draw, self.algorithm, PARAMETERS
        if name not in ('powersgd', 'dqlosp') and draw.random() < 0.25:  # any size, up to a minute on the wire
            parameters = draw.randint(100, 10 ** draw.randint(3, 9))
            del self.sets['model.name']
            self.sets.update({'model.name': 'profile', 'profile.parameters': parameters, 'profile.layers': 1})
        raw = self.setting['size'] = HEADER + 4 * parameters
        if name == 'streaming_diloco':
            self.setting['size'] = HEADER + 4 * whole_lines(parameters, self.setting['fragments'])
        elif name == 'dqlosp':
            self.setting['size'] = HEADER + 4 * TENSORS + PARAMETERS
        elif name == 'powersgd':
            rank = draw.randint(1, 4)
            self.sets['algorithm.powersgd.rank'] = rank
            self.setting['exchanges'] = 2
            factors = [HEADER + 4 * (VECTORS + rank * sum(rows for rows, _ in MATRICES)),
                       HEADER + 4 * rank * sum(columns for _, columns in MATRICES)]
            dense = draw.choice((0, 0, 2))  # steps of which the second message is empty
            self.setting['sizes'] = [raw, HEADER] * dense + factors * 1000
            if dense:
                self.sets['algorithm.powersgd.compress_after'] = dense
        elif name in ('bsp', 'losp', 'osp', 'asp') and parameters == PARAMETERS and draw.random() < 0.4:
            codec = draw.choice(('bfloat16', 'maxabs'))
            self.sets[f'algorithm.{name}.codec'] = codec
            self.setting['reply_sizes'] = [raw]
            self.setting['size'] = HEADER + (2 * PARAMETERS if codec == 'bfloat16' else 4 * TENSORS + PARAMETERS)
            dense = draw.choice((0, 0, 3))
            if dense:
                self.sets[f'algorithm.{name}.compress_after'] = dense
                self.setting['sizes'] = [raw] * dense + [self.setting['size']] * 1000
            if codec == 'maxabs':
                self.setting['gathers'] = lambda e: e >= dense
        if self.exchange not in ('server', 'sharded') and draw.random() < 0.4:
            self.key('network.collective_overhead', draw.randint(1, 10 ** 6))
            self.setting['overhead'] = self.setting['collective_overhead']
            self.sets['network.collective_overhead'] = f"{self.setting['overhead']}ns"
        if self.exchange in ('tree', 'hierarchical'):
            least = max(300, parameters // 3)
            self.key('network.chunk', draw.choice((500, 1000, draw.randint(300, 6000), 4 << 20)) if least < 6000 else
                     draw.randint(least, 4 * least))
            self.sets['network.chunk'] = f"{self.setting['chunk']}B"


def qualify(exchange):
    return WHOLE if exchange not in ('server', 'sharded') else WHOLE + ALONE + CODED
