#!/usr/bin/env python3
"""Long runs of the tiny model: memory, descriptors and CPU time a round of every process must stay what they are.

usage: check.py SIMULATE ROUNDS ALGORITHM...

Looks at the processes again and again, from the first of two checkpoints until shortly before the end. One line an algorithm, "N of N runs even" last; status 1 if one is not."""
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time

WORKERS = 2
PR_SET_THP_DISABLE = 41  # linux/prctl.h
KEPT = 50  # rounds of which workers.csv has one: it says how far the run is
GROWTH = 256 << 10  # bytes of private memory that a process may gain: the allocator takes 132 KiB at a time
SLOWER = 1.3  # CPU time a round at the end, in the middle; of long runs, as clocks tick in hundredths of a second
LONG = 100000  # rounds


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(p) for p in f.read().split()]


def private(pid):
    """What it has written. Pages of libraries are left out: they are private or shared as other programs come and go."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return sum(int(line.split()[1]) << 10 for line in f if line.startswith("Private_Dirty"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reached(table):
    """The round in the last whole row."""
    with open(table, "rb") as f:
        f.seek(max(0, os.path.getsize(table) - 400))
        lines = f.read().split(b"\n")
    return int(lines[-2].split(b",")[1]) if len(lines) > 2 else 0


def look(pid, table):
    pids = [pid] + children(pid)
    return {
        "round": reached(table),
        "memory": {p: private(p) for p in pids},
        "files": {p: descriptors(p) for p in pids},
        "cpu": sum(map(cpu, pids)),
    }


def watch(run, table, rounds):
    """What was seen after the first of two checkpoints and before the end, when processes leave and the launcher sums up. Rows come
    in blocks: a look counts when the table still was short of the end at the one after it."""
    seen = []
    while run.poll() is None:
        time.sleep(0.5 if rounds >= LONG else 0.02)
        try:
            now = look(run.pid, table)
        except (OSError, IndexError, ValueError):
            continue  # a process that has just begun or ended
        if now["round"] >= 0.4 * rounds:
            seen.append(now)
    return [a for a, b in zip(seen, seen[1:]) if b["round"] <= 0.95 * rounds]


def small_pages():
    """For the child: the kernel may make one huge page of many small ones at any time, and a process seems to have grown by up to 2 MiB."""
    ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)


def per_round(a, b):
    return (b["cpu"] - a["cpu"]) / max(1, b["round"] - a["round"])


def judge(seen):
    first, last = seen[0], seen[-1]
    processes = set(first["memory"]) & set(last["memory"])
    grown = max(last["memory"][p] - first["memory"][p] for p in processes)
    files = max(abs(last["files"][p] - first["files"][p]) for p in processes)
    middle = seen[len(seen) // 2]
    slower = per_round(middle, last) / max(1e-9, per_round(first, middle))
    return grown, files, slower


def play(simulate, algorithm, rounds, folder):
    """Iterations are counted until the rounds are through: more of them than any algorithm needs a round."""
    spec = {"bsp": WORKERS, "local_sgd": 2 * WORKERS, "local_sgd_jsac": 2 * WORKERS, "osp": WORKERS, "losp": WORKERS,
            "dqlosp": WORKERS, "asp": 1, "ssp": 1, "k_sync": 1, "k_batch_sync": 1, "k_async": 1, "k_batch_async": 1}
    settings = {
        "data.set": "synthetic", "data.shape": "mnist", "data.train_samples": 200, "data.test_samples": 20,
        "model.name": "tiny", "train.batch": 1, "compute.model": "fixed", "compute.seconds": "1ms",
        "compute.jitter": 0.2, "train.learning_rate": 0.001, "output.eval_every": rounds,
        "output.workers_every": KEPT, "output.trace": "none", "output.checkpoint_every": rounds // 3,
    }
    for name in ("local_sgd", "local_sgd_jsac"):
        settings[f"algorithm.{name}.local_steps"] = 2
    for name in ("osp", "losp", "dqlosp"):
        settings[f"algorithm.{name}.max_local_steps"] = 1
    for name in ("k_sync", "k_batch_sync", "k_async", "k_batch_async"):
        settings[f"algorithm.{name}.k"] = 1
    ini = os.path.join(folder, "x.ini")
    open(ini, "w").close()
    command = [simulate, ini, "-q", "-o", os.path.join(folder, "run"), "--algorithm", algorithm, "--workers", str(WORKERS),
               "--iterations", str(rounds * spec[algorithm])]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=small_pages)
    seen = watch(run, os.path.join(folder, "run", algorithm, "workers.csv"), rounds)
    error = run.stderr.read()
    if run.returncode != 0:
        return f"ended with {run.returncode}: {error}", None
    if len(seen) < 3:
        return "too short to see anything", None
    return None, judge(seen)


def main():
    simulate, rounds, algorithms = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    even = 0
    for algorithm in algorithms:
        folder = tempfile.mkdtemp()
        begun = time.time()
        problem, found = play(simulate, algorithm, rounds, folder)
        shutil.rmtree(folder)
        if problem:
            print(f"{algorithm}: {problem}")
            continue
        grown, files, slower = found
        good = grown <= GROWTH and files == 0 and (slower <= SLOWER or rounds < LONG)
        even += good
        print(f"{algorithm}: {rounds} rounds in {time.time() - begun:.0f} s: memory {grown / 1024:+.0f} KiB, "
              f"{files} descriptors more or less, CPU time a round x {slower:.2f}{'' if good else ': NOT EVEN'}", flush=True)
    print(f"{even} of {len(algorithms)} runs even")
    sys.exit(even < len(algorithms))


main()
