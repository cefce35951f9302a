#!/usr/bin/python3
"""Sends TCP flows through a star of network namespaces and writes down when each was through.

usage: flows.py PREFIX MBIT [FILE]    PREFIX: of the namespaces' names; MBIT: of the fast links and the server link, Mbit/s
                                      without FILE: only makes the star and removes it (can this machine?)

A namespace each for the server and the workers, joined by a bridge in one more. Each worker's link is shaped by tbf in
both directions. The server link has one queue a worker (htb with equal classes), as fair sharing of single flows needs;
the star named "one queue" has a plain tbf there: TCP then shares by chance, and only the last arrival is compared.
tbf and htb count 1514 bytes for 1448 of payload (no preamble, no gap), whence the efficiency of 0.956.

FILE gets one star after the other in the format of tests/simgrid/stars.py; arrivals are medians of TRIES, in seconds
after the start. Root only. The caller removes the namespaces (check.sh does, also when this is killed).
"""
import ctypes
import math
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

WORKERS = 4
TRIES = 3
EFFICIENCY = 0.956
PORT = 5000
CLONE_NEWNET = 0x40000000  # sched.h
QUEUE = 0.032              # seconds at the rate; shorter ones cost TCP timeouts in which the link is idle
SMALLEST_QUEUE = 60000     # bytes, some congestion windows
BURST = 0.001              # seconds at the rate, but at least three frames: what passes unshaped after a pause
FRAME = 1514               # bytes
LEAD = 0.2                 # seconds from the opening of connections to the start


class Scenario:
    """One message a worker; bytes are given in seconds alone on a fast link, departures in the same unit."""

    def __init__(self, name, seconds, departures=None, slow=None, one_queue=False):
        self.name, self.seconds, self.one_queue = name, seconds, one_queue
        self.departures = departures or [0] * len(seconds)
        self.slow = slow or {}  # worker -> fraction of the rate


SCENARIOS = (
    Scenario("single flow", [1]),
    Scenario("equal flows", [1] * WORKERS),
    Scenario("staggered", [1] * WORKERS, departures=[0, 0.3, 0.6, 1.2]),
    Scenario("one slow worker", [0.2, 1, 1, 1], slow={0: 0.1}),
    Scenario("one queue", [1] * WORKERS, one_queue=True),
)


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def burst(rate):
    return str(max(3 * FRAME, int(rate * BURST)))


def limit(rate):
    return str(max(SMALLEST_QUEUE, int(rate * QUEUE)))


def shape(namespace, device, rate):
    """tbf of `rate` bytes/s."""
    run("tc", "-n", namespace, "qdisc", "add", "dev", device, "root", "tbf", "rate", f"{rate:.0f}bps",
        "burst", burst(rate), "limit", limit(rate))


class Star:
    """Shaped as the scenario says; remove it before the next one is made."""

    def __init__(self, prefix, rate, scenario):
        self.prefix, self.rate = prefix, rate
        self.links = [rate * scenario.slow.get(w, 1) for w in range(WORKERS)]
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.libc = ctypes.CDLL(None, use_errno=True)
        run("ip", "netns", "add", self.space("bridge"))
        run("ip", "-n", self.space("bridge"), "link", "add", "name", "bridge", "type", "bridge")
        run("ip", "-n", self.space("bridge"), "link", "set", "dev", "bridge", "up")
        for place, name in enumerate(["server"] + [f"worker{w}" for w in range(WORKERS)], start=1):
            self.join(name, f"10.0.0.{place}")
        for w, link in enumerate(self.links):
            shape(self.space(f"worker{w}"), "eth", link)
            shape(self.space("bridge"), f"worker{w}", link)
        for namespace, device, side in (("bridge", "server", "src"), ("server", "eth", "dst")):
            if scenario.one_queue:
                shape(self.space(namespace), device, rate)
            else:
                self.share(self.space(namespace), device, side)

    def space(self, name):
        return f"{self.prefix}-{name}"

    def join(self, name, address):
        """A namespace with a cable to the bridge; frames are single ones, not bundles."""
        run("ip", "netns", "add", self.space(name))
        run("ip", "-n", self.space(name), "link", "add", "name", "eth", "type", "veth",
            "peer", "name", name, "netns", self.space("bridge"))
        run("ip", "-n", self.space(name), "address", "add", f"{address}/24", "dev", "eth")
        run("ip", "-n", self.space(name), "link", "set", "dev", "eth", "gso_max_segs", "1", "up")
        run("ip", "-n", self.space("bridge"), "link", "set", "dev", name, "master", "bridge", "up")

    def share(self, namespace, device, side):
        """A server link with a queue for each worker; `side` of its frames is the worker's address."""
        def tc(*words):
            run("tc", "-n", namespace, words[0], "add", "dev", device, *words[1:])
        tc("qdisc", "root", "handle", "1:", "htb")
        tc("class", "parent", "1:", "classid", "1:1", "htb", "rate", f"{self.rate:.0f}bps",
           "quantum", str(FRAME), "burst", burst(self.rate), "cburst", burst(self.rate))
        for w in range(WORKERS):
            leaf = f"1:1{w}"
            tc("class", "parent", "1:1", "classid", leaf, "htb", "rate", f"{self.rate / WORKERS:.0f}bps",
               "ceil", f"{self.rate:.0f}bps", "quantum", str(FRAME), "burst", str(FRAME), "cburst", str(FRAME))
            tc("qdisc", "parent", leaf, "bfifo", "limit", limit(self.rate))
            tc("filter", "parent", "1:", "protocol", "ip", "u32", "match", "ip", side, f"10.0.0.{w + 2}/32",
               "flowid", leaf)

    def socket(self, name):
        """A socket stays in the namespace that it was made in."""
        with open(f"/run/netns/{self.space(name)}", "rb") as there:
            self.enter(there.fileno())
            try:
                made = socket.socket()
            finally:
                self.enter(self.home)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")  # Linux's default
        return made

    def enter(self, namespace):
        if self.libc.setns(namespace, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def connections(self, workers):
        """For each worker its end and the server's."""
        with self.socket("server") as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("10.0.0.1", PORT))
            door.listen()
            for w in range(workers):
                end = self.socket(f"worker{w}")
                end.connect(("10.0.0.1", PORT))
                yield end, door.accept()[0]

    def remove(self):
        os.close(self.home)
        for name in ["bridge", "server"] + [f"worker{w}" for w in range(WORKERS)]:
            run("ip", "netns", "delete", self.space(name))


def send(end, size, start):
    block = bytes(1 << 18)
    time.sleep(max(0, start - time.monotonic()))
    while size > 0:
        size -= end.send(block[:size])


def receive(end, size, arrivals, place):
    block = bytearray(1 << 18)
    while size > 0:
        got = end.recv_into(block)
        if got == 0:
            return  # the arrival stays NaN
        size -= got
    arrivals[place] = time.monotonic()


def transfer(star, sizes, departures, direction):
    """Seconds from the start to each arrival."""
    arrivals = [math.nan] * len(sizes)
    pairs = list(star.connections(len(sizes)))
    start = time.monotonic() + LEAD
    threads = []
    for w, pair in enumerate(pairs):
        source, target = pair if direction == "up" else pair[::-1]
        threads.append(threading.Thread(target=receive, args=(target, sizes[w], arrivals, w), daemon=True))
        threads.append(threading.Thread(target=send, args=(source, sizes[w], start + departures[w]), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for pair in pairs:
        for end in pair:
            end.close()
    return [a - start for a in arrivals]


def measure(star, scenario, direction, out):
    sizes = [int(seconds * star.rate) for seconds in scenario.seconds]
    tries = [transfer(star, sizes, scenario.departures, direction) for _ in range(TRIES)]
    if scenario.one_queue:
        arrivals = [math.nan] * len(sizes)
        arrivals[-1] = statistics.median(max(arrived) for arrived in tries)
    else:
        arrivals = [statistics.median(arrived) for arrived in zip(*tries)]
    print(f"{scenario.name}, {direction}:", *(f"{a:.3f}" for a in arrivals if not math.isnan(a)), "s", flush=True)
    server = int(star.rate)
    print("star", WORKERS, len(sizes), server, server, 0, EFFICIENCY, 1, "inf", file=out)
    for link in star.links:
        print(int(link), int(link), file=out)
    for w, size in enumerate(sizes):
        print(w, direction, int(scenario.departures[w] * 1e9), size, f"{arrivals[w]:.6f}", file=out)


def main():
    prefix, rate = sys.argv[1], float(sys.argv[2]) * 1e6 / 8
    if len(sys.argv) < 4:
        Star(prefix, rate, SCENARIOS[0]).remove()
        return
    with open(sys.argv[3], "w", encoding="ascii") as out:
        for scenario in SCENARIOS:
            star = Star(prefix, rate, scenario)
            for direction in ("up", "down"):
                measure(star, scenario, direction, out)
            star.remove()


if __name__ == "__main__":
    main()
