"""What a worker does next, by the algorithm: 'step', 'send' or 'wait'; of each family of protocols one function.

w: k (local iterations since the last push) and unanswered (pushes without an accepted reply). s: the setting.
"""


def one_gradient(w, s):
    if w.unanswered:
        return 'wait'
    return 'send' if w.k else 'step'


def on_and_on(w, s):
    return 'send' if w.k else 'step'


def local_steps(w, s):
    if w.unanswered:
        return 'wait'
    return 'step' if w.k < s['local_steps'] else 'send'


def overlap(w, s):
    if w.unanswered:
        return 'step' if w.k < s['max_k'] else 'wait'
    return 'send' if w.k >= s['min_k'] else 'step'


def delayed(w, s):
    """The reply is merged `delay` steps after the push."""
    if w.unanswered:
        return 'step' if w.k < s.get('delay', s['local_steps']) else 'wait'
    return 'step' if w.k < s['local_steps'] else 'send'


def pipelined(w, s):
    if not w.k:
        return 'step'
    return 'wait' if w.unanswered else 'send'


def streaming(w, s):
    """Push i carries fragment i mod fragments, of local_steps / fragments steps, the first fragments of one more if need be; it
    is merged `delay` steps later. Each update has one push of every worker, so the version counts those that are answered."""
    def steps(push):
        return s['local_steps'] // s['fragments'] + (push % s['fragments'] < s['local_steps'] % s['fragments'])

    pushed = w.version + len(w.unanswered)
    if w.unanswered and sum(map(steps, range(w.version + 1, pushed))) + w.k >= s['delay']:
        return 'wait'
    return 'step' if w.k < steps(pushed) else 'send'


class Protocol:
    def __init__(self, wants, accepts_when_waiting=False, admit=None, each=False):
        """admit: the rule of control.py by which the PS admits pushes; None: an update needs a push of every worker. each: a reply is
        for one worker."""
        self.wants, self.accepts_when_waiting, self.admit, self.rounds = wants, accepts_when_waiting, admit, admit is None
        self.each = each


PROTOCOLS = {
    'bsp': Protocol(one_gradient), 'powersgd': Protocol(one_gradient), 'doublesqueeze': Protocol(one_gradient),
    'dgc': Protocol(one_gradient),
    'local_sgd': Protocol(local_steps), 'diloco': Protocol(local_steps), 'scaffold': Protocol(local_steps),
    'osp': Protocol(overlap), 'losp': Protocol(overlap), 'dqlosp': Protocol(overlap),
    'cocod': Protocol(delayed, True), 'dga': Protocol(delayed, True), 'pipe_sgd': Protocol(pipelined, True),
    'streaming_diloco': Protocol(streaming, True),
    'asp': Protocol(one_gradient, admit='asp', each=True), 'dgs': Protocol(one_gradient, admit='asp', each=True),
    'ssp': Protocol(one_gradient, admit='ssp', each=True),
    'k_sync': Protocol(one_gradient, admit='k_sync'), 'k_batch_sync': Protocol(on_and_on, admit='k_sync'),
    'k_async': Protocol(one_gradient, admit='k_async', each=True),
    'k_batch_async': Protocol(one_gradient, admit='k_batch_async', each=True),
}
