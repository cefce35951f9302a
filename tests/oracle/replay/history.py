"""Who computed, pushed and accepted what, and in which order: from timeline.csv and workers.csv of a run with
output.trace = all. Numbers depend on this order and on nothing else of the run."""
import csv
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass
class Push:
    worker: int
    number: int  # of the worker's pushes, from 0
    round: int  # the PS's update that it went into, from 1; 0: none
    k: int  # local iterations in it
    staleness: int
    depart: int
    base: int = 0  # version of the model that its last iteration was computed with
    message: object = None  # what the PS reads, as the rule has made it
    rates: list = None  # of its iterations
    statistics: object = None  # BatchNorm's, of its worker
    dropped: int = None  # when the PS has dropped it
    restores: bool = False  # the push before it has been dropped, and that in time


class Step(NamedTuple):
    begin: int
    end: int
    version: int  # of the model that it was computed with


class Reply(NamedTuple):
    number: int  # of the worker's replies, from 0
    arrival: int
    version: int


@dataclass
class Event:
    """What a worker does next."""

    what: str  # "step", "push", "accept"
    version: int = 0  # accept: of the reply; step: of the worker's model
    iteration: int = 0  # step: its number, which names its batch
    begin: int = 0  # step
    at: int = 0  # when it is over: the iteration ends, the push departs, or the reply has arrived
    lost: int = 0  # step: iterations before it that no update will have, as far as is known when it begins
    push: Push = None


@dataclass
class History:
    events: list = field(default_factory=list)  # of each worker: Events
    updates: dict = field(default_factory=dict)  # number: its Pushes in rank order
    replies: dict = field(default_factory=dict)  # version: the workers that accept it, with repetitions

    def of_worker(self, worker):
        """Its pushes."""
        return [event.push for event in self.events[worker] if event.what == "push"]


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def read_pushes(folder, workers):
    pushes = [[] for _ in range(workers)]
    for row in rows_of(folder / "workers.csv"):
        worker = int(row["worker"])
        pushes[worker].append(Push(worker, 0, int(row["round"]), int(row["k"]), int(row["staleness"]), int(row["depart_ns"])))
    for of_worker in pushes:
        for number, push in enumerate(of_worker):
            push.number = number
    return pushes


def mark_dropped(pushes, served):
    """Of one worker. A push that has been dropped when the next is made has left no residual."""
    for push in pushes:
        push.dropped = served[push.number] if push.round == 0 and push.number < len(served) else None
    for before, push in zip(pushes, pushes[1:]):
        push.restores = before.dropped is not None and before.dropped <= push.depart


def goes_first(push, reply):
    """Of one boundary. A reply is accepted before a push, but never before it has arrived, nor before the push that it answers
    (model_of_time.md, section 6); one of a worker that is answered without having been heard drops that push."""
    answers = push.round <= reply.version or (reply.arrival == push.depart and push.number <= reply.number)
    return answers or reply.arrival > push.depart


def merge(pushes, replies):
    """Of one boundary."""
    events = []
    while pushes or replies:
        if pushes and (not replies or goes_first(pushes[0], replies[0])):
            push = pushes.pop(0)
            events.append(Event("push", push=push, at=push.depart))
        else:
            reply = replies.pop(0)
            events.append(Event("accept", version=reply.version, at=reply.arrival))
    return events


def order(steps, replies, pushes):
    """One worker's life. A push comes after the iterations that have ended when it departs; a reply before the first iteration
    that begins when it is there, or, where the algorithm leaves it waiting, before the first one on its model."""
    boundaries = [([], []) for _ in range(len(steps) + 1)]
    for push in pushes:
        boundaries[sum(step.end <= push.depart for step in steps)][0].append(push)
    for reply in replies:
        boundaries[sum(step.begin < reply.arrival or step.version < reply.version for step in steps)][1].append(reply)
    events = merge(*boundaries[0])
    for iteration, step in enumerate(steps):
        events.append(Event("step", version=step.version, iteration=iteration, begin=step.begin, at=step.end))
        events += merge(*boundaries[iteration + 1])
    return events


def without_cancelled(events):
    """Without the iterations that no push has: those that a reply has cancelled, and those of the run's end. A push without
    iterations (one of several exchanges) leaves them to the next."""
    cancelled, since = set(), []
    for event in events:
        if event.what == "step":
            since.append(event)
        elif event.what == "push" and event.push.k > 0:
            push, mine = event.push, since[-event.push.k :]
            assert len(mine) == push.k, f"worker {push.worker}, push {push.number}: the timeline lacks iterations"
            push.base = mine[0].version
            cancelled |= {id(e) for e in since[: -push.k]}
            since = []
    cancelled |= {id(e) for e in since}
    count_lost(events, cancelled)
    return [e for e in events if id(e) not in cancelled]


def count_lost(events, cancelled):
    """The next reply cancels an iteration; the PS drops a push when it has served it."""
    lost, cancelled_next = 0, 0
    dropped = [event.push for event in events if event.what == "push" and event.push.dropped is not None]
    for event in events:
        if event.what == "step":
            event.lost = lost + sum(push.k for push in dropped if push.dropped <= event.begin)
            cancelled_next += id(event) in cancelled
        elif event.what == "accept":
            lost, cancelled_next = lost + cancelled_next, 0


def read_history(folder, workers):
    """Of one algorithm's folder."""
    steps, replies, served = ([[] for _ in range(workers)] for _ in range(3))
    for row in rows_of(folder / "timeline.csv"):
        if row["what"] == "compute":
            steps[int(row["worker"])].append(Step(int(row["begin_ns"]), int(row["end_ns"]), int(row["version"])))
        elif row["what"] == "reply":
            of_worker = replies[int(row["worker"])]
            of_worker.append(Reply(len(of_worker), int(row["end_ns"]), int(row["version"])))
        elif row["what"] == "service":
            served[int(row["worker"])].append(int(row["end_ns"]))
    pushes = read_pushes(folder, workers)
    history = History()
    for worker in range(workers):
        mark_dropped(pushes[worker], served[worker])
        history.events.append(without_cancelled(order(steps[worker], replies[worker], pushes[worker])))
        for reply in replies[worker]:
            history.replies.setdefault(reply.version, []).append(worker)
        for push in pushes[worker]:
            if push.round:
                history.updates.setdefault(push.round, []).append(push)
    assert sorted(history.updates) == list(range(1, len(history.updates) + 1)), "workers.csv lacks updates"
    return history
