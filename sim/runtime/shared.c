/* Lays bells, rings, counters and shared vectors into one block of shared memory. The same functions run
 * twice: the first pass only counts bytes, the second pass carves the block.
 *
 *   | struct shared | bells | on_disk | counters | vectors | rings | vectors of clients | */
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/runtime/first_test.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/shared.h"
#include "sim/transport/shm.h"

/* Messages stream through rings in slots, so a ring may be smaller than a message. A ring that holds a
 * whole message is faster: the sender does not wait for its reader.
 *
 * A run takes at most 512 MB (488 MiB) of shared memory with 16 workers and 11.2 M parameters. MOST leaves
 * 8 MiB of this for orders, reports and counters. MOST_SHARED holds a whole message of 11.2 M parameters
 * (43 MiB) and some slots of the next message. The vectors of clients come on top, as the user chooses the
 * number of clients. */
#define MOST (480u << 20) /* vectors of workers and rings together */
#define MOST_SHARED \
    (64u << 20) /* part of MOST for the ring of broadcasts; as much for the ring of snapshots */
#define SMALL_SLOT  (4u << 10)
#define LARGE_SLOT  (256u << 10)
#define ORDER_SLOTS 256

struct shape_of_ring {
    uint32_t slots, slot_bytes;
};

static size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Room for one whole message and two slots of the next, within `most` bytes. */
static struct shape_of_ring ring_for(const struct message_layout *layout, size_t most)
{
    size_t whole = message_layout_bytes(layout), slot = whole / 8;
    slot = slot < SMALL_SLOT ? SMALL_SLOT : at_most(slot, LARGE_SLOT);
    if (slot > most / 4)
        slot = most / 4 < SMALL_SLOT ? SMALL_SLOT : most / 4;
    slot = (slot + 63) / 64 * 64;
    size_t slots = 3 + (size_t)layout->spans + whole / slot; /* a frame, and one begun slot for each span */
    size_t limit = most / slot;
    slots = slots > limit ? limit : slots;
    return (struct shape_of_ring){(uint32_t)(slots < 4 ? 4 : slots), (uint32_t)slot};
}

struct plan { /* hands out the block piece by piece; at = NULL: only counts */
    char *at;
    size_t used;
};

/* n pieces side by side, aligned to 64 bytes; NULL while the plan only counts. */
static void *carve(struct plan *p, size_t n, size_t bytes)
{
    size_t from = p->used;
    p->used += (n * bytes + 63) / 64 * 64;
    return p->at ? p->at + from : NULL;
}

/* n pieces, each aligned to 64 bytes, and an array with their addresses. */
static void *carve_each(struct plan *p, size_t n, size_t bytes)
{
    void **all = carve(p, n, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        void *one = carve(p, 1, bytes);
        if (all)
            all[i] = one;
    }
    return all;
}

/* Carves the shared vectors of clients, or all other shared vectors. */
static void carve_vectors(struct shared *s, struct plan *p, const struct run *run, bool clients)
{
    for (int i = 0; i < run->vectors.rows; i++) {
        const struct vector *v = &run->vectors.row[i];
        if (v->storage != STORAGE_SHARED || (v->owner == OWNER_CLIENT) != clients)
            continue;
        s->block[v->block] = carve(p, vectors_copies(run, v->owner), vectors_stride(v));
    }
}

static void carve_counters(struct shared *s, struct plan *p, const struct run *run)
{
    size_t workers = (size_t)run->workers;
    s->played = carve(p, (size_t)run->processes, sizeof(struct counter));
    s->given_back = carve(p, workers, sizeof(struct counter));
    s->accepted = carve(p, workers, sizeof(struct counter));
    s->unsound = carve(p, workers, sizeof(struct counter));
    if (faults_can_crash(&run->conductor.faults)) {
        s->fetch.given = carve(p, workers, sizeof(struct counter));
        s->fetch.taken = carve(p, workers, sizeof(struct counter));
    }
    if (run->conductor.compares) {
        s->compare.given = carve(p, 1, sizeof(struct counter));
        s->compare.done = carve(p, workers, sizeof(struct counter));
        s->compare.distance = carve(p, workers, sizeof *s->compare.distance);
    }
    if (quality_of_evaluator(run))
        s->evaluation = carve(p, EVALUATIONS, sizeof *s->evaluation);
}

/* ---- rings ---- */

struct shapes {
    struct shape_of_ring orders, up, reply, snapshots, reports, results;
};

/* used: bytes taken by vectors. The rings of each process share what the vectors and the two rings for all
 * processes leave of MOST. */
static struct shapes shapes_of(const struct run *run, size_t used)
{
    bool unicast = run->transfer.reply->unicast;
    size_t left = MOST - 2 * MOST_SHARED - at_most(used, MOST - 2 * MOST_SHARED);
    size_t rings = (size_t)run->processes * (unicast ? 2 : 1);
    return (struct shapes){.orders = {ORDER_SLOTS, sizeof(struct order)},
                           .up = ring_for(&run->layout.push_on_ring, left / rings),
                           .reply =
                               ring_for(&run->layout.reply_on_ring, unicast ? left / rings : MOST_SHARED),
                           .snapshots = ring_for(&run->layout.snapshot, MOST_SHARED),
                           .reports = {RESULT_SLOTS, sizeof(struct report)},
                           .results = {RESULT_SLOTS, sizeof(struct test_result)}};
}

static size_t bytes_of(struct shape_of_ring r, int readers)
{
    return ring_bytes(r.slots, r.slot_bytes, (uint32_t)readers);
}

static void carve_rings(struct shared *s, struct plan *p, const struct run *run, const struct shapes *r)
{
    size_t n = (size_t)run->processes;
    s->process = carve_each(p, n, sizeof(struct bell));
    if (run->conductor.pace != PACE_REAL)
        s->gate = carve(p, 1, gate_bytes(run->processes + 1));
    s->orders = carve_each(p, n, bytes_of(r->orders, 1));
    s->up = carve_each(p, n, bytes_of(r->up, 1));
    if (run->transfer.reply->unicast)
        s->to = carve_each(p, n, bytes_of(r->reply, 1));
    else
        s->down = carve(p, 1, bytes_of(r->reply, run->processes));
    s->snapshots = carve(p, 1, bytes_of(r->snapshots, 1));
    if (run->conductor.pace != PACE_MODEL)
        s->reports = carve_each(p, n, bytes_of(r->reports, 1));
    s->results = carve(p, 1, bytes_of(r->results, 1));
}

static void create_ring(struct ring *at, struct shape_of_ring r, struct bell *writer,
                        struct bell *const *readers, int n)
{
    ring_create(at, r.slots, r.slot_bytes, (uint32_t)n, writer, readers);
}

/* With the real clock a process that waited for its turn would make its iteration longer, and the kernel
 * divides the cores better. The evaluator is the last member. */
static void create_gate(struct shared *s, const struct run *run)
{
    size_t n = (size_t)run->processes + 1;
    struct bell **all = need(n * sizeof *all);
    memcpy(all, s->process, (n - 1) * sizeof *all);
    all[n - 1] = s->evaluator;
    if (s->gate)
        gate_create(s->gate, (int)n, run->cores, all);
    free(all);
}

/* Each ring gets the bells of its writer and of its readers. */
static void create_rings(struct shared *s, const struct run *run, const struct shapes *r)
{
    for (int i = 0; i < run->processes; i++) {
        struct bell **process = &s->process[i];
        bell_init(*process);
        create_ring(s->orders[i], r->orders, s->server, process, 1);
        create_ring(s->up[i], r->up, *process, &s->server, 1);
        if (s->to)
            create_ring(s->to[i], r->reply, s->server, process, 1);
        if (s->reports)
            create_ring(s->reports[i], r->reports, *process, &s->server, 1);
    }
    if (s->down)
        create_ring(s->down, r->reply, s->server, s->process, run->processes);
    create_ring(s->snapshots, r->snapshots, s->server, &s->evaluator, 1);
    create_ring(s->results, r->results, s->evaluator, &s->server, 1);
}

/* ---- the whole block ---- */

/* Sets all addresses in s, or, when p only counts, adds up the bytes. Clients' vectors come last, so that
 * their size does not make the rings smaller. */
static struct shapes carve_all(struct shared *s, struct plan *p, const struct run *run)
{
    struct shapes shapes = {0};
    s->server = carve(p, 1, sizeof(struct bell));
    s->evaluator = carve(p, 1, sizeof(struct bell));
    s->on_disk = carve(p, (size_t)run->processes + 2, sizeof *s->on_disk);
    if (!run->trains) /* no process exchanges messages */
        return shapes;
    carve_counters(s, p, run);
    carve_vectors(s, p, run, false);
    shapes = shapes_of(run, p->used);
    carve_rings(s, p, run, &shapes);
    carve_vectors(s, p, run, true);
    return shapes;
}

size_t shared_bytes(const struct run *run)
{
    struct shared s = {0};
    struct plan p = {.used = sizeof s};
    carve_all(&s, &p, run);
    return p.used + 64;
}

struct shared *shared_create(const struct run *run)
{
    size_t bytes = shared_bytes(run);
    struct shared *s = shm_create(bytes);
    struct plan p = {.at = (char *)s};
    carve(&p, 1, sizeof *s);
    struct shapes shapes = carve_all(s, &p, run);
    bell_init(s->server);
    bell_init(s->evaluator);
    if (run->trains) {
        create_rings(s, run, &shapes);
        create_gate(s, run);
    }
    s->bytes = bytes;
    return s;
}

void shared_destroy(struct shared *shared)
{
    if (shared)
        shm_destroy(shared, shared->bytes);
}

static void persist_counters(struct section *s, struct counter *counter, int n)
{
    for (int i = 0; i < n; i++) {
        int64_t value = atomic_load(&counter[i].value);
        section_bytes(s, &value, sizeof value);
        atomic_store(&counter[i].value, value);
    }
}

void shared_persist(void *context, struct section *s)
{
    const struct run *run = context;
    struct shared *shared = run->shared;
    persist_counters(s, shared->played, run->processes);
    persist_counters(s, shared->given_back, run->workers);
    persist_counters(s, shared->accepted, run->workers);
    persist_counters(s, shared->unsound, run->workers);
    if (shared->fetch.given) {
        persist_counters(s, shared->fetch.given, run->workers);
        persist_counters(s, shared->fetch.taken, run->workers);
    }
    if (shared->compare.given) {
        persist_counters(s, shared->compare.given, 1);
        persist_counters(s, shared->compare.done, run->workers);
        section_bytes(s, shared->compare.distance, (size_t)run->workers * sizeof *shared->compare.distance);
    }
    vectors_persist_shared(run, s);
}

void shared_wake_all(struct shared *shared, int processes)
{
    bell_notify(shared->server);
    bell_notify(shared->evaluator);
    for (int i = 0; i < processes; i++)
        bell_notify(shared->process[i]);
}

struct waiter shared_waiter(struct shared *shared, struct bell *bell)
{
    return (struct waiter){.bell = bell, .abort = &shared->abort, .progress = &shared->progress};
}

/* With fewer than two processes for each core all may always be inside: no gate. */
static struct waiter at_gate(const struct run *run, struct bell *bell, int member)
{
    struct waiter w = shared_waiter(run->shared, bell);
    w.gate = run->processes + 1 < 2 * run->cores ? NULL : run->shared->gate;
    w.member = member;
    return w;
}

struct waiter shared_waiter_of_process(const struct run *run, int process)
{
    return at_gate(run, run->shared->process[process], process);
}

struct waiter shared_waiter_of_evaluator(const struct run *run)
{
    return at_gate(run, run->shared->evaluator, run->processes);
}
