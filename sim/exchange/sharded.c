/* sharded: the PS is M shards, each with one part of the model: Li et al., OSDI 2014. A push is M messages that depart
 * together, and so is a reply.
 *
 *      worker 0 --part 0--> shard 0        colocated: shard j is at worker j, on its links; the part of a worker for
 *           \   --part 1--> shard 1        its own shard needs no message and no service
 *      worker 1 --part 0--> shard 0
 *           \   --part 1--> shard 1        a worker has its reply when it has all parts
 *
 * If every update needs all workers (the exchange is whole), shard j waits for part j of all workers and answers at
 * once, and the last shard to be complete makes the update. Otherwise a push has arrived when all its parts have
 * been served; then all shards answer. Each shard serves one part after the other, in the order (arrival, rank). */
#include "sim/exchange/counts.h"
#include "sim/exchange/kind.h"
#include "sim/time/exact.h"

/* What is still to come, by the number of the push, or of the reply. */
struct sharded {
    int workers, shards;
    bool whole, colocated;
    vtime *free_at;           /* (shards) when it has served every part that has arrived */
    struct counts *arriving;  /* (workers) parts of the push on their way */
    struct counts *coming;    /* (workers) parts of the reply on their way */
    struct counts *serving;   /* (workers; not whole) parts of the push that have not been served */
    struct counts *answering; /* (shards; whole) workers with a part that has not been served */
    struct counts *open;      /* (workers; whole) ends of parts on the worker's links */
    struct counts reducing;   /* (whole) shards that wait for parts */
};

/* ---- life ---- */

static struct counts *counts_of(int n, int begin)
{
    struct counts *c = need((size_t)n * sizeof *c);
    for (int i = 0; i < n; i++)
        c[i].begin = begin;
    return c;
}

static void *open_shards(const struct exchange *x)
{
    const struct topology *t = exchange_spec_of(x)->topology;
    int n = t->workers, m = t->shards;
    struct sharded *s = need(sizeof *s);
    *s =
        (struct sharded){.workers = n, .shards = m, .whole = exchange_is_whole(x), .colocated = t->colocated};
    s->free_at = need((size_t)m * sizeof *s->free_at);
    s->arriving = counts_of(n, m);
    s->coming = counts_of(n, m);
    s->serving = counts_of(n, m);
    s->answering = counts_of(m, n);
    s->open = counts_of(n, t->colocated ? 2 * (m + n) : 2 * m);
    s->reducing.begin = m;
    return s;
}

static void free_counts(struct counts *c, int n)
{
    for (int i = 0; i < n; i++)
        free(c[i].left);
    free(c);
}

static void close_shards(void *own)
{
    struct sharded *s = own;
    free(s->free_at);
    free_counts(s->arriving, s->workers);
    free_counts(s->coming, s->workers);
    free_counts(s->serving, s->workers);
    free_counts(s->answering, s->shards);
    free_counts(s->open, s->workers);
    free(s->reducing.left);
    free(s);
}

/* ---- parts ---- */

static bool is_own(const struct sharded *s, int worker, int shard)
{
    return s->colocated && worker == shard;
}

static void arrives(struct exchange *x, const struct exchange_message *m);

/* All parts of a push depart together. Those of a reply too, unless each shard answers for itself. */
static void send_part(struct exchange *x, int worker, uint64_t payload, struct exchange_message m)
{
    struct sharded *s = exchange_own(x);
    int shard = topology_server(exchange_spec_of(x)->topology, m.step);
    m.from = m.phase == PHASE_PUSH ? worker : shard;
    m.to = m.phase == PHASE_PUSH ? shard : worker;
    m.bytes = share_of(payload, (uint64_t)s->shards);
    if (is_own(s, worker, m.step))
        arrives(x, &m);
    else
        wire_send(x, &m);
}

static void push(struct exchange *x, int worker, int64_t number, uint64_t payload)
{
    const struct sharded *s = exchange_own(x);
    for (int j = 0; j < s->shards; j++)
        send_part(x, worker, payload,
                  (struct exchange_message){.exchange = number, .phase = PHASE_PUSH, .step = j});
}

static void reply(struct exchange *x, int worker, int64_t number, uint64_t payload)
{
    const struct sharded *s = exchange_own(x);
    for (int j = 0; j < s->shards; j++)
        send_part(x, worker, payload,
                  (struct exchange_message){.exchange = number, .phase = PHASE_REPLY, .step = j});
}

static uint64_t bytes_on_wire(const struct exchange *x, int worker, uint64_t bytes)
{
    const struct sharded *s = exchange_own(x);
    uint64_t header = (uint64_t)exchange_spec_of(x)->header, shards = (uint64_t)s->shards;
    uint64_t parts = is_own(s, worker, worker) ? shards - 1 : shards;
    return parts * (share_of(bytes - header, shards) + header);
}

/* ---- a shard ---- */

static void answer(struct exchange *x, int64_t number, int shard)
{
    const struct exchange_spec *spec = exchange_spec_of(x);
    const struct sharded *s = exchange_own(x);
    uint64_t payload = spec->reply_bytes(spec->reply_context, number) - (uint64_t)spec->header;
    for (int w = 0; w < s->workers; w++)
        send_part(x, w, payload,
                  (struct exchange_message){.exchange = number, .phase = PHASE_REPLY, .step = shard});
}

static void served(struct exchange *x, const struct exchange_message *m)
{
    struct sharded *s = exchange_own(x);
    if (!s->whole) {
        if (counts_down(&s->serving[m->from], m->exchange))
            wire_event(x, EXCHANGE_PUSH, m->from);
        return;
    }
    if (!counts_down(&s->answering[m->step], m->exchange))
        return;
    if (counts_down(&s->reducing, m->exchange))
        wire_reduced(x);
    answer(x, m->exchange, m->step);
}

static void serve(struct exchange *x, const struct exchange_message *m)
{
    struct sharded *s = exchange_own(x);
    double cost = exchange_spec_of(x)->server_cost;
    if (cost == 0 || is_own(s, m->from, m->step)) {
        served(x, m);
        return;
    }
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, cost},
                                         {EXACT_TIMES, EXACT_DOUBLE, (double)m->bytes}};
    vtime *free_at = &s->free_at[m->step];
    *free_at = vtime_service(*free_at, exchange_now(x)) + exact_ns(product, 2, 0);
    wire_serve(x, *free_at, m);
}

/* ---- arrivals ---- */

static void close_end(struct exchange *x, int node, int64_t number)
{
    struct sharded *s = exchange_own(x);
    int worker = exchange_worker_of(x, node);
    if (s->whole && worker >= 0 && counts_down(&s->open[worker], number))
        wire_closed(x, worker, number);
}

static void arrives(struct exchange *x, const struct exchange_message *m)
{
    struct sharded *s = exchange_own(x);
    close_end(x, m->from, m->exchange);
    close_end(x, m->to, m->exchange);
    if (m->phase == PHASE_REPLY) {
        if (counts_down(&s->coming[m->to], m->exchange))
            wire_result(x, m->to);
        return;
    }
    if (counts_down(&s->arriving[m->from], m->exchange))
        wire_event(x, EXCHANGE_SENT, m->from);
    serve(x, m);
}

const struct exchange_kind exchange_sharded = {
    .name = "sharded",
    .label = "sharded parameter server",
    .summary = "the parameter server is several shards, each with a part of the model",
    .source = "Li et al., OSDI 2014",
    .may_be_whole = true,
    .has_shards = true,
    .least_workers = 1,
    .open = open_shards,
    .close = close_shards,
    .push = push,
    .reply = reply,
    .arrives = arrives,
    .served = served,
    .bytes = bytes_on_wire,
};
