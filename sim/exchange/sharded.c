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
 * been served; then all shards answer. Each shard does one thing after the other: it serves parts in the order (arrival,
 * rank), and encodes its part of a coded reply before it goes on with parts that wait. */
#include "sim/base/fifo.h"
#include "sim/exchange/counts.h"
#include "sim/exchange/kind.h"
#include "sim/time/exact.h"

struct shard {
    vtime free_at; /* when it has served every part that has come; where it encodes: done what it has begun */
    bool serving;  /* where it encodes */
    vtime encoded; /* (not whole) when the reply that is asked for is encoded */
    struct fifo unserved;  /* struct exchange_message: parts that wait, where it encodes */
    struct fifo encodings; /* struct outgoing, in the order of their departures */
};

struct outgoing { /* a part of a reply that departs when it is encoded */
    vtime at;
    int worker;
    int64_t number;
    uint64_t payload;
};

/* What is still to come, by the number of the push, or of the reply. */
struct sharded {
    int workers, shards;
    bool whole, colocated, encodes;
    struct shard *shard;      /* (shards) */
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
    *s = (struct sharded){.workers = n,
                          .shards = m,
                          .whole = exchange_is_whole(x),
                          .colocated = t->colocated,
                          .encodes = coding_takes_time(&exchange_spec_of(x)->server_encodes)};
    s->shard = need((size_t)m * sizeof *s->shard);
    for (int j = 0; j < m; j++) {
        fifo_init(&s->shard[j].unserved, sizeof(struct exchange_message));
        fifo_init(&s->shard[j].encodings, sizeof(struct outgoing));
    }
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
    for (int j = 0; j < s->shards; j++) {
        fifo_free(&s->shard[j].unserved);
        fifo_free(&s->shard[j].encodings);
    }
    free(s->shard);
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

static uint64_t bytes_on_wire(const struct exchange *x, int worker, uint64_t bytes)
{
    const struct sharded *s = exchange_own(x);
    uint64_t header = (uint64_t)exchange_spec_of(x)->header, shards = (uint64_t)s->shards;
    uint64_t parts = is_own(s, worker, worker) ? shards - 1 : shards;
    return parts * (share_of(bytes - header, shards) + header);
}

/* ---- replies ---- */

static void send_reply(struct exchange *x, const struct outgoing *o, int shard)
{
    send_part(x, o->worker, o->payload,
              (struct exchange_message){.exchange = o->number, .phase = PHASE_REPLY, .step = shard});
}

/* When a shard has encoded its part of a reply, which it begins after what it does now. A dense one takes no time, but
 * follows those before it. */
static vtime encode_part(const struct exchange *x, struct shard *shard, int64_t number)
{
    const struct sharded *s = exchange_own(x);
    const struct fifo *f = &shard->encodings;
    vtime now = exchange_now(x),
          span = coding_part_ns(&exchange_spec_of(x)->server_encodes, number, s->shards);
    if (span > 0)
        return shard->free_at = vtime_service(shard->free_at, now) + span;
    return f->count > 0 ? ((const struct outgoing *)fifo_at(f, f->count - 1))->at : now;
}

/* Or at once, if it is encoded by now. */
static void send_encoded(struct exchange *x, const struct outgoing *o, int shard)
{
    struct sharded *s = exchange_own(x);
    if (o->at <= exchange_now(x)) {
        send_reply(x, o, shard);
        return;
    }
    fifo_put(&s->shard[shard].encodings, o);
    wire_encode(x, o->at, shard);
}

/* A worker's own part needs no coding if no other worker gets it. */
static bool encode(struct exchange *x, int worker, int64_t number)
{
    struct sharded *s = exchange_own(x);
    bool any = false;
    for (int j = 0; s->encodes && j < s->shards; j++) {
        if (is_own(s, worker, j))
            continue;
        s->shard[j].encoded = encode_part(x, &s->shard[j], number);
        any = true;
    }
    return any;
}

static void reply(struct exchange *x, int worker, int64_t number, uint64_t payload)
{
    const struct sharded *s = exchange_own(x);
    for (int j = 0; j < s->shards; j++) {
        vtime at = s->encodes && !is_own(s, worker, j) ? s->shard[j].encoded : exchange_now(x);
        send_encoded(x, &(struct outgoing){at, worker, number, payload}, j);
    }
}

/* (whole) The shard answers all workers. */
static void answer(struct exchange *x, int64_t number, int shard)
{
    const struct exchange_spec *spec = exchange_spec_of(x);
    const struct sharded *s = exchange_own(x);
    uint64_t payload = spec->reply_bytes(spec->reply_context, number) - (uint64_t)spec->header;
    bool alone = s->colocated && s->workers == 1;
    vtime at = s->encodes && !alone ? encode_part(x, &s->shard[shard], number) : exchange_now(x);
    for (int w = 0; w < s->workers; w++)
        send_encoded(x, &(struct outgoing){at, w, number, payload}, shard);
}

/* ---- pushes at a shard ---- */

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

static void begin_service(struct exchange *x, const struct exchange_message *m)
{
    const struct exchange_spec *spec = exchange_spec_of(x);
    const struct sharded *s = exchange_own(x);
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, spec->server_cost},
                                         {EXACT_TIMES, EXACT_DOUBLE, (double)m->bytes}};
    vtime *free_at = &s->shard[m->step].free_at;
    *free_at = vtime_service(*free_at, exchange_now(x)) + exact_ns(product, 2, 0) +
               coding_part_ns(&spec->server_decodes, m->exchange, s->shards);
    wire_serve(x, *free_at, m);
}

static void serve_next(struct exchange *x, int shard)
{
    struct sharded *s = exchange_own(x);
    struct shard *at = &s->shard[shard];
    struct exchange_message m;
    if (at->serving || at->encodings.count > 0 || !fifo_take(&at->unserved, &m))
        return;
    at->serving = true;
    begin_service(x, &m);
}

static void serve(struct exchange *x, const struct exchange_message *m)
{
    struct sharded *s = exchange_own(x);
    const struct exchange_spec *spec = exchange_spec_of(x);
    bool costs = spec->server_cost > 0 || coding_takes_time(&spec->server_decodes);
    if (is_own(s, m->from, m->step) || (!costs && !s->encodes)) {
        served(x, m);
    } else if (!s->encodes) {
        begin_service(x, m);
    } else {
        fifo_put(&s->shard[m->step].unserved, m);
        serve_next(x, m->step);
    }
}

static void service_ends(struct exchange *x, const struct exchange_message *m)
{
    struct sharded *s = exchange_own(x);
    s->shard[m->step].serving = false;
    served(x, m);
    if (s->encodes) /* when what follows from this push has been asked for */
        wire_encode(x, exchange_now(x), m->step);
}

/* The shard goes on: replies that are encoded depart, and it serves the next part. */
static void encoded(struct exchange *x, int shard)
{
    struct sharded *s = exchange_own(x);
    const struct outgoing *oldest;
    struct outgoing o;
    while ((oldest = fifo_front(&s->shard[shard].encodings)) && oldest->at <= exchange_now(x)) {
        fifo_take(&s->shard[shard].encodings, &o);
        if (!wire_is_over(x, o.number))
            send_reply(x, &o, shard);
    }
    serve_next(x, shard);
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
    .served = service_ends,
    .encode = encode,
    .encoded = encoded,
    .bytes = bytes_on_wire,
};
