#!/usr/bin/python3
"""Random stars, and when their messages arrive according to SimGrid.

usage: stars.py SEED COUNT FOLDER    writes FOLDER/cm02.txt and FOLDER/factors.txt

SimGrid's network model CM02 shares a link max-min fairly when all routes have the same latency (it weighs flows by the
inverse of their latencies) and its weight-S is 0; cross-traffic (acknowledgements) is switched off. cm02.txt has no
other factor; factors.txt has random bandwidth factors, latency factors and TCP windows (TCP-gamma), those of LV08 among
them: 0.97, 13.01, 4194304 (SimGrid's manual, "Configuring SimGrid").

A worker sends one message after the other in each direction, each `gap` after the arrival of the one before. The
files' lines, each star after the other (ns, bytes, bytes/s; arrivals in seconds):

    star WORKERS MESSAGES SERVER_UP SERVER_DOWN LATENCY EFFICIENCY LATENCY_FACTOR TCP_WINDOW (inf: none)
    WORKERS times:  UP DOWN                            bandwidths of the worker's link
    MESSAGES times: WORKER up|down GAP BYTES ARRIVAL
"""
import multiprocessing
import random
import sys

import simgrid

MOST_WORKERS, MOST_MESSAGES = 8, 3  # messages: of one worker in one direction
WINDOW = 4194304
CONFIG = ("network/model:CM02", "network/crosstraffic:0", "network/weight-S:0")


def log_uniform(draw, low, high):
    return low * (high / low) ** draw.random()


def random_star(draw, with_factors):
    star = {"server": [int(log_uniform(draw, 1e7, 1e10)) for _ in range(2)],
            "latency": int(log_uniform(draw, 1e3, 1e7)),
            "efficiency": 1, "latency_factor": 1, "window": float("inf")}
    fastest = star["server"][0] * 3
    star["links"] = [[int(log_uniform(draw, fastest / 300, fastest)) for _ in range(2)]
                     for _ in range(draw.randint(1, MOST_WORKERS))]
    if with_factors:
        star["efficiency"] = draw.choice((0.97, round(draw.uniform(0.5, 1), 3)))
        star["latency_factor"] = draw.choice((13.01, round(draw.uniform(0.5, 20), 2)))
        bites = 2e-9 * star["latency"] * draw.choice(draw.choice(star["links"]))  # where the window equals the link
        star["window"] = draw.choice((WINDOW, 1000 + int(bites * log_uniform(draw, 0.1, 3))))
    star["messages"] = [random_message(draw, link, worker, direction)
                        for worker, link in enumerate(star["links"])
                        for direction in range(2)
                        for _ in range(draw.randint(1, MOST_MESSAGES))]
    return star


def random_message(draw, link, worker, direction):
    """Takes 20 ms to 1 s on its link alone; gaps are such that messages of different workers meet."""
    return worker, direction, draw.randint(1, 500_000_000), int(link[direction] * draw.uniform(0.02, 1))


def simulate(star):
    """The arrivals of star["messages"], in seconds. Once in a process: SimGrid has one engine."""
    gamma = 0 if star["window"] == float("inf") else star["window"]  # 0: no window
    config = CONFIG + (f"network/TCP-gamma:{gamma}", f"network/bandwidth-factor:{star['efficiency']}",
                       f"network/latency-factor:{star['latency_factor']}")
    engine = simgrid.Engine(["stars", "--log=root.thres:warning"] + [f"--cfg={c}" for c in config])
    zone = simgrid.NetZone.create_full_zone("star")

    def link(name, bandwidth, latency):
        made = zone.create_link(name, bandwidth)
        made.set_latency(latency)
        made.seal()
        return simgrid.LinkInRoute(made)

    server = zone.create_host("server", 1e9)
    server = [link(f"server-{d}", star["server"][d], 0) for d in range(2)]
    ends = []  # for each worker the pairs (from, to) of both directions
    for w, bandwidths in enumerate(star["links"]):
        host = zone.create_host(f"worker-{w}", 1e9)
        ends.append(((host, server), (server, host)))
        for d, (source, target) in enumerate(ends[w]):
            route = [link(f"link-{w}-{d}", bandwidths[d], star["latency"] * 1e-9), server[d]]
            zone.add_route(source.netpoint, target.netpoint, None, None, route, False)
    zone.seal()

    arrivals = [None] * len(star["messages"])

    def send_all(worker, direction):
        for i, (w, d, gap, size) in enumerate(star["messages"]):
            if (w, d) == (worker, direction):
                simgrid.this_actor.sleep_for(gap * 1e-9)
                simgrid.Comm.sendto(*ends[w][d], size)
                arrivals[i] = simgrid.Engine.clock

    for w in range(len(ends)):
        for d in range(2):
            simgrid.Actor.create(f"sender-{w}-{d}", ends[w][d][0], send_all, w, d)
    engine.run()
    return arrivals


def write(out, star, arrivals):
    print("star", len(star["links"]), len(star["messages"]), *star["server"], star["latency"], star["efficiency"],
          star["latency_factor"], star["window"], file=out)
    for up, down in star["links"]:
        print(up, down, file=out)
    for (worker, direction, gap, size), arrival in zip(star["messages"], arrivals):
        print(worker, ("up", "down")[direction], gap, size, f"{arrival:.12g}", file=out)


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for name in ("cm02", "factors"):
        draw = random.Random(f"{name} {seed}")
        stars = [random_star(draw, name == "factors") for _ in range(count)]
        with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
            answers = pool.map(simulate, stars, chunksize=1)
        with open(f"{folder}/{name}.txt", "w", encoding="ascii") as out:
            for star, arrivals in zip(stars, answers):
                write(out, star, arrivals)


if __name__ == "__main__":
    main()
