/* Lays bells and rings into one block of shared memory. */
#include <string.h>

#include "sim/runtime/run.h"
#include "sim/transport/shm.h"

/* Sizes. Messages stream through rings in slots, so a ring may be smaller than a message; but a sender whose
 * message fits whole need not wait for its reader. Vectors of workers and rings together stay below MOST (contract: 16 workers
 * with 11.2 M parameters need at most 512 MB). */
#define MOST         (480u << 20)
#define MOST_SHARED  (64u << 20) /* of it for the ring of replies, and again for the ring of snapshots */
#define SMALL_SLOT   (4u << 10)
#define LARGE_SLOT   (256u << 10)
#define ORDER_SLOTS  256
#define RESULT_SLOTS 16

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

struct plan { /* hands out the block piece by piece; with at = NULL only counts */
    char *at;
    size_t used;
};

static void *piece(struct plan *p, size_t bytes)
{
    size_t from = p->used;
    p->used += (bytes + 63) / 64 * 64;
    return p->at ? p->at + from : NULL;
}

static struct bell *lay_bell(struct plan *p)
{
    struct bell *bell = piece(p, sizeof *bell);
    if (bell)
        bell_init(bell);
    return bell;
}

static struct ring *lay_ring(struct plan *p, struct shape_of_ring s, struct bell *writer,
                             struct bell *const *readers, int n)
{
    void *room = piece(p, ring_bytes(s.slots, s.slot_bytes, (uint32_t)n));
    return room ? ring_create(room, s.slots, s.slot_bytes, (uint32_t)n, writer, readers) : NULL;
}

/* Pairs of replies. */
static int vectors_shown(const struct run *run)
{
    return !run->shows ? 0 : run->each ? run->workers : 1;
}

static void lay_vectors(struct shared *s, struct plan *p, const struct run *run)
{
    size_t n = (size_t)run->workers, bytes = run->n * sizeof(float);
    s->vectors.lent = piece(p, n * sizeof(float *));
    for (size_t i = 0; run->lends && i < n; i++) {
        float *vector = piece(p, bytes);
        if (p->at)
            s->vectors.lent[i] = vector;
    }
    int shown = vectors_shown(run);
    s->vectors.reply = piece(p, (size_t)shown * sizeof *s->vectors.reply);
    for (int i = 0; i < 2 * shown; i++) {
        float *vector = piece(p, bytes);
        if (p->at)
            s->vectors.reply[i / 2][i % 2] = vector;
    }
    s->vectors.folded = piece(p, n * sizeof(struct counter));
    s->vectors.accepted = piece(p, n * sizeof(struct counter));
}

static void lay_fetches(struct shared *s, struct plan *p, const struct run *run)
{
    size_t n = (size_t)run->workers;
    s->fetch.model = piece(p, n * sizeof(float *));
    s->fetch.given = piece(p, n * sizeof(struct counter));
    s->fetch.taken = piece(p, n * sizeof(struct counter));
    for (size_t i = 0; i < n; i++) {
        float *model = piece(p, message_layout_bytes(&run->snapshot));
        if (p->at)
            s->fetch.model[i] = model;
    }
}

/* ---- what is a client's own ---- */

/* Of the vectors before `vector`. */
static size_t clients_own(const struct run *run, int vector)
{
    size_t own = 0;
    for (int i = 0; i < vector; i++)
        own += run->protocol->client_vector[i];
    return own;
}

/* In floats: each begins on 64 bytes. */
static size_t room_of_vector(const struct run *run)
{
    const size_t line = 64 / sizeof(float);
    return (run->fragments.room + line - 1) / line * line;
}

static size_t floats_of_clients(const struct run *run)
{
    size_t own = run->sampling ? clients_own(run, run->protocol->n_worker_vectors) : 0;
    return (size_t)run_clients(run->cfg) * own * room_of_vector(run);
}

float *shared_client(const struct run *run, int client, int vector)
{
    size_t own = clients_own(run, run->protocol->n_worker_vectors);
    size_t before = (size_t)client * own + clients_own(run, vector);
    return run->shared->of_clients + before * room_of_vector(run);
}

/* ---- all of it ---- */

static void lay(struct shared *s, struct plan *p, const struct run *run)
{
    int n = run->processes;
    s->server = lay_bell(p);
    s->evaluator = lay_bell(p);
    s->on_disk = piece(p, (size_t)(n + 2) * sizeof *s->on_disk);
    if (!run->trains) /* nobody to exchange messages with */
        return;
    size_t pointers = (size_t)n * sizeof(void *);
    lay_vectors(s, p, run);
    if (faults_can_crash(&run->conductor.faults))
        lay_fetches(s, p, run);
    size_t left = MOST - 2 * MOST_SHARED - at_most(p->used, MOST - 2 * MOST_SHARED);
    size_t rings = run->each ? 2 * (size_t)n : (size_t)n;
    struct shape_of_ring up = ring_for(&run->push_mail, left / rings),
                         to = ring_for(&run->reply_mail, left / rings);
    struct shape_of_ring orders = {ORDER_SLOTS, sizeof(struct order)},
                         reports = {RESULT_SLOTS, sizeof(struct report)},
                         results = {RESULT_SLOTS, sizeof(struct frame)};
    s->played = piece(p, (size_t)n * sizeof(struct counter));
    s->process = piece(p, pointers);
    s->orders = piece(p, pointers);
    s->up = piece(p, pointers);
    s->to = run->each ? piece(p, pointers) : NULL;
    for (int i = 0; i < n; i++) {
        struct bell *bell = lay_bell(p);
        struct ring *order = lay_ring(p, orders, s->server, &bell, 1);
        struct ring *push = lay_ring(p, up, bell, &s->server, 1);
        struct ring *reply = run->each ? lay_ring(p, to, s->server, &bell, 1) : NULL;
        if (p->at) {
            s->process[i] = bell;
            s->orders[i] = order;
            s->up[i] = push;
            if (reply)
                s->to[i] = reply;
        }
    }
    if (!run->each)
        s->down = lay_ring(p, ring_for(&run->reply_mail, MOST_SHARED), s->server, s->process, n);
    s->snapshots = lay_ring(p, ring_for(&run->snapshot, MOST_SHARED), s->server, &s->evaluator, 1);
    if (run->conductor.pace != PACE_MODEL) {
        s->reports = piece(p, pointers);
        for (int i = 0; i < n; i++) {
            struct ring *report = lay_ring(p, reports, p->at ? s->process[i] : NULL, &s->server, 1);
            if (p->at)
                s->reports[i] = report;
        }
    }
    s->results = lay_ring(p, results, s->evaluator, &s->server, 1);
    s->measured = piece(p, (run->measures > 0 ? run->stats : 0) * sizeof(float));
    s->of_clients =
        piece(p, floats_of_clients(run) * sizeof(float)); /* the last, so that rings have their room */
}

size_t shared_bytes(const struct run *run)
{
    struct shared s = {0};
    struct plan p = {.used = sizeof s};
    lay(&s, &p, run);
    return p.used + 64;
}

struct shared *shared_create(const struct run *run)
{
    size_t bytes = shared_bytes(run);
    struct shared *s = shm_create(bytes);
    struct plan p = {.at = (char *)s};
    piece(&p, sizeof *s);
    lay(s, &p, run);
    s->bytes = bytes;
    return s;
}

void shared_destroy(struct shared *shared)
{
    if (shared)
        shm_destroy(shared, shared->bytes);
}

bool shared_holds(const struct shared *shared, const void *p)
{
    return (const char *)p >= (const char *)shared && (const char *)p < (const char *)shared + shared->bytes;
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
    persist_counters(s, shared->vectors.folded, run->workers);
    persist_counters(s, shared->vectors.accepted, run->workers);
    for (int i = 0; shared->fetch.model && i < run->workers; i++)
        section_floats(s, shared->fetch.model[i], run->n + run->stats);
    if (shared->fetch.model) {
        persist_counters(s, shared->fetch.given, run->workers);
        persist_counters(s, shared->fetch.taken, run->workers);
    }
    for (int i = 0; run->lends && i < run->workers; i++)
        section_floats(s, shared->vectors.lent[i], run->n);
    for (int i = 0; i < 2 * vectors_shown(run); i++)
        section_floats(s, shared->vectors.reply[i / 2][i % 2], run->n);
    section_floats(s, shared->of_clients, floats_of_clients(run));
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
