#!/usr/bin/env python3
"""Makes system calls and allocations of a run fail, one after the other, once and for ever.

usage: check.py SIMULATE PRELOAD.so [CASES [SEED [LAB...]]]      CASES 0: all cases; otherwise this number of cases, drawn at random

However a run fails, it must end within LIMIT seconds by itself, with the exit status of that kind of failure and a line on stderr that
says so, leave no process and nothing in /dev/shm, and what it leaves on the disk must not pretend to be complete. A failure that a
run survives must not change its files. One line a case that went wrong, "N of N failures right" last; status 1 if one did."""
import filecmp
import gzip
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

LIMIT = 30  # seconds
# What may fail, with which error, and the statuses that are right: 7 no resources, 3 data, 2 configuration, 1 anything else; 0 survived.
SYSCALLS = {
    "openat": ("error=EMFILE", {7}),
    "read": ("error=EIO", {7, 3, 2}),
    "write": ("error=ENOSPC", {7, 1}),
    "pwrite64": ("error=ENOSPC", {7}),
    "fsync": ("error=EIO", {7}),
    "rename": ("error=EIO", {7}),
    "mkdir": ("error=ENOSPC", {7}),
    "unlink": ("error=EIO", {7}),
    "symlink": ("error=EIO", set()),
    "close": ("error=EIO", {7, 3, 2}),
    "lseek": ("error=EIO", {7, 3, 2}),
    "ftruncate": ("error=EIO", {7}),
    "fallocate": ("error=ENOSPC", {7}),
    "mmap": ("error=ENOMEM", {7}),
    "munmap": ("error=ENOMEM", set()),
    "mprotect": ("error=ENOMEM", {7}),
    "madvise": ("error=EINVAL", set()),
    "brk": ("retval=0", {7}),
    "clone": ("error=EAGAIN", {7}),
    "wait4": ("error=ECHILD", {7}),
    "rt_sigtimedwait": ("error=EINVAL", {7}),
    "rt_sigprocmask": ("error=EINVAL", {7}),
    "futex": ("error=EINVAL", {7}),  # one that libc does not abort at
    "prctl": ("error=EPERM", {7}),
    "flock": ("error=ENOLCK", {7}),
    "newfstatat": ("error=EIO", {7, 3, 2}),
    "access": ("error=EIO", {7, 3}),
    "sched_setattr": ("error=EPERM", set()),
    "clock_getres": ("error=EINVAL", set()),
    "pread64": ("error=EIO", {7, 3}),
    "uname": ("error=EFAULT", set()),
    "getrandom": ("error=ENOSYS", set()),
    "memfd_create": ("error=EMFILE", set()),
    "link": ("error=EIO", {7}),
    "chdir": ("error=EACCES", set()),
    "rmdir": ("error=EIO", set()),
    "dup2": ("error=EMFILE", set()),
    "setpgid": ("error=EPERM", set()),
    "setsid": ("error=EPERM", set()),
    "pipe2": ("error=EMFILE", {7}),
    "getdents64": ("error=EIO", set()),
    "unlinkat": ("error=EIO", set()),
    "sysinfo": ("error=EFAULT", set()),
}
LEFT_ALONE = {  # they cannot fail, or a failure of theirs is not the program's business
    "exit", "exit_group", "getpid", "gettid", "getppid", "getuid", "rt_sigreturn", "set_robust_list", "rseq", "sched_yield", "restart_syscall",
    "rt_sigaction", "clock_gettime", "tgkill", "kill", "mbind", "ioctl", "fcntl", "sched_getaffinity", "clock_nanosleep", "set_tid_address",
    "getcwd", "readlink", "readlinkat", "statx", "rt_sigqueueinfo", "execve", "arch_prctl", "prlimit64",
}
ALLOCATIONS = {7}

INI = """[experiment]
name = faults
iterations = 24
[data]
set = synthetic
shape = mnist
train_samples = 60
test_samples = 20
[model]
name = tiny
[train]
batch = 2
[cluster]
workers = 2
[compute]
model = fixed
seconds = 1ms
[output]
eval_every = 8
report = no
"""


class Lab:
    """What is run: here dqlosp with checkpoints."""

    name = "dqlosp"
    settings = {"experiment.algorithms": "dqlosp", "output.checkpoint_every": 10}

    def __init__(self, simulate, preload, folder):
        self.simulate, self.preload, self.folder = simulate, preload, folder
        os.mkdir(folder)
        self.ini = os.path.join(folder, "faults.ini")
        with open(self.ini, "w") as f:
            f.write(INI)
        self.reference = os.path.join(folder, "reference")
        self.prepare()
        status, said = self.finish(self.start(self.reference, {}, Lab.arguments(self, self.reference)), self.reference)
        assert status == 0, said

    def prepare(self):
        pass

    def arguments(self, run):
        return [self.ini, "-q", "-o", run] + [a for key, value in self.settings.items() for a in ("--set", f"{key}={value}")]

    def right(self, statuses):
        return statuses

    def judge(self, run):
        """Of one that survived."""
        return compare(self.reference, run)

    def start(self, run, env, arguments):
        full = dict(os.environ, LD_PRELOAD=self.preload, OPENBLAS_CORETYPE=core(), OPENBLAS_NUM_THREADS="1", **env)
        return subprocess.Popen([self.simulate] + arguments, env=full, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=open(run + ".err", "w"), start_new_session=True)

    def finish(self, process, run):
        """Its status (None: it did not end) and what it said; whatever is left of it is killed."""
        try:
            status = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            status = None
        left = alive(process.pid)
        until = time.time() + 2
        while left and status is not None and time.time() < until:
            time.sleep(0.01)
            left = alive(process.pid)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        with open(run + ".err") as f:
            said = f.read()
        return status, said + ("processes are left\n" if left and status is not None else "")

    def play(self, run, env):
        return self.finish(self.start(run, env, self.arguments(run)), run)

    def traced(self, run, halt, options):
        """A run that strace takes hold of where it halts. None: it may not."""
        process = self.start(run, {"FAULT_HALT": halt}, self.arguments(run))
        wait_for(lambda: state(process.pid) == "T" or process.poll() is not None)
        if process.poll() is not None:
            sys.exit(f"{self.name}: {halt}: it ended with {process.returncode} before it halted: {self.finish(process, run)[1]}")
        strace = subprocess.Popen(["strace", "-f", "-qq", "-p", str(process.pid)] + options, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: tracer(process.pid) or strace.poll() is not None)
        if strace.poll() is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            sys.exit("strace: " + strace.stderr.read())
        os.kill(process.pid, signal.SIGCONT)
        result = self.finish(process, run)
        try:
            strace.wait(5)
        except subprocess.TimeoutExpired:
            strace.kill()
        return result


class Files(Lab):
    """A real data set and a trace from files, OpenBLAS, replies to single workers."""

    name = "files"

    def prepare(self):
        trace = os.path.join(self.folder, "trace.csv")
        with open(trace, "w") as f:
            f.write("seconds,factor\n0.003,0.5\n0.01,1\n")
        for name, images in (("train", 60000), ("t10k", 10000)):
            with gzip.open(os.path.join(self.folder, f"{name}-images-idx3-ubyte.gz"), "wb", 1) as f:
                f.write(struct.pack(">4i", 0x803, images, 28, 28) + bytes(28 * 28 * images))
            with gzip.open(os.path.join(self.folder, f"{name}-labels-idx1-ubyte.gz"), "wb", 1) as f:
                f.write(struct.pack(">2i", 0x801, images) + bytes((5, 0, 4, 1, 9, 2, 1, 3, 1, 4)) + bytes(images - 10))
        self.settings = {"experiment.algorithms": "asp", "host.kernels": "portable", "compute.trace": trace,
                         "data.set": "mnist", "data.path": self.folder, "data.train_samples": 60, "data.test_samples": 20}


class Resume(Lab):
    """A run that was broken off goes on."""

    name = "resume"
    settings = {"experiment.algorithms": "losp", "output.checkpoint_every": 20, "output.eval_every": 40,
                "experiment.iterations": 100}

    def prepare(self):
        self.broken = os.path.join(self.folder, "broken")
        there = os.path.join(self.broken, "losp", "checkpoint.old")
        complete = os.path.join(self.broken, "losp", "summary.json")  # just before the checkpoints are removed
        for _ in range(100):
            process = self.start(self.broken, {}, Lab.arguments(self, self.broken))
            while not os.path.exists(there) and process.poll() is None:
                pass
            process.send_signal(signal.SIGKILL)
            process.wait()
            wait_for(lambda: not alive(process.pid))
            if os.path.exists(there) and not os.path.exists(complete):
                return
            shutil.rmtree(self.broken)
        sys.exit("a run could not be broken off")

    def arguments(self, run):
        shutil.copytree(self.broken, run)
        return ["-q", "--resume", run]

    def right(self, statuses):
        return statuses | {3}


class Timing(Lab):
    """No worker, no numbers."""

    name = "timing"
    settings = {"experiment.algorithms": "k_sync", "algorithm.k_sync.k": 1, "experiment.train": "no"}


class Verify(Lab):
    """Only reads: what cannot be read is a finding."""

    name = "verify"

    def arguments(self, run):
        return ["--verify", self.reference]

    def right(self, statuses):
        return statuses - {2, 3} | {1}

    def judge(self, run):
        return None


class Report(Lab):
    """A report of two runs without gnuplot, which has system calls of its own: there are no figures."""

    name = "report"

    def prepare(self):
        self.tools = os.path.join(self.folder, "tools")
        os.mkdir(self.tools)

    def start(self, run, env, arguments):
        return super().start(run, dict(env, PATH=self.tools, TMPDIR=self.folder), arguments)

    def arguments(self, run):
        other = self.reference + ".other"
        if not os.path.exists(other):
            shutil.copytree(self.reference, other)
        return ["--report", "-o", run, self.reference, other]

    def right(self, statuses):
        return statuses | {2}

    def judge(self, run):
        with open(run) as f:
            return None if f.read().endswith("</html>\n") else "the report is cut off"


LABS = (Lab, Files, Resume, Timing, Verify, Report)


def core():
    return os.environ.get("OPENBLAS_CORETYPE", "Haswell")


def wait_for(condition):
    until = time.time() + LIMIT
    while not condition():
        if time.time() > until:
            raise TimeoutError
        time.sleep(0.002)


def field(pid, name):
    with open(f"/proc/{pid}/status") as f:
        return re.search(rf"^{name}:\s*(\S+)", f.read(), re.M).group(1)


def state(pid):
    return field(pid, "State")


def tracer(pid):
    return field(pid, "TracerPid") != "0"


def alive(session):
    """Processes of that session that are not zombies."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append(pid)
        except OSError:
            pass
    return found


def shared():
    return [name for name in os.listdir("/dev/shm") if name.startswith("ospsim-")]


# ---- cases ----


def count_calls(lab, halt):
    """How often each call is made by the process that makes it most often."""
    log = os.path.join(lab.folder, "log")
    status, said = lab.traced(os.path.join(lab.folder, "counted-" + halt), halt, ["-o", log])
    assert status == 0, said
    counts = {}
    with open(log) as f:
        for line in f:
            m = re.match(r"(\d+) +([a-z0-9_]+)\(", line)
            if m:
                counts[m.groups()] = counts.get(m.groups(), 0) + 1
    most = {}
    for (_, name), n in counts.items():
        most[name] = max(n, most.get(name, 0))
    return most


def count_allocations(lab):
    path = os.path.join(lab.folder, "allocations")
    lab.play(os.path.join(lab.folder, "counted"), {"FAULT_COUNT": path})
    most = {}
    with open(path) as f:
        for line in f:
            who, n = line.split()
            most[who] = max(int(n), most.get(who, 0))
    return most


def all_cases(lab):
    cases, unknown = [], set()
    for halt in ("main",) if lab.name == "verify" else ("main", "fork"):
        for name, n in count_calls(lab, halt).items():
            if name in SYSCALLS:
                cases += [(lab, "call", halt, name, k, ever) for k in range(1, n + 1) for ever in (False, True)]
            elif name not in LEFT_ALONE:
                unknown.add(name)
    for who, n in count_allocations(lab).items():
        cases += [(lab, "allocation", who, "malloc", k, ever) for k in range(1, n + 1) for ever in (False, True)]
    return cases, unknown


# ---- one case ----


def judge(lab, run, right, mute, status, said):
    """right: statuses; mute: it may be unable to say anything."""
    if status is None:
        return "it hangs: " + said
    if status < 0:
        return f"killed by signal {-status}: {said}"
    if status not in lab.right(right) | {0}:
        return f"status {status}: {said}"
    if "are left" in said:
        return said
    if shared():
        return "left in /dev/shm: " + " ".join(shared())
    if status == 0:
        return lab.judge(run)
    spoken = any(line.startswith("simulate: ") for line in said.splitlines())
    if not spoken and not mute:
        return f"status {status} without a word: {said}"
    return incomplete(run)


def compare(reference, run):
    for folder, _, names in os.walk(reference):
        for name in names:
            if name in ("run.json", "summary.json", "given.ini"):
                continue
            path = os.path.join(folder, name)
            other = run + path[len(reference):]
            if not os.path.exists(other):
                return f"survived without {os.path.relpath(other, run)}"
            if not filecmp.cmp(path, other, shallow=False):
                return f"survived, but {os.path.relpath(other, run)} differs"
    return None


def incomplete(run):
    """A summary.json is the last file of an algorithm: there it is complete."""
    done = os.path.join(run, "run.json")
    if os.path.exists(done):
        with open(done) as f:
            if '"status": "done"' in f.read():
                return "run.json says done"
    return None


def play(case, number):
    lab, kind, where, name, k, ever = case
    run = os.path.join(lab.folder, str(number))
    if kind == "call":
        error, right = SYSCALLS[name]
        when = f"{k}+" if ever else str(k)
        options = ["-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:{error}:when={when}"]
        status, said = lab.traced(run, where, options)
    else:
        env = {"FAULT_IN": where, "FAULT_AT": str(k)}
        if ever:
            env["FAULT_EVER"] = "1"
        right = ALLOCATIONS
        status, said = lab.play(run, env)
    wrong = judge(lab, run, right, name == "write" and ever, status, said.strip())
    shutil.rmtree(run, ignore_errors=True)
    os.unlink(run + ".err")
    return wrong


def describe(case):
    lab, kind, where, name, k, ever = case
    return f"{lab.name}: {name} number {k}{' and all after it' if ever else ''} from {where}"


def main():
    simulate, preload = map(os.path.abspath, sys.argv[1:3])
    wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    folder = tempfile.mkdtemp(dir="/dev/shm")  # where fsync costs nothing
    cases = []
    try:
        for lab in LABS:
            if len(sys.argv) > 5 and lab.name not in sys.argv[5:]:
                continue
            more, unknown = all_cases(lab(simulate, preload, os.path.join(folder, lab.name)))
            cases += more
            if unknown:
                sys.exit("calls that this program does not know: " + ", ".join(sorted(unknown)))
        if wanted:
            cases = random.Random(seed).sample(cases, min(wanted, len(cases)))
        print(f"seed {seed}, {len(cases)} failures", flush=True)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda job: (job[1], play(job[1], job[0])), enumerate(cases))
            right = 0
            for case, wrong in results:
                right += wrong is None
                if wrong:
                    print(f"{describe(case)}: {wrong}", flush=True)
        print(f"{right} of {len(cases)} failures right")
        sys.exit(right < len(cases))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
