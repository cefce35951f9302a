/* The transport between two processes, each on a core of its own where there are two: a worker that pushes
 * and a PS that receives, on the rings and by the calls of a run of BSP.
 *
 * ring.bytes_per_s            the move alone: pushes received and read where they lie, once
 * ring.aggregate.bytes_per_s  pushes received and added to a sum, as the PS does
 * memcpy.bytes_per_s          one process copies a push from private to shared memory: what a move costs at
 *                             least
 * ring.roundtrip_us           an order to the worker and a frame back, both sides asleep in between
 *
 * Counted are the bytes of the pushes (9.9 MB each), once.
 *
 * usage: ring [SECONDS] */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/vec.h"
#include "sim/runtime/shared.h"
#include "sim/transport/shm.h"
#include "tests/bench/bench.h"
#include "tests/bench/prepared.h"

/* Where workers share a process no push is zero-copy: all go through rings. */
#define RINGS_ONLY "cluster.processes=4"

static cpu_set_t allowed; /* cores, before any process was pinned */

/* Keeps this process on the which-th of these cores, if there is one. */
static void pin(int which)
{
    cpu_set_t one;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && which-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof one, &one);
            return;
        }
}

/* ---- the worker ---- */

static void push_for_ever(const struct run *run)
{
    struct waiter me = shared_waiter(run->shared, run->shared->process[0]);
    const float *gradient = noise(run->n);
    struct frame frame = {.worker = 0, .version = -1};
    for (;; frame.number++) {
        mail_frame(&me, run->shared->up[0], &frame);
        mail_span(&me, run->shared->up[0], gradient, run->layout.push.bytes[0]);
        mail_end(run->shared->up[0]);
    }
}

static void echo_for_ever(const struct run *run)
{
    struct waiter me = shared_waiter(run->shared, run->shared->process[0]);
    for (;;) {
        uint32_t bytes;
        struct order order;
        memcpy(&order, waiter_peek(&me, run->shared->orders[0], 0, &bytes), sizeof order);
        ring_release(run->shared->orders[0], 0);
        mail_frame(&me, run->shared->up[0], &(struct frame){.bare = 1, .number = order.number});
        mail_end(run->shared->up[0]);
    }
}

static pid_t fork_worker(void (*life)(const struct run *), const struct run *run)
{
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        die_errno(EXIT_RESOURCE, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EXIT_ABORTED);
        pin(1);
        life(run);
    }
    return pid;
}

/* ---- the PS ---- */

struct server {
    const struct run *run;
    struct waiter me;
    struct inbox pushes;
    struct visitor visitor;
    int64_t number;
    float *sum;
    uint64_t seen;
};

static void look(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct server *s = context;
    const uint64_t *word = data;
    (void)span, (void)offset;
    for (size_t i = 0; i < bytes / sizeof *word; i++)
        s->seen += word[i];
}

static void add(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct server *s = context;
    (void)span;
    vec_add(s->sum + offset / sizeof(float), data, bytes / sizeof(float));
}

static void receive(void *context)
{
    struct server *s = context;
    inbox_receive(&s->pushes, &s->me, 0, s->number++, &s->visitor);
}

static void ask(void *context)
{
    struct server *s = context;
    struct order order = {.number = s->number};
    struct ring *orders = s->run->shared->orders[0];
    memcpy(waiter_reserve(&s->me, orders), &order, sizeof order);
    ring_commit(orders, sizeof order);
    ring_notify(orders);
    receive(s);
}

/* How often a second the PS does `work` with a worker of that life. */
static double rate_with(void (*life)(const struct run *), void (*work)(void *),
                        void (*piece)(void *, int, size_t, const void *, size_t), double seconds)
{
    struct run *run = prepared("bsp", RINGS_ONLY);
    run->shared = shared_create(run);
    struct server s = {.run = run,
                       .me = shared_waiter(run->shared, run->shared->server),
                       .pushes = {.ring = run->shared->up[0], .layout = &run->layout.push, .uses = 1},
                       .visitor = {piece, &s},
                       .sum = noise(run->n)};
    pid_t worker = fork_worker(life, run);
    double rate = best_rate_of(work, &s, seconds);
    atomic_store(&run->shared->abort, 1); /* the worker leaves when it next waits */
    shared_wake_all(run->shared, run->processes);
    waitpid(worker, NULL, 0);
    shared_destroy(run->shared);
    free(s.sum);
    return rate;
}

/* ---- memcpy ---- */

struct copy {
    float *from, *to;
    size_t bytes;
};

static void copy(void *context)
{
    const struct copy *c = context;
    memcpy(c->to, c->from, c->bytes);
}

int main(int argc, char **argv)
{
    double seconds = seconds_from(argc, argv, 1, 1);
    struct run *run = prepared("bsp", RINGS_ONLY);
    size_t bytes = run->layout.push.bytes[0];
    struct copy c = {noise(run->n), shm_create(bytes), bytes};
    sched_getaffinity(0, sizeof allowed, &allowed);
    pin(0);
    report(best_rate_of(copy, &c, seconds) * (double)bytes, "bytes/s", "memcpy.bytes_per_s");
    report(rate_with(push_for_ever, receive, look, seconds) * (double)bytes, "bytes/s", "ring.bytes_per_s");
    report(rate_with(push_for_ever, receive, add, seconds) * (double)bytes, "bytes/s",
           "ring.aggregate.bytes_per_s");
    report(1e6 / rate_with(echo_for_ever, ask, look, seconds), "us", "ring.roundtrip_us");
    return EXIT_DONE;
}
