"""Computes a run from its history with a rule."""
from . import data, defects, messages, statistics


class Worker:
    def __init__(self, run, rule, i):
        self.run, self.id, self.x, self.life = run, i, run.first, data.Life(run, i)
        self.optimizer = run.optimizer("worker", rule)
        self.statistics = statistics.OfWorker(run.first_statistics)
        self.sender = messages.Sender(run, "codec", i, rule)
        self.message = 0  # number of the push that is being made
        self.rate = self.gamma = self.update_rate = 0.0
        self.unanswered = []  # pushes
        self.done = 0  # place in the schedules of the model last accepted
        self.own = 0  # this worker's among them
        self.rates = []  # of the local iterations since the last push

    def read(self, v, span=0, part=None, each=0):
        return self.sender.read(v, self.message, self.rate, span, part, each)

    @property
    def raw(self):
        """Of each element of the push that is being made: whether it travels as it is."""
        return self.sender.is_raw(self.message)


class Server:
    def __init__(self, run, rule):
        self.run, self.W, self.version, self.rate = run, run.first, 0, 0.0
        self.optimizer = run.optimizer("server", rule)
        self.done = 0  # place of W, before the update that is being made
        # The residual of replies is shared by all workers: there is none if replies go to single workers.
        self.sender = messages.Sender(run, "reply_codec", messages.SERVER, rule if rule.answers_all else None)
        self.statistics = statistics.OfServer(run.first_statistics)

    def read(self, v, span=0, part=None):
        return self.sender.read(v, self.version - 1, self.rate, span, part)

    def direction(self, g):
        return self.optimizer.direction(g, self.W)


class Replay:
    def __init__(self, run, rule):
        self.run, self.rule = run, rule
        self.rate, self.multiple = run.rate(), run.compensation()
        self.server = Server(run, rule)
        self.workers = [Worker(run, rule, i) for i in range(run.workers)]
        self.ahead = [iter(events) for events in run.history.events]
        self.place = 0  # of the model in the schedules: local iterations in it, or the used part of the run's bounds
        self.done = {0: 0}  # the same of each version
        self.replies = {}  # (version, worker or None): reply, rates, statistics
        rule.begin_server(self.server)
        for w in self.workers:
            self.set_rates(w, self.rates(0.0))
            rule.begin_worker(w)

    # ---- rates ----

    def rates(self, update_rate):
        """Convention (sim/engine/orders.h): the rates in a reply are those at the iterations in the model that it brings."""
        rate = self.rate.at(self.place)
        return rate, rate * self.multiple.at(self.place) if self.multiple else 0.0, update_rate

    @staticmethod
    def set_rates(w, rates):
        w.rate, w.gamma, w.update_rate = rates

    def rate_of_step(self, w, event):
        """The schedule at D + N (own iterations begun before, not in D and not lost), D: the iterations in the model last accepted; with a budget
        that model's place. Where
        both sides step with the same gradients, the rate of that reply."""
        if self.rule.one_rate or defects.is_in("round"):
            return w.rate
        if self.run.bounds.budget:
            return self.rate.at(w.done)
        return self.rate.at(w.done + self.run.workers * (event.iteration - event.lost - w.own))

    # ---- the worker ----

    def gradient(self, w, iteration):
        """The mean over the batches of this iteration."""
        run, gradients = self.run, []
        for chosen in w.life.of_iteration(iteration):
            _, g, measured = run.network.gradient(w.x, run.images.x[chosen], run.images.labels[chosen])
            w.statistics.measure(measured)
            gradients.append(g)
        return sum(gradients) / len(gradients)

    def step(self, w, event):
        if w.life.meet(event.version, event.iteration):
            w.optimizer.forget()
        w.rate = self.rate_of_step(w, event)
        w.rates.append(w.rate)
        self.rule.step(w, w.optimizer.direction(self.rule.gradient(w, self.gradient(w, event.iteration)), w.x))

    def push(self, w, event):
        p = event.push
        p.samples = w.life.samples
        w.message = p.number
        p.rates = list(w.rates)
        if p.restores:
            w.sender.restore()
        p.message = self.rule.push(w, p)
        if p.k > 0:  # one of several exchanges leaves its iterations to the last
            w.rates = []
        p.statistics = w.statistics.push(p.number)
        w.unanswered.append(p)
        if defects.is_in("momentum"):
            w.optimizer.forget()

    def answered(self, w, version):
        """The number of the push that the reply answers, or None."""
        if self.rule.answers_all:
            mine = [p for p in w.unanswered if p.round == version]
        else:
            mine = w.unanswered[:1]
        if not mine:
            return None
        w.unanswered = [p for p in w.unanswered if p.number > mine[-1].number]
        return mine[-1].number

    def accept(self, w, event):
        for_all = self.rule.answers_all
        reply, rates, mean = self.replies[event.version, None if for_all else w.id]
        w.statistics.accept(mean, self.answered(w, event.version))
        self.set_rates(w, rates)
        w.done = self.done[event.version]
        w.own = sum(p.k for p in self.run.history.of_worker(w.id) if 0 < p.round <= event.version)
        self.rule.accept(w, reply)
        if self.rule.on_reset() == "zero":
            w.optimizer.forget()

    def play_until(self, wanted):
        """The wanted push is made."""
        w = self.workers[wanted.worker]
        while wanted.statistics is None:
            event = next(self.ahead[w.id])
            {"step": self.step, "push": self.push, "accept": self.accept}[event.what](w, event)

    # ---- the PS ----

    def update(self, version, pushes):
        s, rule = self.server, self.rule
        s.version, late = version, s.rate
        s.rate = self.rate.at(self.place)
        if defects.is_in("late") and version > 1:
            s.rate = late
        s.done = self.place
        rule.update(s, pushes)
        if defects.is_in("momentum"):
            s.optimizer.forget()
        if not self.run.bounds.budget:
            self.place += sum(p.k for p in pushes)
        elif version in self.run.bounds.places:  # it stays within a step of several exchanges
            self.place = self.run.bounds.places[version]
        self.done[version] = self.place
        s.statistics.update(pushes, rule.answers_all, rule.weights(pushes))
        self.answer(version)

    def answer(self, version):
        """Replies with this version of the model, one for each worker that accepts one."""
        s = self.server
        receivers = [None] if self.rule.answers_all else sorted(set(self.run.history.replies.get(version, [])))
        for i in receivers:
            self.replies[version, i] = self.rule.reply(s, i), self.rates(s.rate), s.statistics.mean

    def play(self):
        """(parameters, statistics) of the PS at the end"""
        if not self.rule.answers_all:
            self.answer(0)  # a push may be answered before the first update
        for version in range(1, len(self.run.history.updates) + 1):
            pushes = sorted(self.run.history.updates[version], key=lambda p: (p.worker, p.number))
            for p in pushes:
                self.play_until(p)
            self.update(version, pushes)
        return self.server.W, self.server.statistics.mean


    def senders(self):
        """The senders that code: they know how near a coded value has come to a tie."""
        return [sender for sender in [w.sender for w in self.workers] + [self.server.sender] if sender.codec]
